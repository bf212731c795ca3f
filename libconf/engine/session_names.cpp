#include "libconf/engine/session_names.hpp"

#include "libconf/base/check.hpp"

namespace conf::engine {
namespace {

// RFC 4648 §5.
constexpr std::string_view url_chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string random_text(crypto::keyed_random& random, std::size_t size) {
    std::string made(size, ' ');
    for (auto& each : made) each = url_chars[random.below(url_chars.size())];
    return made;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t";
    const auto first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blank) + 1 - first);
}

std::string_view without_quotes(std::string_view tag) noexcept {
    if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return tag;
    return tag.substr(1, tag.size() - 2);
}

}  // namespace

std::string make_session_name(crypto::keyed_random& random, std::uint8_t shard) {
    check(shard < url_chars.size());
    return url_chars[shard] + random_text(random, session_name_chars - 1);
}

std::optional<std::uint8_t> shard_of_session(std::string_view name) noexcept {
    if (name.size() != session_name_chars) return std::nullopt;
    const auto found = url_chars.find(name.front());
    if (found == url_chars.npos) return std::nullopt;
    return static_cast<std::uint8_t>(found);
}

std::string make_etag(crypto::keyed_random& random) {
    return random_text(random, etag_chars);
}

precondition match(std::string_view if_match, std::string_view etag) noexcept {
    if_match = trimmed(if_match);
    if (if_match.empty()) return precondition::missing;
    if (if_match == "*" || if_match == "\"*\"") return precondition::any;
    // Our tags have no comma in them, so a comma can only stand between two.
    for (;;) {
        const auto comma = if_match.find(',');
        if (without_quotes(trimmed(if_match.substr(0, comma))) == etag) return precondition::holds;
        if (comma == if_match.npos) return precondition::fails;
        if_match.remove_prefix(comma + 1);
    }
}

}  // namespace conf::engine
