// Many packets, quickly.
//
// usage: interop_flood spoof HOST PORT COUNT SOURCES RATE   requests from forged sources, by a raw socket
// (root);
//                                                           prints what was answered, as a packet socket sees
//                                                           it
//        interop_flood socket FD SECONDS SIZE RATE          ChannelData for channel 0x4000 into a connected
//                                                           UDP socket, RATE a second
//        interop_flood strangers HOST PORT SECONDS RATE     checks of ICE for nobody, and what looks like
//                                                           DTLS and RTP, from many sockets
//        interop_flood stream FD SECONDS SIZE               the same into a TCP connection, as fast as it
//        goes
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::size_t batch = 64;
/// The first forged source: 11.0.0.1.
constexpr std::uint32_t first_source = 0x0B000001;

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

double seconds_since(clock_type::time_point began) {
    return std::chrono::duration<double>(clock_type::now() - began).count();
}

/// An Allocate without credentials, and a Binding request.
std::vector<std::uint8_t> stun_request(bool allocate) {
    std::vector<std::uint8_t> out{
        0x00, static_cast<std::uint8_t>(allocate ? 0x03 : 0x01), 0, 0, 0x21, 0x12, 0xA4, 0x42};
    for (std::uint8_t i = 0; i < 12; ++i) out.push_back(i);
    if (allocate) out.insert(out.end(), {0x00, 0x19, 0, 4, 17, 0, 0, 0});
    out[3] = static_cast<std::uint8_t>(out.size() - 20);
    return out;
}

struct forged {
    iphdr ip{};
    udphdr udp{};
    std::array<std::uint8_t, 64> payload{};
};

/// Counts what the server sends to anybody, as it comes by.
class watcher {
public:
    watcher(in_addr server, std::uint16_t port) : server_(server), port_(port) {
        fd_ = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, htons(ETH_P_IP));
        if (fd_ < 0) fail("packet socket");
        const int room = 256 << 20;
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    }
    ~watcher() { ::close(fd_); }
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;

    void look() {
        std::array<std::uint8_t, 2048> data{};
        for (;;) {
            const auto size = ::recv(fd_, data.data(), data.size(), 0);
            if (size < 0) return;
            iphdr ip{};
            udphdr udp{};
            if (static_cast<std::size_t>(size) < sizeof ip + sizeof udp) continue;
            std::memcpy(&ip, data.data(), sizeof ip);
            if (ip.protocol != IPPROTO_UDP || ip.saddr != server_.s_addr) continue;
            std::memcpy(&udp, data.data() + ip.ihl * 4, sizeof udp);
            if (ntohs(udp.source) != port_) continue;
            ++answers;
            bytes_max = std::max<std::size_t>(bytes_max, ntohs(udp.len) - sizeof udp);
        }
    }
    void look_for(int milliseconds) {
        pollfd one{fd_, POLLIN, 0};
        while (::poll(&one, 1, milliseconds) > 0) look();
    }

    std::size_t answers = 0;
    std::size_t bytes_max = 0;

private:
    int fd_ = -1;
    in_addr server_;
    std::uint16_t port_;
};

int spoof(const char* host, std::uint16_t port, std::size_t count, std::size_t sources, double rate) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    if (::inet_pton(AF_INET, host, &to.sin_addr) != 1) fail("address");
    const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0) fail("raw socket");
    watcher seen(to.sin_addr, port);

    const std::array requests{stun_request(true), stun_request(false)};
    std::vector<forged> packets(batch);
    std::array<iovec, batch> pieces{};
    std::array<mmsghdr, batch> messages{};
    const auto began = clock_type::now();
    std::size_t sent = 0;
    std::size_t failed = 0;
    while (sent < count) {
        for (std::size_t i = 0; i < batch; ++i) {
            const auto number = sent + i;
            auto& one = packets[i];
            const auto& request = requests[number % 2];
            std::ranges::copy(request, one.payload.begin());
            one.ip.version = 4;
            one.ip.ihl = 5;
            one.ip.ttl = 64;
            one.ip.protocol = IPPROTO_UDP;
            one.ip.saddr = htonl(first_source + static_cast<std::uint32_t>(number % sources));
            one.ip.daddr = to.sin_addr.s_addr;
            one.udp.source = htons(static_cast<std::uint16_t>(1024 + number % 60000));
            one.udp.dest = htons(port);
            one.udp.len = htons(static_cast<std::uint16_t>(sizeof one.udp + request.size()));
            pieces[i] = {&one, sizeof one.ip + sizeof one.udp + request.size()};
            messages[i].msg_hdr = {};
            messages[i].msg_hdr.msg_name = &to;
            messages[i].msg_hdr.msg_namelen = sizeof to;
            messages[i].msg_hdr.msg_iov = &pieces[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const auto done = ::sendmmsg(fd, messages.data(), batch, 0);
        if (done < 0 && ++failed > 1000) fail("sendmmsg");
        if (done > 0) sent += static_cast<std::size_t>(done);
        seen.look();
        while (static_cast<double>(sent) / rate > seconds_since(began)) seen.look_for(1);
    }
    const auto took = seconds_since(began);
    seen.look_for(1000);
    std::printf("{\"sent\": %zu, \"seconds\": %.3f, \"answers\": %zu, \"bytes_max\": %zu}\n", sent, took,
                seen.answers, seen.bytes_max);
    return 0;
}

std::string channel_data(std::size_t size) {
    std::string one("\x40\x00", 2);
    one += static_cast<char>(size >> 8);
    one += static_cast<char>(size & 0xFF);
    return one + std::string(size, 'f');
}

int fill_socket(int fd, double seconds, std::size_t size, double rate) {
    auto data = channel_data(size);
    std::array<iovec, batch> pieces{};
    std::array<mmsghdr, batch> messages{};
    for (std::size_t i = 0; i < batch; ++i) {
        pieces[i] = {data.data(), data.size()};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    std::size_t sent = 0;
    for (const auto began = clock_type::now(); seconds_since(began) < seconds;) {
        const auto done = ::sendmmsg(fd, messages.data(), batch, 0);
        if (done > 0) sent += static_cast<std::size_t>(done);
        while (static_cast<double>(sent) / rate > seconds_since(began)) ::poll(nullptr, 0, 1);
    }
    std::printf("{\"sent\": %zu}\n", sent);
    return 0;
}

/// What no session sent: each time other ids, as far as they stand in the first `id_bytes` behind `id_at`.
struct stranger {
    std::vector<std::uint8_t> data;
    std::size_t id_at = 0;
    std::size_t id_bytes = 0;
};

std::array<stranger, 4> strangers() {
    // A Binding request with USERNAME, 17 bytes and 3 of padding.
    std::vector<std::uint8_t> check{0x00, 0x01, 0, 24, 0x21, 0x12, 0xA4, 0x42};
    check.resize(20);
    check.insert(check.end(), {0x00, 0x06, 0, 17});
    check.resize(check.size() + 20, 'a');
    check[24 + 8] = ':';
    std::vector<std::uint8_t> hello{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 87};
    hello.resize(100);
    std::vector<std::uint8_t> media{0x80, 96};
    media.resize(200);
    return {stranger{check, 24, 8}, stranger{check, 24, 8}, stranger{hello, 13, 8}, stranger{media, 8, 4}};
}

int send_strangers(const char* host, std::uint16_t port, double seconds, double rate) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (::inet_pton(AF_INET, host, &to.sin_addr) != 1) fail("address");
    std::array<int, 64> sockets{};
    for (auto& one : sockets) {
        one = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the kernel takes addresses
        if (one < 0 || ::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) fail("socket");
    }
    std::vector<stranger> packets;
    while (packets.size() < batch) std::ranges::copy(strangers(), std::back_inserter(packets));
    std::array<iovec, batch> pieces{};
    std::array<mmsghdr, batch> messages{};
    for (std::size_t i = 0; i < batch; ++i) {
        pieces[i] = {packets[i].data.data(), packets[i].data.size()};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    std::size_t sent = 0;
    std::uint64_t random = 1;
    for (const auto began = clock_type::now(); seconds_since(began) < seconds;) {
        for (auto& one : packets) {
            for (std::size_t i = 0; i < one.id_bytes; ++i) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                one.data[one.id_at + i] = static_cast<std::uint8_t>('a' + (random >> 59U));
            }
        }
        const auto done = ::sendmmsg(sockets[sent / batch % sockets.size()], messages.data(), batch, 0);
        if (done > 0) sent += static_cast<std::size_t>(done);
        while (static_cast<double>(sent) / rate > seconds_since(began)) ::poll(nullptr, 0, 1);
    }
    std::printf("{\"sent\": %zu}\n", sent);
    return 0;
}

int fill_stream(int fd, double seconds, std::size_t size) {
    auto one = channel_data(size);
    one.resize((one.size() + 3) / 4 * 4);
    std::string block;
    while (block.size() < 65536) block += one;
    std::size_t sent = 0;
    for (const auto began = clock_type::now(); seconds_since(began) < seconds;) {
        for (std::string_view rest = block; !rest.empty();) {
            const auto done = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (done < 0 && errno == EAGAIN) {
                pollfd room{fd, POLLOUT, 0};
                ::poll(&room, 1, 1000);
                continue;
            }
            if (done <= 0) fail("send");
            rest.remove_prefix(static_cast<std::size_t>(done));
        }
        sent += block.size() / one.size();
    }
    std::printf("{\"sent\": %zu}\n", sent);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    const auto number = [&](int at) { return std::strtoul(argv[at], nullptr, 10); };
    if (what == "spoof" && argc == 7) {
        return spoof(argv[2], static_cast<std::uint16_t>(number(3)), number(4), number(5),
                     std::strtod(argv[6], nullptr));
    }
    if (what == "socket" && argc == 6) {
        return fill_socket(static_cast<int>(number(2)), std::strtod(argv[3], nullptr), number(4),
                           std::strtod(argv[5], nullptr));
    }
    if (what == "strangers" && argc == 6) {
        return send_strangers(argv[2], static_cast<std::uint16_t>(number(3)), std::strtod(argv[4], nullptr),
                              std::strtod(argv[5], nullptr));
    }
    if (what == "stream" && argc == 5) {
        return fill_stream(static_cast<int>(number(2)), std::strtod(argv[3], nullptr), number(4));
    }
    std::fprintf(stderr,
                 "usage: interop_flood spoof HOST PORT COUNT SOURCES RATE | socket FD SECONDS SIZE RATE | "
                 "strangers HOST PORT SECONDS RATE | "
                 "stream FD SECONDS SIZE\n");
    return 2;
}
