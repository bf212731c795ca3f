#include "libconf/host/asset_store.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/crypto/base64.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/documents/picture.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace conf::host {
namespace {

namespace fs = std::filesystem;

/// What an id begins with, by `documents::picture_type`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> types{
    {{"png-", "image/png"}, {"jpg-", "image/jpeg"}, {"gif-", "image/gif"}, {"wbp-", "image/webp"}}};
constexpr std::size_t prefix_characters = 4;
constexpr std::size_t hash_bytes = 20;

std::string read_file(const std::string& path) {
    std::ifstream from(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

bool write_file(const std::string& path, std::string_view what) {
    {
        std::ofstream to(path, std::ios::binary);
        to << what;
        if (!to.flush()) return false;
    }
    std::error_code error;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
    return !error;
}

documents::problem with_limit(documents::problem_code code, std::string_view limit) {
    auto made = documents::plain_problem(code);
    made.limit = documents::limit_from(limit);
    return made;
}

/// The same JPEG with an Exif (CIPA DC-008 §4.6) of nothing but its orientation. Precondition: it has none.
std::string with_orientation(std::string jpeg, std::uint8_t orientation) {
    using namespace std::string_literals;
    if (orientation == 1) return jpeg;
    const auto exif = "\xFF\xE1\0\x22"s + "Exif\0\0"s + "MM\0*\0\0\0\x08"s +
                      "\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + static_cast<char>(orientation) + "\0\0\0\0\0\0"s;
    return jpeg.insert(2, exif);
}

std::string id_of(const documents::picture& of, std::string_view file) {
    std::string made(types.at(static_cast<std::size_t>(of.type)).first);
    const auto hash = crypto::sha256({as_bytes(file)});
    for (std::size_t at = 0; at < hash_bytes; ++at)
        made += fmt::format("{:02x}", std::to_integer<unsigned>(hash.at(at)));
    return made;
}

}  // namespace

bool is_asset(std::string_view text) noexcept {
    return text.size() == prefix_characters + 2 * hash_bytes &&
           text.substr(prefix_characters).find_first_not_of("0123456789abcdef") == std::string_view::npos &&
           std::ranges::any_of(types, [&](const auto& one) { return text.starts_with(one.first); });
}

std::string_view media_type_of_asset(std::string_view id) noexcept {
    const auto* const found =
        std::ranges::find_if(types, [&](const auto& one) { return id.starts_with(one.first); });
    return found == types.end() ? "application/octet-stream" : found->second;
}

std::string asset_store::path(std::string_view room, std::string_view id) const {
    return fmt::format("{}/{}/{}", path_, room, id);
}

bool asset_store::has(std::string_view room, std::string_view id) const {
    return is_asset(id) && ::access(path(room, id).c_str(), R_OK) == 0;
}

std::variant<std::string, documents::problem> asset_store::adopt(const std::string& upload,
                                                                 const std::string& room,
                                                                 const documents::limits& within) const {
    using enum documents::problem_code;
    auto file = read_file(upload);
    ::unlink(upload.c_str());
    const auto found = documents::read_picture(as_bytes(file));
    if (!found) return documents::plain_problem(unknown_kind);
    if (std::uint64_t{found->width} * found->height > within.pixels_max)
        return with_limit(too_many_pixels, "pixels");
    // What a camera notes of places and names stays at home, but which side is up.
    if (found->type == documents::picture_type::jpeg)
        file = with_orientation(documents::without_metadata(as_bytes(file)), found->orientation);
    auto id = id_of(*found, file);

    const auto folder = fmt::format("{}/{}", path_, room);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return documents::plain_problem(disk_full);
    fs::permissions(path_, fs::perms::owner_all, error);
    if (has(room, id)) return id;
    std::size_t count = 0;
    std::uint64_t bytes = file.size();
    for (const auto& one : fs::directory_iterator(folder, error)) {
        ++count;
        bytes += one.file_size(error);
    }
    if (count >= documents::assets_per_room_max) return with_limit(room_full, "documents");
    if (bytes > within.room_bytes_max) return with_limit(room_full, "room_bytes");
    if (!write_file(upload, file)) {
        ::unlink(upload.c_str());
        return documents::plain_problem(disk_full);
    }
    fs::rename(upload, path(room, id), error);
    if (error) return documents::plain_problem(disk_full);
    return id;
}

std::map<std::string, std::string> asset_store::addresses(const std::string& room,
                                                          const std::set<std::string>& ids,
                                                          std::uint64_t bytes_max) const {
    std::map<std::string, std::string> made;
    std::uint64_t bytes = 0;
    for (const auto& id : ids) {
        if (!is_asset(id)) continue;
        const auto file = read_file(path(room, id));
        bytes += file.size();
        if (file.empty() || bytes > bytes_max) continue;
        made[id] = fmt::format("data:{};base64,{}", media_type_of_asset(id), crypto::base64(as_bytes(file)));
    }
    return made;
}

void asset_store::forget(const std::string& room) const {
    std::error_code ignored;
    fs::remove_all(fmt::format("{}/{}", path_, room), ignored);
}

}  // namespace conf::host
