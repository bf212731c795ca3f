/// A transport that is polled, and what went wrong with its datagrams.
#pragma once

#include "tests/bench/call/poller.hpp"
#include "tests/bench/peer/datagram_reader.hpp"
#include "tests/bench/peer/transport.hpp"

#include <functional>

namespace call_load {

using namespace conf;

/// Belongs to the one thread that there is.
class media_link final : public pollable {
public:
    using taker = std::function<void(mutable_bytes datagram, std::int64_t arrived_ns)>;

    /// @param take  what is neither STUN nor DTLS.
    media_link(poller& by, bench::datagram_reader& reader, bench::shared& with, taker take)
        : end(with), poller_(by), reader_(reader), take_(std::move(take)) {
        poller_.add(end.fd(), *this, EPOLLIN);
    }
    ~media_link() { poller_.remove(end.fd()); }

    void on_ready(std::uint32_t) override {
        reader_.read(end.fd(), [this](mutable_bytes datagram, std::int64_t arrived_ns) {
            if (datagram.size() < 2) return;
            if (load_u8(datagram, 0) < 128) return end.handle_stun_or_dtls(datagram);
            take_(datagram, arrived_ns);
        });
    }

    bench::transport end;

private:
    poller& poller_;
    bench::datagram_reader& reader_;
    taker take_;
};

}  // namespace call_load
