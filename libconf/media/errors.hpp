/// What a participant of ours can be told that it cannot go on with.
#pragma once

#include <conf/result.hpp>

#include <system_error>

namespace conf::media {

enum class media_errc {
    bad_url = 1,   ///< not "http://host[:port]/…"
    bad_reply,     ///< no HTTP/1.1 response that can be read
    refused,       ///< the server answered with another status than 2xx
    bad_answer,    ///< no session description, or one without what a transport needs
    no_candidate,  ///< no UDP candidate with a literal address
    bad_file,      ///< media in a form that is not read here
};

[[nodiscard]] const std::error_category& media_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(media_errc code) noexcept {
    return {static_cast<int>(code), media_category()};
}

}  // namespace conf::media

template <>
struct std::is_error_code_enum<conf::media::media_errc> : std::true_type {};
