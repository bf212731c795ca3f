#include "libconf/config/paths.hpp"

#include "libconf/config/limits.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace conf::config {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value =
        std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody here changes the environment
    return value == nullptr ? std::string() : std::string(value);
}

bool is_pem(path_use use) {
    return use == path_use::certificate || use == path_use::private_key;
}

verdict check_pem(path_use use, const std::string& path) {
    constexpr std::size_t pem_bytes_max = 1U << 20U;
    const bool certificate = use == path_use::certificate;
    const auto what =
        certificate ? "a PEM file with the certificate chain" : "a PEM file with the private key";
    const auto [text, failure] = read_whole_file(path, pem_bytes_max);
    if (!failure.empty()) return fmt::format("cannot be read ({}): expected {}", failure, what);
    const auto mark = certificate ? "-----BEGIN CERTIFICATE-----" : "PRIVATE KEY-----";
    if (text.find(mark) == text.npos) return fmt::format("there is none in this file: expected {}", what);
    return std::nullopt;
}

}  // namespace

std::string absolute_path(const std::string& path, const std::string& folder) {
    if (path.starts_with("~/")) {
        if (const auto home = environment("HOME"); !home.empty()) return home + path.substr(1);
    }
    std::error_code ignored;  // without a working directory the path stays as it is
    const auto whole = folder.empty() ? fs::path(path) : fs::path(folder) / path;
    const auto absolute = fs::absolute(whole, ignored);
    return (ignored ? whole : absolute).lexically_normal().string();
}

verdict check_path(path_use use, const std::string& path) {
    if (path.empty()) return std::nullopt;
    if (path.size() > limits::path_bytes || path.find('\0') != path.npos) {
        return fmt::format("expected a path of at most {} bytes", limits::path_bytes);
    }
    if (is_pem(use)) return check_pem(use, path);
    std::error_code failed;
    const auto status = fs::status(path, failed);
    if (use == path_use::folder && fs::exists(status) && !fs::is_directory(status)) {
        return "this is not a folder: expected one, or a path where one can be made";
    }
    return std::nullopt;
}

std::string default_data_path(std::string_view program) {
    // systemd separates several folders by colons; the first is the one that StateDirectory= names first.
    if (const auto state = environment("STATE_DIRECTORY"); !state.empty())
        return state.substr(0, state.find(':'));
    const std::string name = program == "conf-turn" ? "libconf-turn" : "libconf";
    if (geteuid() == 0) return "/var/lib/" + name;
    // The base directory specification has a relative one ignored.
    if (const auto data = environment("XDG_DATA_HOME"); data.starts_with('/')) return data + "/" + name;
    const auto home = environment("HOME");
    return (home.empty() ? "/var/tmp" : home + "/.local/share") + "/" + name;
}

std::string data_path(const settings& values, std::string_view program) {
    return values.data_path.empty() ? default_data_path(program) : values.data_path;
}

std::string control_socket_path(const settings& values, std::string_view program) {
    const auto& socket = values.server.control.socket;
    return socket.empty() ? std::string() : absolute_path(socket, data_path(values, program));
}

bool is_readable_by_everybody(const std::string& path) {
    std::error_code failed;
    const auto status = fs::status(path, failed);
    return !failed && (status.permissions() & fs::perms::others_read) != fs::perms::none;
}

file_text read_whole_file(const std::string& path, std::size_t bytes_max) {
    std::error_code failed;
    const auto status = fs::status(path, failed);
    if (failed && !fs::exists(status)) return {{}, failed.message()};
    if (fs::is_directory(status)) return {{}, std::generic_category().message(EISDIR)};
    // A pipe is fine (a shell's <(...)), so the size is found out by reading.
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return {{}, std::generic_category().message(errno != 0 ? errno : EIO)};
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad()) return {{}, std::generic_category().message(EIO)};
    if (text.size() > bytes_max) return {{}, fmt::format("more than {} bytes", bytes_max)};
    return {std::move(text), {}};
}

}  // namespace conf::config
