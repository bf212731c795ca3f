/// Files of documents on the disk, found by their content: what two rooms share is there once.
#pragma once

#include "libconf/documents/shelf.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace conf::host {

/// A folder like this:
///
///     incoming/RANDOM        what is uploaded now
///     exports/RANDOM/        what was asked for, for some minutes
///     files/HASH/original    a document as it was uploaded, and what the converter made of it
///     files/HASH/pages       how many pages of which size, written last: without it the conversion has not
///     ended files/HASH/rooms/ROOM  an empty file for each room that needs it
///
/// A name is never a stranger's: hashes and random numbers are ours, and a room's name has no slash in it.
/// What nobody needs goes at once, and what a crash left at the next start. Everything waits for the disk.
/// Belongs to one thread.
class content_store {
public:
    /// @param path  made where it is missing; with it everything that is of no room.
    explicit content_store(std::string path) : path_(std::move(path)) {}

    /// Makes the folders and sweeps them: uploads and exports of before, and contents of no room.
    [[nodiscard]] result<void> open() const;

    /// Where a new upload is written. Nothing where there is no room on the disk.
    [[nodiscard]] std::string new_upload(std::string_view random) const;
    /// An upload that is complete becomes a content, or what was there stays. @return its hash; nothing where
    /// it cannot be read or moved. The upload is gone in any case.
    [[nodiscard]] std::optional<std::string> adopt(const std::string& upload, const std::string& room) const;
    /// For a document that had the content before; false where it is not there any more.
    [[nodiscard]] bool hold(const std::string& content, const std::string& room) const;
    /// The room does not need it any more.
    void leave(const std::string& content, const std::string& room) const;
    /// All that a room holds.
    void leave_all_but(const std::set<std::string>& contents, const std::string& room) const;

    /// What a conversion made, once `finish` has said so.
    [[nodiscard]] std::optional<documents::known_pages> pages_of(const std::string& content) const;
    void finish(const std::string& content, const documents::known_pages& made) const;
    /// A folder for the converter, empty; what it makes there is not seen till `take_over`.
    [[nodiscard]] std::string work_folder(const std::string& content) const;
    /// Moves one file of the work folder to where it is found. Pages come one by one.
    void take_over(const std::string& content, const std::vector<std::string>& names) const;
    void drop_work(const std::string& content) const;

    [[nodiscard]] std::string original(std::string_view content) const;
    [[nodiscard]] std::string file(std::string_view content, std::string_view name) const;
    /// Empty; nothing where it cannot be made.
    [[nodiscard]] std::optional<std::string> new_export(std::string_view random) const;
    void drop_export(std::string_view random) const;

private:
    [[nodiscard]] std::string folder_of(std::string_view content) const;

    std::string path_;
};

/// Whether a text has the form of a content's hash.
[[nodiscard]] bool is_content(std::string_view text) noexcept;

}  // namespace conf::host
