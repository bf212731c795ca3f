/// What the kernel alone costs: a relay without TURN. It believes everybody, checks nothing, and keeps no
/// time. For each packet it waits, receives and sends once: a relay that wakes up for each packet cannot be
/// cheaper by much. With TURN_FLOOR=runs it takes all that a socket has (recvmmsg), and what goes to one
/// address leaves as one run (UDP_SEGMENT): a relay of bursts cannot be cheaper by much.
///
///     tests/bench/turn/run.py --conf-turn build/release/bin/turn_floor --only 'cpu/channel*/50k'
#include "clients.hpp"
#include "wire.hpp"

#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace turn_load {
namespace {

constexpr std::uint32_t loopback = 0x7f000001;
constexpr std::size_t transaction_at = 8;
constexpr std::size_t transaction_bytes = 12;
constexpr int buffer_bytes = 4 * 1024 * 1024;
constexpr std::size_t slot_bytes = 2048;
constexpr std::size_t run_bytes_max = 60'000;
constexpr std::size_t segments_max = 64;  // the kernel's UDP_MAX_SEGMENTS

struct flow {
    int socket = -1;  ///< its relayed address
    sockaddr_in client{};
    sockaddr_in peer{};
};

std::uint64_t key_of(const sockaddr_in& from) {
    return static_cast<std::uint64_t>(from.sin_addr.s_addr) << 16 | from.sin_port;
}

endpoint local_address(int socket) {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
    return {ntohl(bound.sin_addr.s_addr), ntohs(bound.sin_port)};
}

/// What goes from one socket to one address, one datagram after the other, all of one size.
class sending_run {
public:
    /// Room for one more.
    std::uint8_t* add(int socket, const sockaddr_in& to, std::size_t size) {
        if (socket != socket_ || key_of(to) != key_of(to_) || size != size_ || used_ + size > run_bytes_max ||
            used_ == segments_max * size) {
            send();
            socket_ = socket;
            to_ = to;
            size_ = size;
        }
        return data_.data() + std::exchange(used_, used_ + size);
    }
    void send() {
        if (used_ == 0) return;
        iovec part{data_.data(), used_};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
        msghdr message{};
        message.msg_name = &to_;
        message.msg_namelen = sizeof to_;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (used_ > size_) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            auto* const header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_UDP;
            header->cmsg_type = UDP_SEGMENT;
            header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
            const auto segment = static_cast<std::uint16_t>(size_);
            std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
        }
        sendmsg(socket_, &message, MSG_DONTWAIT);
        used_ = 0;
    }

private:
    int socket_ = -1;
    sockaddr_in to_{};
    std::size_t size_ = 0;
    std::size_t used_ = 0;
    std::array<std::uint8_t, 65536> data_{};
};

class bare_relay {
public:
    bare_relay(std::uint16_t port, std::size_t batch)
        : poll_(epoll_create1(EPOLL_CLOEXEC)),
          listener_(open_udp_socket({loopback, port}, buffer_bytes)),
          slots_(batch),
          places_(batch),
          senders_(batch),
          memory_(batch * slot_bytes) {
        watch(listener_, nullptr);
        for (std::size_t i = 0; i < batch; ++i) {
            places_[i] = {&memory_[i * slot_bytes], slot_bytes};
            slots_[i].msg_hdr.msg_iov = &places_[i];
            slots_[i].msg_hdr.msg_iovlen = 1;
            slots_[i].msg_hdr.msg_name = &senders_[i];
        }
    }

    [[noreturn]] void run() {
        for (;;) {
            std::array<epoll_event, 64> events;
            const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < ready; ++i)
                serve(static_cast<flow*>(events[static_cast<std::size_t>(i)].data.ptr));
        }
    }

private:
    void watch(int socket, flow* owner) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = owner;
        epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
    }

    void serve(flow* of) {
        for (auto& slot : slots_) slot.msg_hdr.msg_namelen = sizeof(sockaddr_in);
        const auto got = recvmmsg(of ? of->socket : listener_, slots_.data(),
                                  static_cast<unsigned>(slots_.size()), MSG_DONTWAIT, nullptr);
        for (int i = 0; i < got; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const auto datagram = byte_view(memory_).subspan(at * slot_bytes, slots_[at].msg_len);
            if (of) {
                send_to_client(*of, datagram);
            } else if (datagram[0] >= first_channel >> 8) {
                if (const auto found = flows_.find(key_of(senders_[at])); found != flows_.end()) {
                    send(found->second->socket, {}, datagram.subspan(channel_header_bytes),
                         found->second->peer);
                }
            } else {
                answer(datagram, senders_[at]);
            }
        }
        run_.send();
    }

    void send_to_client(const flow& to, byte_view data) {
        const std::array<std::uint8_t, channel_header_bytes> header{
            first_channel >> 8, first_channel & 0xff, static_cast<std::uint8_t>(data.size() >> 8),
            static_cast<std::uint8_t>(data.size())};
        send(listener_, header, data, to.client);
    }

    void send(int socket, byte_view head, byte_view data, const sockaddr_in& to) {
        const auto at = run_.add(socket, to, head.size() + data.size());
        std::ranges::copy(data, std::ranges::copy(head, at).out);
    }

    void answer(byte_view datagram, const sockaddr_in& from) {
        const auto request = message_view::parse(datagram);
        if (!request) return;
        for (const auto name : {method::binding, method::allocate, method::refresh, method::channel_bind}) {
            if (!request->is(name, message_class::request)) continue;
            message_builder reply(name, message_class::success, request->id());
            if (name == method::allocate)
                reply.add(attribute::xor_relayed_address, local_address(flow_of(from).socket));
            if (name == method::channel_bind) {
                if (const auto peer = request->address(attribute::xor_peer_address))
                    flow_of(from).peer = to_sockaddr(*peer);
            }
            auto bytes = reply.bytes();
            std::ranges::copy(datagram.subspan(transaction_at, transaction_bytes),
                              bytes.begin() + transaction_at);
            send(listener_, {}, bytes, from);
        }
    }

    flow& flow_of(const sockaddr_in& client) {
        auto& known = flows_[key_of(client)];
        if (!known) {
            known = &all_.emplace_back(flow{open_udp_socket({loopback, 0}, buffer_bytes), client, {}});
            watch(known->socket, known);
        }
        return *known;
    }

    int poll_;
    int listener_;
    std::deque<flow> all_;
    std::unordered_map<std::uint64_t, flow*> flows_;
    std::vector<mmsghdr> slots_;
    std::vector<iovec> places_;
    std::vector<sockaddr_in> senders_;
    std::vector<std::uint8_t> memory_;
    sending_run run_;
};

/// The port in the listen address of conf-turn's command line; every other word is ignored.
std::uint16_t port_in(std::span<char* const> words) {
    for (const std::string_view word : words) {
        if (!word.starts_with("turn.listen=")) continue;
        const auto digits = word.substr(word.rfind(':') + 1);
        std::uint16_t port = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec == std::errc{})
            return port;
    }
    throw std::runtime_error("turn_floor: wants --set 'turn.listen=[\"udp://127.0.0.1:PORT\"]'");
}

}  // namespace
}  // namespace turn_load

int main(int count, char** words) {
    if (count == 2 && std::string_view(words[1]) == "--version") {
        std::puts("turn_floor: a bare relay, not libconf");
        return 0;
    }
    try {
        const auto* const mode = std::getenv("TURN_FLOOR");
        const std::size_t batch = mode && std::string_view(mode) == "runs" ? 64 : 1;
        turn_load::bare_relay(turn_load::port_in(std::span(words, static_cast<std::size_t>(count))), batch)
            .run();
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 1;
    }
}
