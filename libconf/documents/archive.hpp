/// The list of contents of a ZIP archive, read without unpacking anything (APPNOTE.TXT 6.3, §4.3).
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/documents/problem.hpp"

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::documents {

struct archive_entry {
    std::string_view name;  ///< views into the archive
    std::uint64_t packed_bytes = 0;
    std::uint64_t unpacked_bytes = 0;
    std::uint16_t method = 0;  ///< 0: stored, 8: deflated
    bool encrypted = false;    ///< by the archive's own password
    bytes stored{};            ///< the content of a stored entry
};

[[nodiscard]] constexpr bool looks_like_archive(bytes file) noexcept {
    return file.size() >= 4 && load_u32(file, 0) == 0x504B0304;
}

/// The entries, or what is wrong: `broken`, or `archive_too_large` with the limit that was hit. Archives of
/// several parts and those above 4 GB are broken to us. What the list says of a size is compared with what
/// stands before the entry; a lie in both is caught by the limits of the sandbox.
[[nodiscard]] std::variant<std::vector<archive_entry>, problem> read_archive(bytes file);

}  // namespace conf::documents
