/// Names that nobody can guess: of sessions in their URLs, and of their ICE generations in ETags.
#pragma once

#include "libconf/crypto/random.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf::engine {

inline constexpr std::size_t session_name_chars = 32;  // 186 random bits: the first tells the shard
inline constexpr std::size_t etag_chars = 16;

/// Letters, digits, "-" and "_", so that it stands in a URL as it is. Precondition: `shard` < 64.
[[nodiscard]] std::string make_session_name(crypto::keyed_random& random, std::uint8_t shard);
/// Nothing for a name that we did not make.
[[nodiscard]] std::optional<std::uint8_t> shard_of_session(std::string_view name) noexcept;

/// Without the quotes that a header puts around it.
[[nodiscard]] std::string make_etag(crypto::keyed_random& random);

enum class precondition : std::uint8_t { missing, any, holds, fails };
/// If-Match of RFC 9110 §13.1.1: "*", or a list in which one entity-tag must be `etag` by strong comparison.
/// A tag without quotes, as some clients send it, is taken for what it is.
[[nodiscard]] precondition match(std::string_view if_match, std::string_view etag) noexcept;

}  // namespace conf::engine
