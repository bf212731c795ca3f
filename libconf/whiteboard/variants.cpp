// What copies, moves and compares the variants of requests and messages, once for all files.
#include "libconf/whiteboard/messages.hpp"
#include "libconf/whiteboard/requests.hpp"

template class conf::big_variant<conf::boards::any_request>;
template class conf::big_variant<conf::boards::any_message>;
