#include "libconf/documents/archive.hpp"

#include "libconf/documents/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace conf::documents {
namespace {

constexpr std::uint32_t local_header = 0x04034B50;
constexpr std::uint32_t list_header = 0x02014B50;
constexpr std::uint32_t end_header = 0x06054B50;
constexpr std::size_t end_bytes = 22;
constexpr std::size_t comment_bytes_max = 65535;

// ZIP is little-endian.
std::uint16_t u16(bytes from, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(load_u8(from, at) | load_u8(from, at + 1) << 8);
}
std::uint32_t u32(bytes from, std::size_t at) noexcept {
    return u16(from, at) | std::uint32_t{u16(from, at + 2)} << 16;
}

problem broken() {
    return {problem_code::broken,
            "The document is damaged or incomplete: its list of contents cannot be read.",
            {},
            0};
}

/// The end record stands at the end, behind it a comment at most.
std::optional<std::size_t> find_end(bytes file) {
    if (file.size() < end_bytes) return std::nullopt;
    const auto last = file.size() - end_bytes;
    const auto first = last > comment_bytes_max ? last - comment_bytes_max : 0;
    for (auto at = last + 1; at-- > first;) {
        if (u32(file, at) == end_header && at + end_bytes + u16(file, at + 20) == file.size()) return at;
    }
    return std::nullopt;
}

/// Compares with the entry's own header and finds its data. False: they do not agree.
bool check_local(bytes file, std::size_t at, archive_entry& entry) {
    constexpr std::size_t size = 30;
    if (at > file.size() || file.size() - at < size || u32(file, at) != local_header) return false;
    const auto flags = u16(file, at + 6);
    const auto data = at + size + u16(file, at + 26) + u16(file, at + 28);
    if (data > file.size() || file.size() - data < entry.packed_bytes) return false;
    const auto sizes_follow = (flags & 0x08U) != 0;  // then the header has none
    if (!sizes_follow && u32(file, at + 22) != entry.unpacked_bytes) return false;
    if (entry.method == 0) {
        if (entry.packed_bytes != entry.unpacked_bytes) return false;
        entry.stored = file.subspan(data, static_cast<std::size_t>(entry.packed_bytes));
    }
    return true;
}

}  // namespace

std::variant<std::vector<archive_entry>, problem> read_archive(bytes file) {
    const auto end = find_end(file);
    if (!end) return broken();
    const std::size_t count = u16(file, *end + 10);
    const std::size_t list_bytes = u32(file, *end + 12);
    std::size_t at = u32(file, *end + 16);
    if (u16(file, *end + 4) != 0 || u16(file, *end + 6) != 0) return broken();  // of several parts
    if (at > *end || *end - at < list_bytes) return broken();
    if (count > archive_entries_max) {
        return problem{problem_code::archive_too_large,
                       fmt::format("The document consists of {} files; at most {} are taken.", count,
                                   archive_entries_max),
                       limit_from("archive_entries"), 0};
    }

    std::vector<archive_entry> made;
    made.reserve(count);
    std::uint64_t unpacked = 0;
    for (std::size_t i = 0; i < count; ++i) {
        constexpr std::size_t size = 46;
        if (*end - at < size || u32(file, at) != list_header) return broken();
        const auto name_bytes = std::size_t{u16(file, at + 28)};
        const auto whole = size + name_bytes + u16(file, at + 30) + u16(file, at + 32);
        if (*end - at < whole) return broken();
        archive_entry one{.name = as_text(file.subspan(at + size, name_bytes)),
                          .packed_bytes = u32(file, at + 20),
                          .unpacked_bytes = u32(file, at + 24),
                          .method = u16(file, at + 10),
                          .encrypted = (u16(file, at + 8) & 1U) != 0};
        if (!check_local(file, u32(file, at + 42), one)) return broken();
        unpacked += one.unpacked_bytes;
        const auto ratio = one.unpacked_bytes / std::max<std::uint64_t>(one.packed_bytes, 1);
        if (unpacked > archive_unpacked_bytes_max ||
            (one.unpacked_bytes > archive_ratio_free_bytes && ratio > archive_ratio_max)) {
            return problem{problem_code::archive_too_large,
                           fmt::format("The document unpacks to far more than it may: at most {} MB, and {} "
                                       "times its size.",
                                       archive_unpacked_bytes_max / 1'000'000, archive_ratio_max),
                           limit_from("archive_bytes"), 0};
        }
        made.push_back(std::move(one));
        at += whole;
    }
    return made;
}

}  // namespace conf::documents
