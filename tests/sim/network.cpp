#include "tests/sim/network.hpp"

#include "libconf/base/check.hpp"

#include <algorithm>
#include <utility>

namespace conf::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr duration retransmission = milliseconds{200};  // what a loss costs a stream
constexpr duration connect_patience = seconds{3};

}  // namespace

host_id network::add_host(const path& up, const path& down) {
    hosts_.push_back({up, down});
    return static_cast<host_id>(hosts_.size() - 1);
}

std::optional<socket_id> network::open(host_id host, const endpoint& at, datagram_receiver& owner) {
    if (by_address_.contains(at)) return std::nullopt;
    const auto made = next_socket_++;
    sockets_[made] = {host, at, &owner};
    by_address_[at] = made;
    host_of_.try_emplace(at.ip, host);
    return made;
}

void network::close(socket_id socket) {
    by_address_.erase(sockets_.at(socket).at);
    sockets_.erase(socket);
}

void network::rebind(socket_id socket, const endpoint& at) {
    auto& moved = sockets_.at(socket);
    check(!by_address_.contains(at));
    by_address_.erase(moved.at);
    moved.at = at;
    by_address_[at] = socket;
    host_of_.try_emplace(at.ip, moved.host);
}

void network::send(socket_id from, const endpoint& to, std::vector<std::byte> data, const label& about) {
    const auto& sender = sockets_.at(from);
    carry(sender.host, from, {sender.at, to, std::move(data), about});
}

void network::send_forged(host_id from, const endpoint& pretended, const endpoint& to,
                          std::vector<std::byte> data, const label& about) {
    carry(from, std::nullopt, {pretended, to, std::move(data), about});
}

std::optional<duration> network::travel(path& over, packet& what) {
    if (over.blocked) return std::nullopt;
    if (over.burst_begin > 0 || over.in_burst) {
        over.in_burst = over.in_burst ? !chance_.chance(over.burst_end) : chance_.chance(over.burst_begin);
        if (over.in_burst && chance_.chance(over.burst_loss)) {
            faults_.count(fault::burst_drop);
            return std::nullopt;
        }
    }
    if (over.loss > 0 && chance_.chance(over.loss)) {
        faults_.count(fault::drop);
        return std::nullopt;
    }
    if (over.corrupt > 0 && !what.data.empty() && chance_.chance(over.corrupt)) {
        faults_.count(fault::corrupt);
        what.about.tainted = true;
        const auto bits = chance_.between(1, 3);
        for (std::uint64_t i = 0; i < bits; ++i) {
            what.data[chance_.below(what.data.size())] ^= static_cast<std::byte>(1U << chance_.below(8));
        }
        if (chance_.chance(0.1)) what.data.resize(chance_.below(what.data.size() + 1));
    }
    auto takes = over.delay;
    if (over.jitter.count() > 0) {
        faults_.count(fault::jitter);
        takes += chance_.between(duration{}, over.jitter);
    }
    if (over.reorder > 0 && chance_.chance(over.reorder)) {
        faults_.count(fault::reorder);
        takes += chance_.between(milliseconds{10}, milliseconds{60});
    }
    return takes;
}

void network::carry(host_id from, std::optional<socket_id> sender, packet what) {
    const auto to_host = host_of_.find(what.to.ip);
    if (to_host == host_of_.end()) return;
    auto& up_path = hosts_[from].up;
    auto& down_path = hosts_[to_host->second].down;
    const auto copies = up_path.duplicate > 0 && chance_.chance(up_path.duplicate) ? 2 : 1;
    if (copies == 2) faults_.count(fault::duplicate);
    for (int i = 0; i < copies; ++i) {
        auto copy = what;
        const auto first = travel(up_path, copy);
        const auto second = first ? travel(down_path, copy) : std::nullopt;
        if (!second) {
            log_.note(queue_.now(), "lost", what.to.port, what.data.size());
            continue;
        }
        const auto takes = *first + *second;
        queue_.after(takes,
                     [this, sender, takes, arriving = std::move(copy)] { arrive(arriving, sender, takes); });
    }
}

void network::arrive(const packet& what, std::optional<socket_id> sender, duration way_back) {
    const auto at = by_address_.find(what.to);
    if (at != by_address_.end()) {
        log_.note(queue_.now(), "arrives", what.from.port, what.to.port, what.data.size());
        sockets_.at(at->second).owner->receive(at->second, what);
        return;
    }
    if (!sender || !chance_.chance(icmp_chance)) return;
    queue_.after(way_back, [this, back = *sender, destination = what.to] {
        const auto still = sockets_.find(back);
        if (still == sockets_.end()) return;
        faults_.count(fault::unreachable);
        log_.note(queue_.now(), "unreachable", destination.port);
        still->second.owner->unreachable(back, destination);
    });
}

bool network::is_blocked(const stream& of, std::size_t to) {
    return hosts_[of.hosts[1 - to]].up.blocked || hosts_[of.hosts[to]].down.blocked;
}

duration network::way(const stream& of, std::size_t to) {
    auto& first = hosts_[of.hosts[1 - to]].up;
    auto& second = hosts_[of.hosts[to]].down;
    auto takes = first.delay + second.delay;
    if (chance_.chance(first.loss + second.loss)) takes += retransmission;
    return takes;
}

stream_id network::connect(host_id from, const endpoint& local, const endpoint& to, stream_receiver& owner) {
    const auto made = next_stream_++;
    auto& opening = streams_[made];
    opening.hosts = {from, host_of_.at(to.ip)};
    opening.ends[0].owner = &owner;
    host_of_.try_emplace(local.ip, from);
    if (is_blocked(opening, 1) || is_blocked(opening, 0)) {
        queue_.after(connect_patience, [this, made] { close_stream(made, nullptr); });
        return made;
    }
    const auto there = way(opening, 1);
    queue_.after(there, [this, made, local, to, there] {
        const auto found = streams_.find(made);
        if (found == streams_.end()) return;
        const auto listener = listeners_.find(to);
        auto* taker = listener == listeners_.end() ? nullptr : listener->second->accept(made, local);
        if (!taker) return close_stream(made, nullptr);
        found->second.ends[1].owner = taker;
        queue_.after(there, [this, made] {
            const auto open_now = streams_.find(made);
            if (open_now == streams_.end()) return;
            log_.note(queue_.now(), "stream opened", made);
            open_now->second.ends[0].owner->stream_opened(made);
        });
    });
    return made;
}

void network::write(stream_id on, const stream_receiver& by, std::vector<std::byte> data,
                    const label& about) {
    const auto found = streams_.find(on);
    if (found == streams_.end()) return;
    const std::size_t to = found->second.ends[0].owner == &by ? 1 : 0;
    if (short_reads > 0 && data.size() > 1 && chance_.chance(short_reads)) {
        faults_.count(fault::short_read);
        const auto cut = static_cast<std::ptrdiff_t>(chance_.between(1, data.size() - 1));
        deliver(on, to, {{data.begin(), data.begin() + cut}, about});
        deliver(on, to, {{data.begin() + cut, data.end()}, about});
        return;
    }
    deliver(on, to, {std::move(data), about});
}

void network::deliver(stream_id on, std::size_t to, piece what) {
    auto& through = streams_.at(on);
    auto& target = through.ends[to];
    if (!target.held.empty() || is_blocked(through, to)) {
        target.held.push_back(std::move(what));
        return;
    }
    target.last_arrival = std::max(target.last_arrival, queue_.now() + way(through, to));
    queue_.at(target.last_arrival, [this, on, to, arriving = std::move(what)] {
        const auto found = streams_.find(on);
        if (found == streams_.end() || !found->second.ends[to].owner) return;
        log_.note(queue_.now(), "stream bytes", on, to, arriving.data.size());
        found->second.ends[to].owner->stream_bytes(on, arriving.data, arriving.about);
    });
}

void network::flush_streams() {
    for (auto& [id, through] : streams_) {
        for (const std::size_t to : {0U, 1U}) {
            if (is_blocked(through, to)) continue;
            for (auto& held : std::exchange(through.ends[to].held, {})) deliver(id, to, std::move(held));
        }
    }
}

void network::close_stream(stream_id on, const stream_receiver* by) {
    const auto found = streams_.find(on);
    if (found == streams_.end()) return;
    const auto ends = found->second.ends;
    streams_.erase(found);
    log_.note(queue_.now(), "stream closed", on);
    for (const auto& side : ends) {
        if (side.owner && side.owner != by) side.owner->stream_closed(on);
    }
}

}  // namespace conf::sim
