/// OpenSSL's input and output for DTLS: one datagram a read, one datagram a write.
#pragma once

#include "libconf/base/bytes.hpp"

struct bio_st;

namespace conf::dtls {

/// What a BIO made by `make_datagram_bio` reads from and writes to. A memory BIO would glue the datagrams of
/// a flight together, and a socket's would read by itself.
class datagram_end {
public:
    datagram_end() = default;
    datagram_end(const datagram_end&) = delete;
    datagram_end& operator=(const datagram_end&) = delete;
    virtual ~datagram_end() = default;

    virtual void write_datagram(bytes datagram) = 0;

    bytes incoming;     ///< what the next read gets; the rest of what does not fit is lost, as with a socket
    bool peek = false;  ///< reading leaves it there (DTLSv1_listen)
};

/// What we send stays below every path's MTU.
inline constexpr long mtu_bytes = 1200;

/// `end` must live as long as the BIO.
[[nodiscard]] bio_st* make_datagram_bio(datagram_end& end);

}  // namespace conf::dtls
