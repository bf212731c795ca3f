#include "libconf/host/content_store.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/room/record_format.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace conf::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t content_characters = 64;

/// The hash of a file's bytes, which are looked at where the kernel has them.
std::optional<std::string> hash_of(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) return std::nullopt;
    std::optional<std::string> made;
    struct stat about{};
    if (::fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
        const auto size = static_cast<std::size_t>(about.st_size);
        void* const mapped = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (size == 0 || mapped != MAP_FAILED) {
            made.emplace();
            for (const auto byte : crypto::sha256({bytes(static_cast<const std::byte*>(mapped), size)})) {
                made->append(fmt::format("{:02x}", std::to_integer<unsigned>(byte)));
            }
            if (mapped != nullptr) ::munmap(mapped, size);
        }
    }
    ::close(file);
    return made;
}

/// For this user alone.
bool make_folder(const fs::path& path) {
    std::error_code failed;
    if (fs::is_directory(path, failed)) return true;
    fs::create_directories(path, failed);
    if (failed) return false;
    fs::permissions(path, fs::perms::owner_all, failed);
    return !failed;
}

void erase(const fs::path& path) {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

bool holds_nothing(const fs::path& path) {
    std::error_code failed;
    const auto found = fs::directory_iterator(path, failed);
    return failed || found == fs::directory_iterator();
}

bool touch(const fs::path& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0) return false;
    ::close(file);
    return true;
}

enum tag : std::uint8_t { ending = 1, paper, one_page };
constexpr double fractions = 1000;

std::string write_pages(const documents::known_pages& of) {
    rooms::record_writer made;
    made.text(ending, of.ending);
    for (const auto& one : of.papers) {
        rooms::record_writer size;
        size.number(1, static_cast<std::uint64_t>(std::lround(one.width * fractions)));
        size.number(2, static_cast<std::uint64_t>(std::lround(one.height * fractions)));
        made.item(paper, std::move(size).take());
    }
    for (const auto& one : of.pages) {
        rooms::record_writer page;
        page.number(1, one.number);
        page.number(2, one.picture ? 1 : 0);
        page.number(3, one.missing ? 1 : 0);
        made.item(one_page, std::move(page).take());
    }
    return std::move(made).take();
}

std::optional<documents::known_pages> read_pages(std::string_view text) {
    documents::known_pages made;
    rooms::record_reader fields(text);
    while (fields.next()) {
        rooms::record_reader inner(fields.text());
        if (fields.tag() == ending) made.ending = fields.text();
        if (fields.tag() == paper) {
            auto& one = made.papers.emplace_back();
            while (inner.next()) {
                (inner.tag() == 1 ? one.width : one.height) = static_cast<double>(inner.number()) / fractions;
            }
        }
        if (fields.tag() == one_page) {
            auto& one = made.pages.emplace_back();
            while (inner.next()) {
                if (inner.tag() == 1) one.number = static_cast<std::uint32_t>(inner.number());
                if (inner.tag() == 2) one.picture = inner.number() != 0;
                if (inner.tag() == 3) one.missing = inner.number() != 0;
            }
        }
    }
    if (!fields.complete()) return std::nullopt;
    return made;
}

}  // namespace

bool is_content(std::string_view text) noexcept {
    return text.size() == content_characters &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string content_store::folder_of(std::string_view content) const {
    return fmt::format("{}/files/{}", path_, content);
}

result<void> content_store::open() const {
    erase(path_ + "/incoming");
    erase(path_ + "/exports");
    for (const auto* const name : {"", "/incoming", "/exports", "/files"}) {
        if (!make_folder(path_ + name)) {
            return conf::error(std::make_error_code(std::errc::permission_denied), path_ + name);
        }
    }
    std::error_code failed;
    std::vector<fs::path> unused;
    for (const auto& one : fs::directory_iterator(path_ + "/files", failed)) {
        erase(one.path() / "work");
        if (holds_nothing(one.path() / "rooms")) unused.push_back(one.path());
    }
    for (const auto& one : unused) erase(one);
    return {};
}

std::string content_store::new_upload(std::string_view random) const {
    return fmt::format("{}/incoming/{}", path_, random);
}

std::optional<std::string> content_store::adopt(const std::string& upload, const std::string& room) const {
    std::optional<std::string> made;
    const auto content = hash_of(upload);
    if (content && make_folder(folder_of(*content) + "/rooms") &&
        touch(folder_of(*content) + "/rooms/" + room)) {
        std::error_code failed;
        if (!fs::exists(original(*content), failed)) fs::rename(upload, original(*content), failed);
        if (!failed) {
            made = content;
        } else {
            leave(*content, room);
        }
    }
    erase(upload);
    return made;
}

bool content_store::hold(const std::string& content, const std::string& room) const {
    std::error_code failed;
    return fs::exists(original(content), failed) && touch(folder_of(content) + "/rooms/" + room);
}

void content_store::leave(const std::string& content, const std::string& room) const {
    if (!is_content(content)) return;
    erase(folder_of(content) + "/rooms/" + room);
    if (holds_nothing(folder_of(content) + "/rooms")) erase(folder_of(content));
}

void content_store::leave_all_but(const std::set<std::string>& contents, const std::string& room) const {
    std::error_code failed;
    std::vector<std::string> others;
    for (const auto& one : fs::directory_iterator(path_ + "/files", failed)) {
        auto name = one.path().filename().string();
        if (!contents.contains(name) && fs::exists(one.path() / "rooms" / room))
            others.push_back(std::move(name));
    }
    for (const auto& one : others) leave(one, room);
}

std::optional<documents::known_pages> content_store::pages_of(const std::string& content) const {
    std::ifstream from(folder_of(content) + "/pages", std::ios::binary);
    if (!from) return std::nullopt;
    const std::string text{std::istreambuf_iterator<char>(from), {}};
    return read_pages(text);
}

void content_store::finish(const std::string& content, const documents::known_pages& made) const {
    const auto path = folder_of(content) + "/pages";
    {
        std::ofstream to(path + ".new", std::ios::binary);
        to << write_pages(made);
        if (!to.flush()) return;  // it is converted again next time
    }
    std::error_code ignored;
    fs::rename(path + ".new", path, ignored);
}

std::string content_store::work_folder(const std::string& content) const {
    auto path = folder_of(content) + "/work";
    erase(path);
    if (!make_folder(path)) path.clear();
    return path;
}

void content_store::take_over(const std::string& content, const std::vector<std::string>& names) const {
    for (const auto& name : names) {
        std::error_code ignored;
        fs::rename(fs::path(folder_of(content)) / "work" / name, file(content, name), ignored);
    }
}

void content_store::drop_work(const std::string& content) const {
    erase(folder_of(content) + "/work");
}

std::string content_store::original(std::string_view content) const {
    return folder_of(content) + "/original";
}

std::string content_store::file(std::string_view content, std::string_view name) const {
    return fmt::format("{}/{}", folder_of(content), name);
}

std::optional<std::string> content_store::new_export(std::string_view random) const {
    auto path = fmt::format("{}/exports/{}", path_, random);
    if (!make_folder(path)) return std::nullopt;
    return path;
}

void content_store::drop_export(std::string_view random) const {
    erase(fmt::format("{}/exports/{}", path_, random));
}

}  // namespace conf::host
