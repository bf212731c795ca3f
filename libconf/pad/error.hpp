/// Why something could not be done with a pad.
#pragma once

#include <system_error>

namespace conf::pads {

enum class pad_errc {
    bad_text = 1,     ///< text that is not UTF-8
    bad_format,       ///< a format that does not exist, or not this way
    bad_title,        ///< empty, too long, or with control characters
    too_large,        ///< more than the limit allows
    unknown_version,  ///< no such version, or not any more
    unknown_pad,
    exists,          ///< a pad of that name is there
    full,            ///< as many pads, or people, as allowed
    locked,          ///< only moderators write in it now
    read_only,       ///< the right to read is not the right to write
    bad_update,      ///< not an update of Yjs, or one that does not fit
    foreign_client,  ///< it brings what somebody else wrote
    not_saved,       ///< the store does not work now
    stopped,         ///< the server has ended
};

[[nodiscard]] const std::error_category& pad_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(pad_errc code) noexcept {
    return {static_cast<int>(code), pad_category()};
}

}  // namespace conf::pads

template <>
struct std::is_error_code_enum<conf::pads::pad_errc> : std::true_type {};
