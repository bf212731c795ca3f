/// Messages as JSON text and back.
#pragma once

#include "libconf/room/messages.hpp"
#include "libconf/whiteboard/messages.hpp"
#include "libconf/whiteboard/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace conf::signalling {

/// A text that is no request. `id` is the request's, where that at least could be read; the answer is
/// `message{id, why}`, and `meeting::handle_bad` wants to know.
struct undecodable {
    std::optional<std::uint64_t> id;
    rooms::failure why;
};

using decoded = std::variant<rooms::request, boards::request, undecodable>;

/// Never throws but for want of memory, and takes a bounded multiple of the text: at most 32 levels and 4096
/// values. A key that stands twice in an object is an error, unknown fields are not. Thread: any.
[[nodiscard]] decoded decode(std::string_view text);

/// As the protocol writes it. Bytes that are no UTF-8 become U+FFFD. Thread: any.
[[nodiscard]] std::string encode(const rooms::message& what);
/// The client's side, for tests and native clients.
[[nodiscard]] std::string encode(const rooms::request& what);
[[nodiscard]] std::string encode(const boards::message& what);
[[nodiscard]] std::string encode(const boards::request& what);

/// 2^53 - 1: what a client's numbers can hold.
inline constexpr std::uint64_t number_max = (std::uint64_t{1} << 53) - 1;
inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t values_max = 4096;

}  // namespace conf::signalling
