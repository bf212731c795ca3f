#include "libconf/media/ice_client.hpp"

#include "libconf/base/check.hpp"
#include "libconf/ice/candidate.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"

#include <algorithm>

namespace conf::media {
namespace {

stun::transaction_id draw_id(crypto::keyed_random& random) {
    stun::transaction_id made;
    random.fill(made);
    return made;
}

}  // namespace

ice_client::ice_client(ice::credentials local, ice::credentials remote,
                       const std::vector<endpoint>& candidates, const crypto::random_key& key)
    : local_(std::move(local)),
      username_(remote.ufrag + ":" + local_.ufrag),
      remote_(std::move(remote)),
      random_(key) {
    check(!candidates.empty());
    tie_breaker_ = random_();
    for (const auto& one : candidates) {
        if (pairs_.size() == candidates_max) break;
        pairs_.push_back({.remote = one, .id = draw_id(random_)});
    }
}

void ice_client::start(instant now, outputs& out) {
    begin_next(now, out);
}

void ice_client::send(const pair& one, bool nominates, outputs& out) {
    auto& made = out.emplace_back();
    made.to = one.remote;
    stun::message_builder request(made.data, stun::message_class::request, stun::method::binding, one.id);
    std::array<std::byte, 8> tie_breaker;
    store_u32(tie_breaker, 0, static_cast<std::uint32_t>(tie_breaker_ >> 32));
    store_u32(tie_breaker, 4, static_cast<std::uint32_t>(tie_breaker_));
    // RFC 8445 §7.1.1: the priority of what the server would learn here, a peer-reflexive candidate.
    constexpr std::uint32_t peer_reflexive = 110;
    request.add(stun::attribute_type::username, as_bytes(username_));
    request.add_u32(stun::attribute_type::priority,
                    (ice::host_priority(false, 65535) & 0x00FF'FFFFU) | peer_reflexive << 24);
    request.add(stun::attribute_type::ice_controlling, tie_breaker);
    if (nominates) request.add(stun::attribute_type::use_candidate, {});
    request.add_integrity(as_bytes(remote_.pwd)).add_fingerprint();
    made.size = request.finish().size();
}

void ice_client::begin(pair& one, instant now, outputs& out) {
    one.at = progress::sent;
    one.sends = 1;
    one.repeat_at = now + first_timeout;
    send(one, nominating_ && &one == &*nominating_, out);
}

void ice_client::begin_next(instant now, outputs& out) {
    const auto next = std::ranges::find(pairs_, progress::waiting, &pair::at);
    if (next == pairs_.end()) return;
    begin(*next, now, out);
    next_pair_at_ = now + pace;
}

void ice_client::nominate(const endpoint& remote, instant now, outputs& out) {
    nominating_ = pair{.remote = remote, .id = draw_id(random_)};
    begin(*nominating_, now, out);
}

void ice_client::answer(const stun::message& in, const endpoint& from, outputs& out) const {
    const auto username = in.find(stun::attribute_type::username);
    if (!username || as_text(*username) != local_.ufrag + ":" + remote_.ufrag ||
        !stun::fingerprint_holds(in) || !stun::integrity_holds(in, as_bytes(local_.pwd)))
        return;
    auto& made = out.emplace_back();
    made.to = from;
    stun::message_builder response(made.data, stun::message_class::success_response, stun::method::binding,
                                   in.transaction_id());
    response.add_xor_address(stun::attribute_type::xor_mapped_address, from);
    response.add_integrity(as_bytes(local_.pwd)).add_fingerprint();
    made.size = response.finish().size();
}

bool ice_client::handle(bytes data, const endpoint& from, instant now, outputs& out) {
    const auto in = stun::message::parse(data);
    if (!in || in->method() != stun::method::binding || state_ == ice_state::failed) return false;
    if (in->type() == stun::message_class::request) answer(*in, from, out);
    const bool success = in->type() == stun::message_class::success_response;
    if (!success && in->type() != stun::message_class::error_response) return false;
    // RFC 8445 §7.2.5.2.1: from where the check went to, or it is no answer.
    const auto id = in->transaction_id();
    const auto answers = [&](const pair& one) {
        return one.at == progress::sent && one.id == id && one.remote == from;
    };
    const auto found = std::ranges::find_if(pairs_, answers);
    const bool of_nomination = nominating_ && answers(*nominating_);
    const bool of_consent = state_ == ice_state::connected && answers(consent_);
    if (found == pairs_.end() && !of_nomination && !of_consent) return false;
    if (!stun::fingerprint_holds(*in) || !stun::integrity_holds(*in, as_bytes(remote_.pwd))) return false;

    if (of_consent) {
        if (!success) return false;  // RFC 7675 §5.1: only a success renews it
        consent_until_ = now + consent_time;
        schedule_consent(now);
        return false;
    }
    if (of_nomination) {
        const auto chosen = nominating_->remote;
        nominating_.reset();
        if (success) {
            selected_ = chosen;
            state_ = ice_state::connected;
            pairs_.clear();
            consent_.remote = chosen;
            consent_until_ = now + consent_time;
            schedule_consent(now);
            return true;
        }
    } else {
        found->at = progress::failed;  // it has done its part
        if (success && !nominating_) nominate(from, now, out);
    }
    fail_if_none_is_left();
    return state_ == ice_state::failed;
}

void ice_client::fail_if_none_is_left() {
    if (state_ != ice_state::checking || nominating_) return;
    if (std::ranges::all_of(pairs_, [](const pair& one) { return one.at == progress::failed; }))
        state_ = ice_state::failed;
}

void ice_client::schedule_consent(instant now) {
    consent_.at = progress::waiting;
    consent_.repeat_at = now + consent_interval * (80 + static_cast<int>(random_.below(41))) / 100;
}

void ice_client::repeat_due(instant now, outputs& out) {
    const auto repeat = [&](pair& one, bool nominates) {
        if (one.at != progress::sent || now < one.repeat_at) return;
        if (one.sends == sends_max) {
            one.at = progress::failed;
            return;
        }
        one.repeat_at = now + first_timeout * (1 << one.sends);
        ++one.sends;
        send(one, nominates, out);
    };
    if (nominating_) {
        repeat(*nominating_, true);
        if (nominating_->at == progress::failed) nominating_.reset();
        return;
    }
    for (auto& one : pairs_) repeat(one, false);
}

void ice_client::handle_timeout(instant now, outputs& out) {
    if (state_ == ice_state::connected) {
        if (now >= consent_until_) {
            state_ = ice_state::failed;
        } else if (now >= consent_.repeat_at) {
            // A new transaction each time, never a repetition: RFC 7675 §5.1.
            consent_.id = draw_id(random_);
            send(consent_, false, out);
            schedule_consent(now);
            consent_.at = progress::sent;
        }
    } else if (state_ == ice_state::checking) {
        repeat_due(now, out);
        if (!nominating_ && now >= next_pair_at_) begin_next(now, out);
        fail_if_none_is_left();
    }
}

std::optional<instant> ice_client::deadline() const noexcept {
    if (state_ == ice_state::failed) return std::nullopt;
    if (state_ == ice_state::connected) return std::min(consent_until_, consent_.repeat_at);
    if (nominating_) return nominating_->repeat_at;
    std::optional<instant> first;
    const auto sooner = [&](instant at) { first = first ? std::min(*first, at) : at; };
    for (const auto& one : pairs_) {
        if (one.at == progress::sent) sooner(one.repeat_at);
        if (one.at == progress::waiting) sooner(next_pair_at_);
    }
    return first;
}

}  // namespace conf::media
