/// Documents of a room: files that become pages, for programs that share, read and export them.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// Fields have the names of the configuration's keys in `documents.*`.
struct document_options {
    bool enabled = true;
    /// The converter: an absolute path of a program that is started for each job, or "unix:" and the absolute
    /// path of the socket that one listens at (see `conf/convert.hpp`). Empty: no documents.
    std::string converter;
    struct {
        std::uint64_t bytes = 30'000'000;        ///< of one uploaded file
        std::uint32_t pages = 200;               ///< of one document
        std::uint64_t pixels = 50'000'000;       ///< of one uploaded picture
        std::uint64_t room_bytes = 500'000'000;  ///< of all files of a room, as uploaded
        std::chrono::seconds job_time{300};      ///< for one conversion in all
        std::uint32_t jobs = 2;                  ///< conversions at once
    } limits;
};

/// The file behind a document. Its pages are on the room's boards, `board_page{number, page}`.
struct document_file {
    std::uint64_t number = 0;
    std::string name{};
    std::string state{};         ///< "waiting", "converting", "ready" or "failed"
    std::uint64_t bytes = 0;     ///< as it was uploaded
    std::size_t page_count = 0;  ///< 0: not known yet
    std::size_t pages_ready = 0;
    std::string error{};  ///< why it failed, in a sentence: what, and what to do; empty: it did not
};

struct document_export_options {
    std::optional<std::uint64_t> page{};  ///< without it: all
    bool annotations = true;              ///< with what is drawn
};

/// The documents of one room, whether anybody is in it or not; a cheap copy, which may outlive the server.
///
/// Thread-safe; all of it waits for the server, and what converts for the converter. Errors of all:
/// `media_errc::stopped`, `media_errc::wrong_thread` on the thread that serves HTTP, `document_errc`.
class CONF_EXPORT room_documents {
public:
    struct impl;
    explicit room_documents(std::shared_ptr<impl> state) noexcept;

    /// @param name  as people see it, with the ending that fits the content: "talk.pdf".
    /// @return its number, as soon as it is kept; its pages come one by one. `bad_name`, `too_large`,
    /// `room_full`.
    result<std::uint64_t> add(std::string_view name, std::span<const std::byte> file) const;
    /// Until it is ready or has failed, or that time is over; as it is then.
    [[nodiscard]] result<document_file> wait(
        std::uint64_t document, std::chrono::milliseconds within = std::chrono::minutes(5)) const;
    [[nodiscard]] result<std::vector<document_file>> all() const;
    /// What is written on a page of the file, from 1. `unknown_page`: it is not there, or not yet.
    [[nodiscard]] result<std::string> page_text(std::uint64_t document, std::uint32_t page) const;
    /// The page alone, without what is drawn on it; `board::svg` has both.
    [[nodiscard]] result<std::string> page_svg(std::uint64_t document, std::uint32_t page) const;
    /// Any document of the boards, files and blank pages: pages as vectors where they are good as vectors,
    /// with what is drawn. `failed`: the message says why.
    [[nodiscard]] result<std::string> export_pdf(std::uint64_t document,
                                                 const document_export_options& how = {}) const;
    result<void> remove(std::uint64_t document) const;

private:
    std::shared_ptr<impl> impl_;
};

enum class document_errc {
    disabled = 1,  ///< the server takes no files, see `document_options`
    bad_room,      ///< a name has 1 to 64 letters (A to Z), digits, "-", "_" or "."
    bad_name,
    too_large,
    room_full,
    unknown_document,
    unknown_page,
    failed,
};
[[nodiscard]] CONF_EXPORT const std::error_category& document_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(document_errc code) noexcept {
    return {static_cast<int>(code), document_category()};
}

}  // namespace conf::inline v0

template <>
struct std::is_error_code_enum<conf::document_errc> : std::true_type {};
