// Documents and their pages: made, moved, removed, and what the converter says of them.
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>
#include <iterator>

namespace conf::boards {
namespace {

using rooms::error_code;

constexpr std::uint32_t blank_width = 1440;
constexpr std::uint32_t blank_height = 810;

failure refuse(error_code code, std::string text, std::string field) {
    return {.code = code,
            .text = std::move(text),
            .field = std::move(field),
            .versions = {},
            .retry_after_seconds = {}};
}
failure no_document(std::string field = "document") {
    return refuse(error_code::unknown_document, "there is no such document", std::move(field));
}
failure no_page(std::string field = "page") {
    return refuse(error_code::unknown_page, "there is no such page", std::move(field));
}

/// Moves `what` before `before`, or to the end. False: there is no such place.
template <class List, class Number>
bool move_before(List& list, typename List::iterator what, std::optional<Number> before) {
    using item = typename List::value_type;
    auto to = before ? std::ranges::find(list, *before, &item::number) : list.end();
    if (before && to == list.end()) return false;
    if (what < to) {
        std::rotate(what, what + 1, to);
    } else {
        std::rotate(to, what, what + 1);
    }
    return true;
}

document_changed only(document_number number) {
    return {number, {}, {}, {}, {}, {}, {}};
}

}  // namespace

document_info* whiteboard::state::find_document(document_number which) noexcept {
    const auto found = std::ranges::find(documents, which, &document_info::number);
    return found == documents.end() ? nullptr : &*found;
}

page_info* whiteboard::state::find_page_info(place where) noexcept {
    auto* const document = find_document(where.document);
    if (document == nullptr) return nullptr;
    const auto found = std::ranges::find(document->pages, where.page, &page_info::number);
    return found == document->pages.end() ? nullptr : &*found;
}

whiteboard::state::outcome whiteboard::state::check_place(place where) {
    if (find_document(where.document) == nullptr) return no_document();
    if (find_page_info(where) == nullptr) return no_page();
    return std::nullopt;
}

document_info* whiteboard::state::make_document(document_kind kind, std::string title,
                                                std::optional<participant_id> owner, turn in) {
    if (documents.size() >= options.documents) return nullptr;
    document_info made{
        .number = next_document++, .kind = kind, .title = std::move(title), .owner = std::move(owner)};
    next_pages[made.number] = 1;
    if (kind == document_kind::file) made.state = document_state::uploading;
    if (kind == document_kind::blank) made.pages.push_back(make_page(made, blank_width, blank_height));
    if (kind == document_kind::infinite) made.pages.push_back(make_page(made, blank_width, 0));
    touched_documents.insert(made.number);
    touched_meta = true;
    tell_open(document_added{made, std::nullopt}, in);
    documents.push_back(std::move(made));
    auto& document = documents.back();
    if (stage.where.page == 0 && !document.pages.empty()) {
        stage_page({document.number, document.pages.front().number}, std::nullopt, in);
    }
    return &document;
}

page_info whiteboard::state::make_page(document_info& in_which, std::uint32_t width, std::uint32_t height) {
    page_info made{.number = next_pages[in_which.number]++, .width = width, .height = height};
    const place where{in_which.number, made.number};
    pages.try_emplace(where, where);
    return made;
}

/// Everything of the page but its line among the document's pages.
void whiteboard::state::forget_page(place where, turn in) {
    const auto found = pages.find(where);
    if (found == pages.end()) return;
    std::erase_if(strokes, [&](const auto& one) { return one.second.begun.where == where; });
    for (auto& [id, link] : links) {
        if (link.looks == where) link.looks.reset();
    }
    channels.erase(where);
    take_out_of_store(found->second, in.out);
    pages.erase(found);
}

void whiteboard::state::restage(std::optional<place> instead, turn in) {
    if (find_page_info(stage.where) != nullptr) return;
    if (!instead) {
        const auto other =
            std::ranges::find_if(documents, [](const auto& one) { return !one.pages.empty(); });
        if (other != documents.end()) instead = place{other->number, other->pages.front().number};
    }
    stage_page(instead.value_or(place{}), instead ? stage.leader : std::nullopt, in);
}

void whiteboard::state::remove_document(document_number which, turn in) {
    const auto found = std::ranges::find(documents, which, &document_info::number);
    if (found == documents.end()) return;
    for (const auto& one : found->pages) forget_page({which, one.number}, in);
    if (found->kind == document_kind::file) in.out.wishes.emplace_back(document_end{which});
    documents.erase(found);
    next_pages.erase(which);
    touched_documents.insert(which);
    touched_meta = true;
    tell_open(document_removed{which}, in);
    if (stage.where.document == which) restage(std::nullopt, in);
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const page_add& what) {
    auto* const document = find_document(what.document);
    if (document == nullptr) return no_document();
    auto& all = document->pages;
    if (all.empty()) return refuse(error_code::forbidden, "the document has no pages yet", "document");
    if (all.size() >= options.pages_per_document)
        return refuse(error_code::limit, "so many pages at most", "pages");
    const auto at = what.before ? std::ranges::find(all, *what.before, &page_info::number) : all.end();
    if (what.before && at == all.end()) return no_page("before");
    const auto& like = at == all.begin() ? *at : *std::prev(at);
    const auto made = make_page(*document, like.width, like.height);
    all.insert(at, made);
    touched_documents.insert(document->number);
    auto told = only(document->number);
    told.pages = all;
    tell_open(std::move(told), as.in);
    return answer(as, page_made{made.number});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const page_remove& what) {
    if (auto why = check_place(what.where)) return why;
    auto* const document = find_document(what.where.document);
    auto& all = document->pages;
    if (all.size() == 1)
        return refuse(error_code::forbidden, "the last page stays; remove the document", "page");
    const auto at = std::ranges::find(all, what.where.page, &page_info::number);
    const auto neighbour = std::next(at) == all.end() ? std::prev(at)->number : std::next(at)->number;
    forget_page(what.where, as.in);
    all.erase(at);
    touched_documents.insert(document->number);
    auto told = only(document->number);
    told.pages = all;
    tell_open(std::move(told), as.in);
    restage(place{document->number, neighbour}, as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const page_move& what) {
    if (auto why = check_place(what.where)) return why;
    auto* const document = find_document(what.where.document);
    auto& all = document->pages;
    const auto at = std::ranges::find(all, what.where.page, &page_info::number);
    if (!move_before(all, at, what.before)) return no_page("before");
    touched_documents.insert(document->number);
    auto told = only(document->number);
    told.pages = all;
    tell_open(std::move(told), as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_add& what) {
    auto* const made = make_document(what.kind, what.title.value_or(std::string()), as.from.who.id, as.in);
    if (made == nullptr) return refuse(error_code::limit, "so many documents at most", "documents");
    return answer(as, document_made{made->number, std::nullopt});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_upload& what) {
    auto* const made = make_document(document_kind::file, what.name, as.from.who.id, as.in);
    if (made == nullptr) return refuse(error_code::limit, "so many documents at most", "documents");
    as.in.out.wishes.emplace_back(
        upload_wish{as.from.id, as.request, made->number, as.from.who.id, what.name, what.bytes});
    return std::nullopt;
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_cancel& what) {
    const auto* const document = find_document(what.document);
    if (document == nullptr) return no_document();
    const bool steers = may(act::steer, circumstances_of(as.from.who, nullptr, nullptr)) == verdict::yes;
    if (!steers && document->owner != as.from.who.id) {
        return refuse(error_code::forbidden, "the document is somebody else's", "document");
    }
    if (document->state == document_state::ready) {
        return refuse(error_code::forbidden, "the document is ready", "document");
    }
    remove_document(what.document, as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_title& what) {
    auto* const document = find_document(what.document);
    if (document == nullptr) return no_document();
    document->title = what.title;
    touched_documents.insert(what.document);
    auto told = only(what.document);
    told.title = what.title;
    tell_open(std::move(told), as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_downloadable& what) {
    auto* const document = find_document(what.document);
    if (document == nullptr) return no_document();
    document->downloadable = what.on;
    touched_documents.insert(what.document);
    auto told = only(what.document);
    told.downloadable = what.on;
    tell_open(std::move(told), as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_move& what) {
    const auto found = std::ranges::find(documents, what.document, &document_info::number);
    if (found == documents.end()) return no_document();
    if (!move_before(documents, found, what.before)) return no_document("before");
    touched_meta = true;
    tell_open(document_moved{what.document, what.before}, as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_remove& what) {
    if (find_document(what.document) == nullptr) return no_document();
    remove_document(what.document, as.in);
    return answer(as, done{});
}

whiteboard::state::outcome whiteboard::state::on(const caller& as, const document_export& what) {
    const auto* const document = find_document(what.document);
    if (document == nullptr) return no_document();
    if (what.page && find_page_info({what.document, *what.page}) == nullptr) return no_page();
    const bool one_page = what.format != export_format::pdf && what.format != export_format::original;
    if (one_page && !what.page) return no_page();
    if (what.format == export_format::original) {
        const bool steers = may(act::steer, circumstances_of(as.from.who, nullptr, nullptr)) == verdict::yes;
        if (document->kind != document_kind::file || (!document->downloadable && !steers)) {
            return refuse(error_code::forbidden, "the original is not to be had", "format");
        }
    }
    as.in.out.wishes.emplace_back(export_wish{as.from.id, as.request, what, as.from.who.id});
    return std::nullopt;
}

std::optional<document_number> whiteboard::add_document(document_kind kind, std::string title,
                                                        std::optional<participant_id> owner, moment at,
                                                        outputs& out) {
    const auto* const made = state_->make_document(kind, std::move(title), std::move(owner), {at, out});
    if (made == nullptr) return std::nullopt;
    const auto number = made->number;
    state_->flush(out);
    return number;
}

void whiteboard::set_state(document_number which, document_state becomes, std::optional<progress> done,
                           moment at, outputs& out) {
    auto* const document = state_->find_document(which);
    if (document == nullptr) return;
    const bool only_progress = document->state == becomes;
    document->state = becomes;
    document->done = done;
    // Progress comes several times a second, and is worth nothing after a restart.
    if (!only_progress) state_->touched_documents.insert(which);
    auto told = only(which);
    if (!only_progress) told.state = becomes;
    told.done = done;
    state_->tell_open(std::move(told), {at, out});
    state_->flush(out);
}

void whiteboard::set_failed(document_number which, document_error why, moment at, outputs& out) {
    auto* const document = state_->find_document(which);
    if (document == nullptr) return;
    document->state = document_state::failed;
    document->done.reset();
    document->error = std::move(why);
    state_->touched_documents.insert(which);
    auto told = only(which);
    told.state = document->state;
    told.error = document->error;
    state_->tell_open(std::move(told), {at, out});
    state_->flush(out);
}

void whiteboard::set_pages(document_number which, const std::vector<page_info>& pages, moment at,
                           outputs& out, bool shows) {
    auto& to = *state_;
    auto* const document = to.find_document(which);
    if (document == nullptr || document->kind != document_kind::file || !document->pages.empty()) return;
    for (const auto& one : pages) {
        if (document->pages.size() == to.options.pages_per_document) break;
        auto made = to.make_page(*document, one.width, one.height);
        made.ready = one.ready;
        made.background = one.background;
        made.thumbnail = one.thumbnail;
        made.text = one.text;
        document->pages.push_back(std::move(made));
    }
    to.touched_documents.insert(which);
    auto told = only(which);
    told.pages = document->pages;
    to.tell_open(std::move(told), {at, out});
    if (shows && !document->pages.empty())
        to.restage(place{which, document->pages.front().number}, {at, out});
    to.flush(out);
}

void whiteboard::set_page(document_number which, std::size_t index, page_info page, moment at, outputs& out) {
    auto& to = *state_;
    // Pages of a file were made first and in order, so their numbers are known; some may be removed.
    const auto* const document = to.find_document(which);
    auto* const info = to.find_page_info({which, index + 1});
    if (info == nullptr || document->kind != document_kind::file) return;
    page.number = info->number;
    page.locked = info->locked;
    *info = std::move(page);
    to.touched_documents.insert(which);
    to.tell_open(page_changed{which, *info}, {at, out});
    to.flush(out);
}

void whiteboard::set_downloadable(document_number which, bool on, moment at, outputs& out) {
    auto* const document = state_->find_document(which);
    if (document == nullptr) return;
    document->downloadable = on;
    state_->touched_documents.insert(which);
    auto told = only(which);
    told.downloadable = on;
    state_->tell_open(std::move(told), {at, out});
    state_->flush(out);
}

void whiteboard::remove_document(document_number which, moment at, outputs& out) {
    state_->remove_document(which, {at, out});
    state_->flush(out);
}

}  // namespace conf::boards
