// Asio's own code, compiled once for the whole library (ASIO_SEPARATE_COMPILATION): every other file gets
// declarations only.
#include <asio/impl/src.hpp>
#include <asio/ssl/impl/src.hpp>
