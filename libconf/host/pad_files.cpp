#include "libconf/host/pad_files.hpp"

#include "libconf/documents/file_kind.hpp"
#include "libconf/pad/formats.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace conf::host {
namespace {

using documents::problem;
using documents::problem_code;

/// The converter's sentence is about files that people upload.
problem told(problem why) {
    if (why.code == problem_code::office_missing) {
        why.message =
            "LibreOffice makes PDF and Word files of notes, and it is not installed on this server: its "
            "operator has to install Debian's package libreoffice-writer-nogui.";
    } else if (why.code == problem_code::no_sandbox || why.code == problem_code::tool_missing) {
        why = documents::plain_problem(why.code);  // the rest is for the operator
    }
    return why;
}

problem problem_of(const conf::error& why) {
    if (why == documents::make_error_code(documents::shelf_errc::too_large))
        return documents::plain_problem(problem_code::too_large);
    if (why == documents::make_error_code(documents::shelf_errc::room_full))
        return documents::plain_problem(problem_code::room_full);
    return documents::plain_problem(problem_code::disk_full);
}

std::string pictures_of(const std::string& room) {
    return "/api/v1/rooms/" + room + "/assets/";
}

/// The ids of the room's own pictures: there are no others that we can read.
void add_pictures(const pads::node& in, const std::string& folder, std::set<std::string>& to) {
    if (in.kind == pads::node_kind::image && in.text.starts_with(folder))
        to.insert(in.text.substr(folder.size()));
    for (const auto& child : in.children) add_pictures(child, folder, to);
}

}  // namespace

void pad_files::convert(const source& from, std::string_view format, bool slides,
                        const document_host::text_made& then) {
    auto& running = running_[from.room];
    if (running >= at_once_max) return then(documents::plain_problem(problem_code::queue_full));
    ++running;
    const auto end = [this, room = from.room, then](const std::variant<std::string, problem>& made) {
        if (--running_[room] == 0) running_.erase(room);
        const auto* const why = std::get_if<problem>(&made);
        then(why == nullptr ? made : told(*why));
    };
    std::set<std::string> ids;
    const auto folder = pictures_of(from.room);
    add_pictures(from.text, folder, ids);
    documents_.read_pictures(
        from.room, 0, 0, std::move(ids),
        [this, from, format = std::string(format), slides, folder, end](const document_host::pictures& all) {
            const auto picture = [&](const std::string& path) {
                const auto known =
                    path.starts_with(folder) ? all.assets.find(path.substr(folder.size())) : all.assets.end();
                return known == all.assets.end() ? std::string() : known->second;
            };
            documents_.convert_text(
                pads::to_office_page(from.text, {.title = from.title, .slides = slides, .picture = picture}),
                format, end);
        });
}

void pad_files::make(const source& from, std::string_view format, done<file> then) {
    convert(from, format, false, [then = std::move(then)](const std::variant<std::string, problem>& made) {
        if (const auto* const why = std::get_if<problem>(&made)) return then(*why);
        // Its bytes stay as long as it is open.
        auto opened = net::http_file::open(std::get<std::string>(made));
        if (!opened) return then(documents::plain_problem(problem_code::failed));
        then(std::move(opened));
    });
}

void pad_files::add_slides(const source& from, done<document_number> then) {
    convert(from, "pdf", true,
            [this, room = from.room, name = document_name_of(from.title),
             then = std::move(then)](const std::variant<std::string, problem>& made) {
                if (const auto* const why = std::get_if<problem>(&made)) return then(*why);
                documents_.add_made(room, name, std::get<std::string>(made),
                                    [then](const result<document_number>& number) {
                                        if (!number) return then(problem_of(number.error()));
                                        then(*number);
                                    });
            });
}

std::string document_name_of(std::string_view title) {
    constexpr std::string_view ending = ".pdf";
    std::string made(title.substr(0, documents::name_bytes_max - ending.size()));
    // Not in the middle of a character.
    if (made.size() < title.size()) {
        while (!made.empty() && (static_cast<unsigned char>(title[made.size()]) & 0xC0) == 0x80)
            made.pop_back();
    }
    std::ranges::replace_if(made, [](char one) { return one == '/' || one == '\\'; }, '-');
    made += ending;
    return documents::is_document_name(made) ? made : "notes.pdf";
}

}  // namespace conf::host
