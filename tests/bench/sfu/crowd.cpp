#include "tests/bench/sfu/crowd.hpp"

#include "tests/bench/peer/payload.hpp"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace sfu_load {
namespace {

void watch(int epoll, client& one) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &one;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, one.fd(), &event) != 0) throw std::runtime_error("epoll_ctl");
}

}  // namespace

crowd::crowd(publisher& from, common& with, std::uint32_t check_every)
    : publisher_(from), common_(with), check_every_(check_every), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    watch(epoll_, publisher_.transport());
}

crowd::~crowd() {
    ::close(epoll_);
}

client& crowd::add() {
    auto& made = *receivers_.emplace_back(std::make_unique<client>(client::role::receiver, common_));
    watch(epoll_, made);
    return made;
}

std::size_t crowd::serve(std::int64_t wait_ns) {
    datagrams_ = 0;
    const timespec wait{wait_ns / 1'000'000'000, wait_ns % 1'000'000'000};
    const auto count =
        ::epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
        auto& of = *static_cast<client*>(events_[static_cast<std::size_t>(i)].data.ptr);
        reader_.read(of.fd(), [&](mutable_bytes datagram, std::int64_t at_ns) { take(of, datagram, at_ns); });
    }
    return datagrams_;
}

void crowd::take(client& of, mutable_bytes datagram, std::int64_t arrived_ns) {
    ++datagrams_;
    if (load_u8(datagram, 0) < 128) return of.handle_stun_or_dtls(datagram);
    if (&of == &publisher_.transport()) {
        const auto got = of.handle_media(datagram);
        if (got.what == media::received_packet::kind::rtcp) publisher_.take_rtcp(got.plain);
        return;
    }
    if (!rtp::is_rtcp(datagram) && datagram.size() >= rtp::header_bytes) take_media(of, datagram, arrived_ns);
}

void crowd::take_media(client& of, mutable_bytes datagram, std::int64_t arrived_ns) {
    const auto payload_type = static_cast<std::uint8_t>(load_u8(datagram, 1) & 0x7F);
    const auto sequence = load_u16(datagram, 2);
    const auto kind = payload_type == of.payload_types[0] ? 0U : 1U;
    if (payload_type != of.payload_types[kind]) {
        ++result_.repeated;
        return;
    }
    of.ssrcs[kind] = load_u32(datagram, 8);
    // The first packet of each receiver is checked in any case: set-up ends with media, not with noise.
    const bool first = !of.first_media_ns.has_value();
    if (first || sequence % check_every_ == 0) {
        const auto got = of.handle_media(datagram);
        if (got.what != media::received_packet::kind::rtp) {
            ++result_.refused;
            return;
        }
        ++result_.checked;
        const auto packet = rtp::parse_packet(got.plain);
        const auto sent_ns = packet ? bench::read_stamp(packet->payload()) : std::nullopt;
        if (!sent_ns) {
            ++result_.unstamped;
        } else {
            const auto took = std::max<std::int64_t>(arrived_ns - *sent_ns, 0) / 1000;
            result_.latency_us.push_back(
                static_cast<std::uint32_t>(std::min<std::int64_t>(took, 60'000'000)));
        }
        if (first) of.first_media_ns = wall_ns();
    }
    of.streams[kind].note(sequence);
}

void crowd::keep_up(std::int64_t now_ns) {
    constexpr std::int64_t step_ns = 10'000'000;
    constexpr std::size_t steps = 100;  // once around is a second
    if (now_ns - kept_up_ns_ < step_ns) return;
    kept_up_ns_ = now_ns;
    publisher_.transport().handle_timeout();
    for (auto i = next_kept_; i < receivers_.size(); i += steps) {
        auto& one = *receivers_[i];
        if (one.connected()) one.send_report();
    }
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
        auto& one = *receivers_[i];
        if (!one.connected() || i % steps == next_kept_) one.handle_timeout();
    }
    next_kept_ = (next_kept_ + 1) % steps;
}

void crowd::begin() {
    result_ = {};
    result_.latency_us.reserve(1 << 20);
    for (const auto& one : receivers_) {
        for (auto& stream : one->streams) stream.begin();
    }
}

crowd_result crowd::end() {
    for (const auto& one : receivers_) {
        bool starved = false;
        for (const auto& stream : one->streams) {
            result_.received += stream.received();
            result_.expected += stream.expected();
            result_.lost += stream.lost();
            starved = starved || stream.received() == 0;
        }
        result_.starved += starved ? 1 : 0;
    }
    std::ranges::sort(result_.latency_us);
    return std::move(result_);
}

std::uint64_t crowd::drops() const {
    std::uint64_t sum = 0;
    for (const auto& one : receivers_) sum += one->drops();
    return sum;
}

}  // namespace sfu_load
