#include "libconf/documents/shelf.hpp"

#include "libconf/documents/file_kind.hpp"
#include "libconf/room/record_format.hpp"

#include <algorithm>
#include <utility>

namespace conf::documents {
namespace {

class shelf_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.documents"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<shelf_errc>(code)) {
            case shelf_errc::bad_name: return plain_problem(problem_code::bad_name).message;
            case shelf_errc::too_large: return plain_problem(problem_code::too_large).message;
            case shelf_errc::room_full: return plain_problem(problem_code::room_full).message;
        }
        return "unknown error of documents";
    }
};

// A server that goes down twice under the same document probably goes down because of it.
constexpr std::uint32_t attempts_max = 2;

bool under_way(const stored_file& one) noexcept {
    return one.state == file_state::waiting || one.state == file_state::converting;
}

page page_of(const paper_size& paper) {
    const auto size = fit_page(paper.width, paper.height);
    page made;
    made.width = size.width;
    made.height = size.height;
    return made;
}

void take(stored_file& to, const page_made& news) {
    auto& one = to.pages[news.number - 1];
    one.made = true;
    one.picture = news.picture;
    one.missing = news.missing;
}

/// Whether every page of it is there, once each.
bool complete(const known_pages& known) {
    if (known.papers.empty() || known.pages.size() != known.papers.size()) return false;
    for (std::size_t i = 0; i < known.pages.size(); ++i) {
        if (known.pages[i].number != i + 1) return false;
    }
    return true;
}

}  // namespace

const std::error_category& shelf_category() noexcept {
    static const shelf_error_category category;
    return category;
}

void outputs::clear() noexcept {
    records.clear();
    events.clear();
    jobs.clear();
    cancelled.clear();
    unused.clear();
}

const stored_file* shelf::find(document_number which) const noexcept {
    const auto found = files_.find(which);
    return found == files_.end() ? nullptr : &found->second;
}

bool shelf::uses(std::string_view content) const noexcept {
    return std::ranges::any_of(files_, [&](const auto& one) { return one.second.content == content; });
}

std::uint64_t shelf::bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& [number, one] : files_) sum += one.bytes;
    return sum;
}

void shelf::keep(const stored_file& of, outputs& out) {
    out.records.push_back({kept_as, rooms::key_of(of.number), write_record(of)});
}

std::size_t shelf::restore(std::span<const rooms::record> kept, outputs& out) {
    std::size_t unreadable = 0;
    for (const auto& one : kept) {
        if (one.kind != kept_as) continue;
        if (auto read = read_record(one.key, one.value)) {
            files_.insert_or_assign(read->number, std::move(*read));
        } else {
            ++unreadable;
        }
    }
    for (auto& [number, one] : files_) {
        if (!under_way(one)) continue;
        if (one.attempts < attempts_max) {
            start(one, out);
        } else {
            fail(one, plain_problem(problem_code::restarted), out);
        }
    }
    return unreadable;
}

result<void> shelf::admits(std::string_view name, std::uint64_t bytes, std::uint64_t also_bytes) const {
    if (!is_document_name(name)) return shelf_errc::bad_name;
    if (bytes > limits_.bytes_max) return shelf_errc::too_large;
    if (files_.size() >= documents_per_room_max) return shelf_errc::room_full;
    const auto taken = this->bytes() + also_bytes;
    if (taken > limits_.room_bytes_max || bytes > limits_.room_bytes_max - taken)
        return shelf_errc::room_full;
    return {};
}

void shelf::start(stored_file& of, outputs& out) {
    of.state = file_state::waiting;
    of.pages.clear();
    ++of.attempts;
    keep(of, out);
    out.jobs.push_back({of.number, of.content, of.name});
}

result<void> shelf::put(document_number of, const new_file& file, const std::optional<known_pages>& known,
                        rooms::wall_time at, outputs& out) {
    if (auto admitted = admits(file.name, file.bytes); !admitted) return admitted.error();
    remove(of, out);
    auto& made = files_[of];
    made.number = of;
    made.name = file.name;
    made.content = file.content;
    made.bytes = file.bytes;
    made.owner = file.owner;
    made.added = at;
    std::erase(out.unused, file.content);  // of what it had before
    if (!known || !complete(*known)) {
        start(made, out);
        return {};
    }
    made.state = file_state::ready;
    made.ending = known->ending;
    for (const auto& paper : known->papers) made.pages.push_back(page_of(paper));
    for (const auto& one : known->pages) take(made, one);
    keep(made, out);
    out.events.push_back({shelf_event_kind::pages_known, of});
    out.events.push_back({shelf_event_kind::ready, of});
    return {};
}

void shelf::handle(document_number of, const conversion_news& news, outputs& out) {
    const auto found = files_.find(of);
    if (found == files_.end() || !under_way(found->second)) return;
    auto& file = found->second;
    if (const auto* const kind = std::get_if<kind_found>(&news)) {
        file.ending = kind->ending;
    } else if (const auto* const pages = std::get_if<pages_found>(&news)) {
        file.state = file_state::converting;
        file.pages.clear();
        for (const auto& paper : pages->papers) file.pages.push_back(page_of(paper));
        out.events.push_back({shelf_event_kind::pages_known, of});
    } else if (const auto* const made = std::get_if<page_made>(&news)) {
        if (made->number < 1 || made->number > file.pages.size()) return;  // no converter of ours
        take(file, *made);
        out.events.push_back({shelf_event_kind::page_ready, of, made->number});
    } else if (const auto* const failed = std::get_if<conversion_failed>(&news)) {
        fail(file, failed->why, out);
    } else if (std::holds_alternative<conversion_lost>(news)) {
        if (file.attempts >= attempts_max) return fail(file, plain_problem(problem_code::failed), out);
        start(file, out);
        out.events.push_back({shelf_event_kind::restarted, of});
    } else {
        if (file.pages.empty() || !std::ranges::all_of(file.pages, &page::made)) {
            return fail(file, plain_problem(problem_code::failed), out);
        }
        file.state = file_state::ready;
        keep(file, out);
        out.events.push_back({shelf_event_kind::ready, of});
    }
}

void shelf::fail(stored_file& of, problem why, outputs& out) {
    of.state = file_state::failed;
    of.pages.clear();
    of.why = std::move(why);
    of.bytes = 0;
    const auto content = std::exchange(of.content, {});  // nothing of it stays on the disk
    keep(of, out);
    out.events.push_back({shelf_event_kind::failed, of.number});
    leave(content, out);
}

/// Behind the change of a document that had the content.
void shelf::leave(const std::string& content, outputs& out) const {
    if (!content.empty() && !uses(content)) out.unused.push_back(content);
}

void shelf::remove(document_number which, outputs& out) {
    const auto found = files_.find(which);
    if (found == files_.end()) return;
    if (under_way(found->second)) out.cancelled.push_back(which);
    const auto content = std::move(found->second.content);
    files_.erase(found);
    out.records.push_back({kept_as, rooms::key_of(which), {}});
    leave(content, out);
}

void shelf::clear(outputs& out) {
    while (!files_.empty()) remove(files_.begin()->first, out);
}

}  // namespace conf::documents
