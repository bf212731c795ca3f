#include "libconf/net/send_batch.hpp"

#include "libconf/base/hash.hpp"

#include <netinet/udp.h>
#include <cerrno>

#include <algorithm>
#include <bit>
#include <cstring>

namespace conf::net {
namespace {

constexpr std::array<std::byte, 4> zeros{};

/// One datagram. sendto spares the kernel a header to copy in, which is all that sendmsg is for where there
/// is only one piece and nothing to say about it.
bool send_one(int fd, const msghdr& header) noexcept {
    const auto& piece = *header.msg_iov;
    if (header.msg_iovlen != 1 || header.msg_controllen != 0)
        return ::sendmsg(fd, &header, MSG_DONTWAIT) >= 0;
    return ::sendto(fd, piece.iov_base, piece.iov_len, MSG_DONTWAIT,
                    static_cast<const sockaddr*>(header.msg_name), header.msg_namelen) >= 0;
}

bool same_flow(const outgoing& a, const outgoing& b) noexcept {
    return a.fd == b.fd && a.destination == b.destination &&
           (a.source == b.source || (a.source && b.source && *a.source == *b.source));
}

iovec piece_of(bytes data) noexcept {
    return {const_cast<std::byte*>(data.data()), data.size()};
}

/// Appends one control message; `control` grows by what it takes.
template <class Value>
void append_control(msghdr& header, int level, int type, const Value& value) {
    auto* at =
        reinterpret_cast<cmsghdr*>(static_cast<std::byte*>(header.msg_control) + header.msg_controllen);
    at->cmsg_level = level;
    at->cmsg_type = type;
    at->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(at), &value, sizeof value);
    header.msg_controllen += CMSG_SPACE(sizeof value);
}

void append_source(msghdr& header, const ip_address& source) {
    socket_address address{};
    (void)to_kernel({source, 0}, address);
    if (source.is_v4()) {
        in_pktinfo info{};
        info.ipi_spec_dst = address.v4.sin_addr;
        append_control(header, IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        info.ipi6_addr = address.v6.sin6_addr;
        append_control(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
}

/// As Linux does by itself: DF as long as the path takes it.
void let_fragment(int fd) noexcept {
    const int wanted = IP_PMTUDISC_WANT;
    (void)::setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &wanted, sizeof wanted);
}

}  // namespace

void send_batch::flush() {
    if (queue_.empty()) return;
    find_flows();
    make_messages();
    for (std::size_t begin = 0, end = 0; begin < messages_.size(); begin = end) {
        const auto fd = queue_[runs_[begin].first].fd;
        while (end < messages_.size() && queue_[runs_[end].first].fd == fd) ++end;
        send_messages(begin, end);
    }
    count_.datagrams += queue_.size();
    queue_.clear();
}

void send_batch::find_flows() {
    const auto count = static_cast<std::uint32_t>(queue_.size());
    flows_.clear();
    next_.assign(count, none);
    table_.assign(std::bit_ceil(queue_.size() * 2), none);
    const auto mask = table_.size() - 1;
    std::uint32_t current = none;
    for (std::uint32_t i = 0; i < count; ++i) {
        // Datagrams come in runs: usually this one has the flow of the one before.
        if (current == none || !same_flow(queue_[flows_[current].first], queue_[i])) {
            auto at = hash_of(queue_[i].destination, static_cast<std::uint64_t>(queue_[i].fd)) & mask;
            while (table_[at] != none && !same_flow(queue_[flows_[table_[at]].first], queue_[i]))
                at = (at + 1) & mask;
            if (table_[at] == none) {
                table_[at] = static_cast<std::uint32_t>(flows_.size());
                flows_.push_back({queue_[i].fd, i, i});
                current = table_[at];
                continue;
            }
            current = table_[at];
        }
        next_[flows_[current].last] = i;
        flows_[current].last = i;
    }
    // Messages of one socket stand together, so that one call takes them all.
    if (!std::ranges::is_sorted(flows_, {}, &flow::fd)) std::ranges::stable_sort(flows_, {}, &flow::fd);
}

void send_batch::make_messages() {
    runs_.clear();
    messages_.clear();
    pieces_.clear();
    names_.clear();
    controls_.clear();
    // Messages point into these, so they must not grow while they are filled.
    pieces_.reserve(queue_.size() * 3);
    names_.reserve(queue_.size());
    controls_.reserve(queue_.size());
    for (const auto& of : flows_) {
        for (auto at = of.first; at != none;) {
            const run next{at, measure_run(at)};
            write_message(next);
            for (std::uint32_t i = 0; i < next.datagrams; ++i) at = next_[at];
        }
    }
}

/// How many datagrams of the flow can leave as one run: all of one size, but the last may be shorter.
std::uint32_t send_batch::measure_run(std::uint32_t first) const {
    const auto size = queue_[first].size();
    if (!segmentation_works_ || size == 0 || size > segment_bytes_max) return 1;
    std::uint32_t count = 1;
    auto total = size;
    for (auto at = next_[first]; at != none && count < segments_max; at = next_[at]) {
        const auto more = queue_[at].size();
        if (more > size || more == 0 || total + more > run_bytes_max) break;
        ++count;
        total += more;
        if (more < size) break;
    }
    return count;
}

void send_batch::write_message(const run& of) {
    const auto& first = queue_[of.first];
    const auto pieces_before = pieces_.size();
    auto at = of.first;
    for (std::uint32_t i = 0; i < of.datagrams; ++i, at = next_[at]) {
        const auto& one = queue_[at];
        if (!one.head.empty()) pieces_.push_back(piece_of(one.head));
        if (!one.body.empty()) pieces_.push_back(piece_of(one.body));
        if (one.padding > 0) pieces_.push_back(piece_of(bytes(zeros).first(one.padding)));
    }
    mmsghdr message{};
    auto& header = message.msg_hdr;
    header.msg_namelen = to_kernel(first.destination, names_.emplace_back());
    header.msg_name = &names_.back();
    header.msg_iov = pieces_.data() + pieces_before;
    header.msg_iovlen = pieces_.size() - pieces_before;
    if (of.datagrams > 1 || first.source) {
        header.msg_control = controls_.emplace_back().data();
        if (of.datagrams > 1) {
            append_control(header, IPPROTO_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(first.size()));
        }
        if (first.source) append_source(header, *first.source);
    }
    messages_.push_back(message);
    runs_.push_back(of);
}

void send_batch::send_messages(std::size_t begin, std::size_t end) {
    const auto fd = queue_[runs_[begin].first].fd;
    bool told_of_icmp = false;
    bool fragments = !queue_[runs_[begin].first].fragments_late;
    while (begin < end) {
        ++count_.system_calls;
        const auto sent = end - begin == 1 ? (send_one(fd, messages_[begin].msg_hdr) ? 1 : -1)
                                           : ::sendmmsg(fd, &messages_[begin],
                                                        static_cast<unsigned>(end - begin), MSG_DONTWAIT);
        if (sent > 0) {
            for (auto i = begin; i < begin + static_cast<std::size_t>(sent); ++i) {
                if (runs_[i].datagrams > 1) count_.segmented += runs_[i].datagrams;
            }
            begin += static_cast<std::size_t>(sent);
            told_of_icmp = false;
            continue;
        }
        if (errno == EINTR) continue;
        // An ICMP error about an earlier datagram is reported by the next call, which then sends nothing.
        if ((errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH) && !told_of_icmp) {
            told_of_icmp = true;
            continue;
        }
        if (errno == EMSGSIZE && !fragments) {
            fragments = true;
            let_fragment(fd);
            continue;
        }
        if (runs_[begin].datagrams > 1) {
            // EIO: the device cannot do it. The others: this run does not fit this path.
            if (errno == EIO || errno == ENOPROTOOPT) segmentation_works_ = false;
            send_singly(runs_[begin]);
        } else {
            ++count_.dropped;
        }
        ++begin;
        told_of_icmp = false;
    }
}

void send_batch::send_singly(const run& refused) {
    auto at = refused.first;
    for (std::uint32_t i = 0; i < refused.datagrams; ++i, at = next_[at]) {
        const auto& one = queue_[at];
        std::array pieces{piece_of(one.head), piece_of(one.body), piece_of(bytes(zeros).first(one.padding))};
        socket_address name{};
        control_block control{};
        msghdr header{};
        header.msg_namelen = to_kernel(one.destination, name);
        header.msg_name = &name;
        header.msg_iov = pieces.data();
        header.msg_iovlen = pieces.size();
        if (one.source) {
            header.msg_control = control.data();
            append_source(header, *one.source);
        }
        ++count_.system_calls;
        if (::sendmsg(one.fd, &header, MSG_DONTWAIT) < 0) ++count_.dropped;
    }
}

}  // namespace conf::net
