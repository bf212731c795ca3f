#include "libconf/dtls/datagram_bio.hpp"

#include "libconf/base/check.hpp"

#include <openssl/bio.h>

#include <algorithm>
#include <cstring>

namespace conf::dtls {
namespace {

constexpr long ip_and_udp_header_bytes = 48;

datagram_end& end_of(BIO* bio) noexcept {
    return *static_cast<datagram_end*>(BIO_get_data(bio));
}

int read(BIO* bio, char* to, int room) {
    auto& end = end_of(bio);
    BIO_clear_retry_flags(bio);
    if (end.incoming.empty()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const auto size = std::min(end.incoming.size(), static_cast<std::size_t>(room));
    std::memcpy(to, end.incoming.data(), size);
    if (!end.peek) end.incoming = {};
    return static_cast<int>(size);
}

int write(BIO* bio, const char* from, int size) {
    end_of(bio).write_datagram(std::as_bytes(std::span(from, static_cast<std::size_t>(size))));
    return size;
}

long control(BIO* bio, int command, long value, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH: return 1;
        case BIO_CTRL_DGRAM_SET_PEEK_MODE: end_of(bio).peek = value != 0; return 1;
        case BIO_CTRL_DGRAM_QUERY_MTU:
        case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return mtu_bytes;
        case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: return ip_and_udp_header_bytes;
        default: return 0;
    }
}

}  // namespace

bio_st* make_datagram_bio(datagram_end& end) {
    static BIO_METHOD* const method = [] {
        auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "libconf datagram");
        check(made != nullptr);
        BIO_meth_set_read(made, read);
        BIO_meth_set_write(made, write);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    auto* bio = BIO_new(method);
    check(bio != nullptr);
    BIO_set_data(bio, &end);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace conf::dtls
