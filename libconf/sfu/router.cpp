#include "libconf/sfu/router.hpp"

#include "libconf/base/hash.hpp"

#include <algorithm>
#include <utility>

namespace conf::sfu {

router::router(packet_pool& pool, settings with) : pool_(pool), settings_(with) {}

router::~router() = default;

std::uint64_t router::next_random() noexcept {
    settings_.seed = mix(settings_.seed + 1, 0x9E3779B97F4A7C15U);
    return settings_.seed;
}

void router::add_publisher(transport_id who, std::string name, std::vector<sdp::negotiated_media> media,
                           instant now, std::optional<transport_id> instead_of) {
    auto made = std::make_unique<publisher>(who, std::move(name), std::move(media),
                                            static_cast<std::uint32_t>(next_random() >> 32), now);
    publisher_of_.emplace(who, made.get());
    if (const auto gone = instead_of ? publisher_of_.find(*instead_of) : publisher_of_.end();
        gone != publisher_of_.end()) {
        const auto at = std::ranges::find(publishers_, gone->second, &std::unique_ptr<publisher>::get);
        for (auto& one : subscribers_) one->replace(**at, *made, now);
        speakers_.remove(gone->first);
        publisher_of_.erase(gone);
        *at = std::move(made);
    } else {
        publishers_.push_back(std::move(made));
    }
    bind_all(now);
}

void router::add_subscriber(transport_id who, publisher_filter wants,
                            std::vector<sdp::negotiated_media> media, std::vector<sdp::sent_stream> sent,
                            instant now) {
    auto& made = subscribers_.emplace_back(std::make_unique<subscriber>(
        who, std::move(wants), std::move(media), std::move(sent), next_random()));
    subscriber_of_.emplace(who, made.get());
    made->set_rule(rule_, false);
    for (auto& from : publishers_) made->bind(*from, now);
}

void router::add_sections(transport_id who, std::vector<sdp::negotiated_media> media,
                          std::vector<sdp::sent_stream> sent, instant now) {
    if (const auto found = subscriber_of_.find(who); found != subscriber_of_.end())
        found->second->add_sections(std::move(media), std::move(sent), next_random(), now);
}

bool router::assign(transport_id who, std::size_t section, transport_id from, std::size_t track,
                    instant now) {
    const auto to = subscriber_of_.find(who);
    if (to == subscriber_of_.end() || section >= to->second->sections()) return false;
    const auto of = publisher_of_.find(from);
    if (of == publisher_of_.end() || track >= of->second->tracks().size()) {
        to->second->unassign(section);
        return false;
    }
    return to->second->assign(section, *of->second, *of->second->tracks()[track], now);
}

void router::unassign(transport_id who, std::size_t section) {
    const auto to = subscriber_of_.find(who);
    if (to != subscriber_of_.end() && section < to->second->sections()) to->second->unassign(section);
}

void router::open_track(transport_id from, std::size_t track, bool open, instant now) {
    const auto of = publisher_of_.find(from);
    if (of == publisher_of_.end() || track >= of->second->tracks().size()) return;
    auto& one = *of->second->tracks()[track];
    if (std::exchange(one.open, open) || !open) return;
    for (auto* const to : one.receivers) to->restart(now);
}

void router::on_connected(transport_id who, instant now) {
    if (const auto found = publisher_of_.find(who); found != publisher_of_.end())
        found->second->on_connected();
    const auto found = subscriber_of_.find(who);
    if (found == subscriber_of_.end()) return;
    found->second->on_connected(now);
    reports_.remove(*found->second);
    reports_.add(*found->second, next_random(), now);
}

void router::remove(transport_id who, instant now) {
    if (const auto found = publisher_of_.find(who); found != publisher_of_.end()) {
        auto* const gone = found->second;
        for (auto& one : subscribers_) one->unbind(*gone);
        speakers_.remove(who);
        publisher_of_.erase(found);
        std::erase_if(publishers_, [&](const auto& one) { return one.get() == gone; });
        bind_all(now);  // its sections are free for those who had none
    }
    if (const auto found = subscriber_of_.find(who); found != subscriber_of_.end()) {
        auto* const gone = found->second;
        for (auto& one : publishers_) {
            for (auto& track : one->tracks()) {
                std::erase_if(track->receivers,
                              [&](const outgoing_stream* stream) { return gone->owns(*stream); });
            }
        }
        reports_.remove(*gone);
        subscriber_of_.erase(found);
        std::erase_if(subscribers_, [&](const auto& one) { return one.get() == gone; });
    }
}

void router::bind_all(instant now) {
    for (auto& to : subscribers_) {
        for (auto& from : publishers_) to->bind(*from, now);
    }
}

void router::handle_rtp(transport_id from, bytes packet, instant now, outputs& out) {
    const auto found = publisher_of_.find(from);
    if (found == publisher_of_.end()) {
        ++count_.unknown_stream;  // a subscriber has nothing to send but RTCP
        return;
    }
    ++count_.packets_in;
    count_.bytes_in += packet.size();
    auto arrived = found->second->handle_rtp(pool_, packet, settings_.rates, now, count_);
    if (arrived.first) out.events.push_back({event_kind::track_started, from, arrived.section, 0});
    if (!arrived.what) return;
    if (!arrived.of->open) return;
    if (arrived.audio_level) speakers_.on_level(from, *arrived.audio_level, now);
    // Far enough ahead that it is here when its turn comes.
    constexpr std::size_t ahead = 4;
    const auto& receivers = arrived.of->receivers;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
        if (i + 2 * ahead < receivers.size()) receivers[i + 2 * ahead]->prefetch();
        if (i + ahead < receivers.size()) receivers[i + ahead]->prefetch_linked();
        receivers[i]->forward(*arrived.what, arrived.restarted, out, count_);
    }
    out.pinned.push_back(std::move(arrived.what));
}

void router::handle_rtcp(transport_id from, bytes compound, instant now, outputs& out) {
    const auto parsed = rtp::rtcp_compound::parse(compound);
    if (!parsed) {
        ++count_.malformed;
        return;
    }
    if (const auto found = publisher_of_.find(from); found != publisher_of_.end()) {
        found->second->handle_rtcp(*parsed, wall(now), now);
    }
    if (const auto found = subscriber_of_.find(from); found != subscriber_of_.end()) {
        found->second->handle_rtcp(*parsed, wall(now), now, out, count_);
    }
}

void router::handle_timeout(instant now, outputs& out) {
    reports_.take_due(now, [&](subscriber& one) { one.report(wall(now), now, out); });
    // Behind the subscribers, who may have just asked for a key frame.
    for (auto& one : publishers_) {
        if (const auto due = one->deadline(); due && *due <= now) one->handle_timeout(now, out, count_);
    }
    if (speakers_.handle_timeout(now) && speakers_.dominant()) {
        out.events.push_back({event_kind::speaker_changed, *speakers_.dominant(), 0, 0});
    }
}

std::optional<instant> router::deadline() const noexcept {
    auto next = reports_.deadline();
    const auto sooner = [&](std::optional<instant> when) {
        if (when && (!next || *when < *next)) next = when;
    };
    sooner(speakers_.deadline());
    for (const auto& one : publishers_) sooner(one->deadline());
    return next;
}

void router::limit_layer(transport_id who, std::size_t section, std::size_t rank) {
    if (const auto found = subscriber_of_.find(who); found != subscriber_of_.end()) {
        found->second->limit_layer(section, rank);
    }
}

void router::want_height(transport_id who, std::size_t section, std::uint16_t height, instant now) {
    if (const auto found = subscriber_of_.find(who); found != subscriber_of_.end()) {
        found->second->want_height(section, height, now);
    }
}

void router::hold(transport_id who, std::size_t section, bool held, instant now) {
    if (const auto found = subscriber_of_.find(who); found != subscriber_of_.end()) {
        found->second->hold(section, held, now);
    }
}

/// Takes away what the rule forbids; what it allows is bound afterwards.
void router::obey(subscriber& to, forward_rule rule, bool own) {
    to.set_rule(std::move(rule), own);
    for (auto& from : publishers_) {
        if (to.takes(from->name())) continue;
        to.unbind(*from);
        for (auto& track : from->tracks()) {
            std::erase_if(track->receivers, [&](const outgoing_stream* stream) { return to.owns(*stream); });
        }
    }
}

void router::set_rule(forward_rule rule, instant now) {
    rule_ = std::move(rule);
    for (auto& to : subscribers_) {
        if (!to->has_own_rule()) obey(*to, rule_, false);
    }
    bind_all(now);
}

void router::set_rule(transport_id who, std::optional<forward_rule> rule, instant now) {
    const auto found = subscriber_of_.find(who);
    if (found == subscriber_of_.end()) return;
    const bool own = rule.has_value();
    obey(*found->second, own ? *std::move(rule) : rule_, own);
    bind_all(now);
}

bool router::has_publisher(std::string_view name) const noexcept {
    return std::ranges::any_of(publishers_, [&](const auto& one) { return one->name() == name; });
}

publisher* router::find_publisher(transport_id who) const noexcept {
    const auto found = publisher_of_.find(who);
    return found == publisher_of_.end() ? nullptr : found->second;
}

const subscriber* router::find_subscriber(transport_id who) const noexcept {
    const auto found = subscriber_of_.find(who);
    return found == subscriber_of_.end() ? nullptr : found->second;
}

}  // namespace conf::sfu
