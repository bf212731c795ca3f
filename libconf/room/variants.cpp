// What copies, moves and compares the variants of requests, messages and events, once for all files.
#include "libconf/room/outputs.hpp"

template class conf::big_variant<conf::rooms::any_request>;
template class conf::big_variant<conf::rooms::any_message>;
template class conf::big_variant<conf::rooms::any_event>;
