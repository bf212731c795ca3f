#include "libconf/ice/lite_agent.hpp"

#include "libconf/base/check.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"

#include <algorithm>

namespace conf::ice {
namespace {

using stun::attribute_type;

/// libwebrtc's NOMINATION (draft-thatcher-ice-renomination): later ones are greater.
constexpr auto nomination_attribute = static_cast<attribute_type>(0xC001);

constexpr bool understands(attribute_type type) noexcept {
    return type == attribute_type::username || type == attribute_type::message_integrity ||
           type == attribute_type::message_integrity_sha256 || type == attribute_type::priority ||
           type == attribute_type::use_candidate || !stun::comprehension_required(type);
}

bool is_signed_with(const stun::message& in, bytes pwd) {
    return in.integrity_sha256_at() ? stun::integrity_sha256_holds(in, pwd) : stun::integrity_holds(in, pwd);
}

}  // namespace

std::optional<std::string_view> local_ufrag_of(const stun::message& in) noexcept {
    const auto username = in.find(attribute_type::username);
    if (!username) return std::nullopt;
    const auto text = as_text(*username);
    const auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    return text.substr(0, colon);
}

lite_agent::lite_agent(credentials local, std::string remote_ufrag, instant now) : last_check_(now) {
    generations_.push_back({std::move(local), std::move(remote_ufrag)});
}

const lite_agent::generation* lite_agent::generation_of(const stun::message& in) const noexcept {
    const auto ours = local_ufrag_of(in);
    if (!ours) return nullptr;
    const auto theirs = as_text(*in.find(attribute_type::username)).substr(ours->size() + 1);
    const auto found = std::ranges::find_if(generations_, [&](const generation& one) {
        return one.local.ufrag == *ours && one.remote_ufrag == theirs;
    });
    return found == generations_.end() ? nullptr : &*found;
}

lite_agent::outcome lite_agent::handle(const stun::message& in, const path& from, instant now,
                                       mutable_bytes buffer) {
    if (in.type() != stun::message_class::request || in.method() != stun::method::binding ||
        !in.find(attribute_type::username) || (!in.integrity_at() && !in.integrity_sha256_at()) ||
        !in.fingerprint_at()) {
        return {.verdict = verdict::not_a_check};
    }
    const auto* with = generation_of(in);
    if (!with) return {.verdict = verdict::not_ours};
    const auto pwd = as_bytes(with->local.pwd);
    if (!stun::fingerprint_holds(in) || !is_signed_with(in, pwd)) return {.verdict = verdict::forged};

    const auto sign = [&](stun::message_builder& answer) {
        if (in.integrity_sha256_at()) {
            answer.add_integrity_sha256(pwd);
        } else {
            answer.add_integrity(pwd);
        }
        return answer.add_fingerprint().finish();
    };
    std::array<std::byte, 2 * unknown_attributes_max> unknown;
    std::size_t unknown_bytes = 0;
    in.for_each([&](const stun::attribute& found) {
        if (understands(found.type) || unknown_bytes == unknown.size()) return;
        store_u16(unknown, unknown_bytes, static_cast<std::uint16_t>(found.type));
        unknown_bytes += 2;
    });
    if (unknown_bytes > 0) {
        stun::message_builder answer(buffer, stun::message_class::error_response, in.method(),
                                     in.transaction_id());
        answer.add_error(stun::error_code::unknown_attribute)
            .add(attribute_type::unknown_attributes, bytes(unknown).first(unknown_bytes));
        return {.verdict = verdict::unknown_attributes, .answer = sign(answer)};
    }

    stun::message_builder answer(buffer, stun::message_class::success_response, in.method(),
                                 in.transaction_id());
    answer.add_xor_address(attribute_type::xor_mapped_address, from.remote);
    outcome told{.verdict = verdict::answered, .answer = sign(answer)};
    last_check_ = now;
    has_consent_ = true;
    take_path(from, told);
    nominate(in, from, with == &generations_.back(), told);
    return told;
}

/// The path comes to the end of the list: the first of it has waited longest for a check.
void lite_agent::take_path(const path& from, outcome& told) {
    if (const auto known = std::ranges::find(paths_, from); known != paths_.end()) {
        std::rotate(known, known + 1, paths_.end());
        return;
    }
    told.new_path = true;
    if (paths_.size() == paths_max) {
        const auto oldest = std::ranges::find_if(paths_, [&](const path& one) { return one != selected_; });
        told.dropped = *oldest;
        paths_.erase(oldest);
    }
    paths_.push_back(from);
}

void lite_agent::nominate(const stun::message& in, const path& from, bool by_newest, outcome& told) {
    if (!in.find(attribute_type::use_candidate)) {
        if (!nominated_) select(from, told);
        return;
    }
    // Once the new credentials have nominated a path, the old ones are no longer good for anything.
    if (by_newest && generations_.size() > 1) {
        generations_.erase(generations_.begin());
        nomination_ = 0;
    }
    if (const auto value = in.find(nomination_attribute); value && value->size() == 4) {
        const auto number = load_u32(*value, 0);
        if (number < nomination_) return;
        nomination_ = number;
    }
    nominated_ = true;
    select(from, told);
}

void lite_agent::select(const path& from, outcome& told) {
    told.selection_changed = selected_ != from;
    selected_ = from;
}

bool lite_agent::is_verified(const path& from) const noexcept {
    return std::ranges::find(paths_, from) != paths_.end();
}

bool lite_agent::remove(const path& gone) {
    std::erase(paths_, gone);
    if (selected_ != gone) return false;
    nominated_ = false;
    selected_.reset();
    if (!paths_.empty()) selected_ = paths_.back();
    return true;
}

void lite_agent::restart(credentials local, std::string remote_ufrag, instant now) {
    if (generations_.size() > 1) generations_.erase(generations_.begin());
    generations_.push_back({std::move(local), std::move(remote_ufrag)});
    restarted_ = now;
}

std::optional<instant> lite_agent::deadline() const noexcept {
    std::optional<instant> first;
    if (has_consent_) first = last_check_ + consent_time;
    if (generations_.size() > 1) {
        const auto old_ends = restarted_ + old_generation_time;
        first = first ? std::min(*first, old_ends) : old_ends;
    }
    return first;
}

lite_agent::expired lite_agent::handle_timeout(instant now) {
    if (has_consent_ && now >= last_check_ + consent_time) {
        has_consent_ = false;
        selected_.reset();
        nominated_ = false;
        return expired::consent;
    }
    if (generations_.size() > 1 && now >= restarted_ + old_generation_time) {
        generations_.erase(generations_.begin());
        return expired::old_generation;
    }
    return expired::nothing;
}

}  // namespace conf::ice
