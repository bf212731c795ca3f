// What is kept, and how it comes back: documents, people and shapes whole; the latest changes one by one.
#include "libconf/room/record_format.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/whiteboard_state.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace conf::boards {
namespace {

using rooms::record_kind;
using rooms::record_reader;
using rooms::record_writer;

// Never renumbered.
struct meta_tag {
    enum : std::uint8_t {
        kept_whole = 1,
        next_document,
        next_author,
        next_serial,
        mode,
        writer,
        hides_cursors,
        stage_document,
        stage_page,
        leader,
        document,
        last,
    };
};
struct document_tag {
    enum : std::uint8_t {
        kind = 1,
        title,
        owner,
        downloadable,
        state,
        next_page,
        error_code,
        error_text,
        error_page,
        page,
        page_count,
    };
};
struct author_tag {
    enum : std::uint8_t { id = 1, name, last };
};

constexpr std::size_t key_digits = 16;

/// Numbers of a key, each in 16 digits and parted by points.
template <std::size_t Count>
std::optional<std::array<std::uint64_t, Count>> numbers_in(std::string_view key) {
    std::array<std::uint64_t, Count> made{};
    if (key.size() != Count * (key_digits + 1) - 1) return std::nullopt;
    for (std::size_t at = 0; at < Count; ++at) {
        const auto number = rooms::number_in(key.substr(at * (key_digits + 1), key_digits));
        if (!number) return std::nullopt;
        made[at] = *number;
    }
    return made;
}
std::string key_of_all(std::initializer_list<std::uint64_t> numbers) {
    std::string key;
    for (const auto one : numbers) {
        if (!key.empty()) key += '.';
        key += rooms::key_of(one);
    }
    return key;
}

std::string bucket_key(const place& where, std::uint64_t bucket) {
    return key_of_all({where.document, where.page, bucket});
}
std::string undo_key(const undo_book::key& which) {
    return key_of_all({which.whose, static_cast<std::uint64_t>(which.side), which.serial});
}

std::string encode_page(const page_info& what) {
    std::string to;
    append_number(to, what.number);
    append_number(to, what.width);
    append_number(to, what.height);
    append_number(to, (what.locked ? 1 : 0) + (what.ready ? 2 : 0));
    append_bytes(to, what.background);
    append_bytes(to, what.thumbnail);
    append_bytes(to, what.text);
    return to;
}
std::optional<page_info> decode_page(std::string_view value) {
    wire_reader from(value);
    page_info made;
    made.number = from.number();
    made.width = static_cast<std::uint32_t>(from.number_to(UINT32_MAX));
    made.height = static_cast<std::uint32_t>(from.number_to(UINT32_MAX));
    const auto flags = from.number_to(3);
    made.locked = (flags & 1) != 0;
    made.ready = (flags & 2) != 0;
    made.background = from.blob();
    made.thumbnail = from.blob();
    made.text = from.blob();
    return from.complete() && made.number != 0 ? std::optional(std::move(made)) : std::nullopt;
}

}  // namespace

std::string whiteboard::state::encode_meta() const {
    record_writer to;
    to.number(meta_tag::kept_whole, kept_whole);
    to.number(meta_tag::next_document, next_document);
    to.number(meta_tag::next_author, next_author);
    to.number(meta_tag::next_serial, kept_serial);
    to.number(meta_tag::mode, static_cast<std::uint64_t>(rules.mode));
    for (const auto& one : rules.writers) to.item(meta_tag::writer, one);
    to.number(meta_tag::hides_cursors, rules.cursors ? 0 : 1);
    to.number(meta_tag::stage_document, stage.where.document);
    to.number(meta_tag::stage_page, stage.where.page);
    if (stage.leader) to.item(meta_tag::leader, *stage.leader);
    for (const auto& one : documents) to.item(meta_tag::document, rooms::key_of(one.number));
    return std::move(to).take();
}

bool whiteboard::state::read_meta(std::string_view value) {
    record_reader from(value);
    std::vector<document_number> order;
    rules = {};
    rules.mode = static_cast<draw_mode>(0);  // which is not written
    while (from.next()) {
        switch (from.tag()) {
            case meta_tag::kept_whole: kept_whole = from.number(); break;
            case meta_tag::next_document: next_document = std::max(next_document, from.number()); break;
            case meta_tag::next_author: next_author = std::max(next_author, from.number()); break;
            case meta_tag::next_serial: kept_serial = from.number(); break;
            case meta_tag::mode:
                rules.mode = static_cast<draw_mode>(
                    std::min<std::uint64_t>(from.number(), static_cast<std::uint64_t>(draw_mode::everybody)));
                break;
            case meta_tag::writer: rules.writers.emplace_back(from.text()); break;
            case meta_tag::hides_cursors: rules.cursors = from.number() == 0; break;
            case meta_tag::stage_document: stage.where.document = from.number(); break;
            case meta_tag::stage_page: stage.where.page = from.number(); break;
            case meta_tag::leader: stage.leader = participant_id(from.text()); break;
            case meta_tag::document: order.push_back(rooms::number_in(from.text()).value_or(0)); break;
            default: break;  // of a newer server
        }
    }
    last = std::max(last, kept_whole);
    undo.set_next_serial(kept_serial);
    const auto rank = [&](const document_info& one) {
        return std::ranges::find(order, one.number) - order.begin();
    };
    std::ranges::stable_sort(documents, {}, rank);
    return from.complete();
}

std::string whiteboard::state::encode_document(const document_info& what) const {
    record_writer to;
    to.number(document_tag::page_count, what.pages.size());  // first: what is torn has fewer
    to.number(document_tag::kind, static_cast<std::uint64_t>(what.kind));
    to.text(document_tag::title, what.title);
    if (what.owner) to.item(document_tag::owner, *what.owner);
    to.number(document_tag::downloadable, what.downloadable ? 1 : 0);
    to.number(document_tag::state, static_cast<std::uint64_t>(what.state));
    to.number(document_tag::next_page, next_pages.at(what.number));
    if (what.error) {
        to.item(document_tag::error_code, what.error->code);
        to.text(document_tag::error_text, what.error->text);
        if (what.error->page) to.number(document_tag::error_page, *what.error->page);
    }
    for (const auto& one : what.pages) to.item(document_tag::page, encode_page(one));
    return std::move(to).take();
}

bool whiteboard::state::read_document(document_number number, std::string_view value) {
    if (number == 0 || find_document(number) != nullptr) return false;
    // A number that is 0 is not written.
    document_info made{.number = number, .kind = document_kind::file, .state = document_state::uploading};
    page_number next = 1;
    std::uint64_t page_count = 0;
    record_reader from(value);
    bool sound = true;
    while (from.next()) {
        const auto limited = [&](auto most) {
            return static_cast<decltype(most)>(std::min(from.number(), static_cast<std::uint64_t>(most)));
        };
        switch (from.tag()) {
            case document_tag::page_count: page_count = from.number(); break;
            case document_tag::kind: made.kind = limited(document_kind::infinite); break;
            case document_tag::title: made.title = from.text(); break;
            case document_tag::owner: made.owner = participant_id(from.text()); break;
            case document_tag::downloadable: made.downloadable = from.number() != 0; break;
            case document_tag::state: made.state = limited(document_state::failed); break;
            case document_tag::next_page: next = from.number(); break;
            case document_tag::error_code:
                made.error = document_error{.code = std::string(from.text())};
                break;
            case document_tag::error_text:
                if (made.error) made.error->text = from.text();
                break;
            case document_tag::error_page:
                if (made.error) made.error->page = static_cast<std::uint32_t>(from.number());
                break;
            case document_tag::page: {
                auto read = decode_page(from.text());
                if (read &&
                    std::ranges::find(made.pages, read->number, &page_info::number) == made.pages.end()) {
                    made.pages.push_back(std::move(*read));
                } else {
                    sound = false;
                }
                break;
            }
            default: break;  // of a newer server
        }
    }
    if (!from.complete() || !sound || made.pages.size() != page_count) return false;
    for (const auto& one : made.pages) {
        next = std::max(next, one.number + 1);
        const place where{number, one.number};
        pages.try_emplace(where, where);
    }
    next_pages[number] = next;
    next_document = std::max(next_document, number + 1);
    documents.push_back(std::move(made));
    return true;
}

std::string whiteboard::state::encode_author(const author_entry& what) {
    record_writer to;
    to.text(author_tag::id, what.info.id);
    to.text(author_tag::name, what.info.name);
    to.number(author_tag::last, what.last_number);
    return std::move(to).take();
}

bool whiteboard::state::read_author(author_number number, std::string_view value) {
    author_entry made{.info = {number, {}, {}}, .last_number = 0, .kept = true};
    record_reader from(value);
    while (from.next()) {
        switch (from.tag()) {
            case author_tag::id: made.info.id = from.text(); break;
            case author_tag::name: made.info.name = from.text(); break;
            case author_tag::last: made.last_number = from.number(); break;
            default: break;  // of a newer server
        }
    }
    if (!from.complete() || number == 0 || authors.contains(number) || author_numbers.contains(made.info.id))
        return false;
    author_numbers[made.info.id] = number;
    next_author = std::max(next_author, number + 1);
    authors.emplace(number, std::move(made));
    return true;
}

bool whiteboard::state::read_bucket(std::string_view key, std::string_view value) {
    const auto numbers = numbers_in<3>(key);
    if (!numbers) return false;
    auto* const on = find_page({(*numbers)[0], (*numbers)[1]});
    return on != nullptr && on->restore_bucket((*numbers)[2], value);
}

bool whiteboard::state::read_undo(std::string_view key, std::string_view value) {
    const auto numbers = numbers_in<3>(key);
    if (!numbers || (*numbers)[1] > 1) return false;
    return undo.restore({(*numbers)[0], static_cast<undo_side>((*numbers)[1]), (*numbers)[2]}, value);
}

bool whiteboard::state::read_log(std::string_view value) {
    wire_reader from(value);
    while (from.left() > 0) {
        auto change = decode_committed(from.blob());
        if (!change) return false;
        last = std::max(last, change->number);
        if (const auto author = authors.find(change->author); author != authors.end()) {
            author->second.last_number = std::max(author->second.last_number, change->client_number);
        }
        auto* const on = find_page(change->where);
        if (on == nullptr || change->number <= kept_whole) continue;  // the page was removed later
        std::vector<undo_item> items;
        on->apply(*change, &items);
        undo.record(*change, std::move(items));
    }
    return from.sound();
}

void whiteboard::state::compact(outputs& out) {
    kept_whole = last;
    kept_serial = undo.next_serial();
    for (auto& [where, page] : pages) {
        for (const auto bucket : page.dirty_buckets()) {
            out.records.push_back(
                {record_kind::board_bucket, bucket_key(where, bucket), page.encode_bucket(bucket)});
        }
        page.clear_dirty();
    }
    for (const auto& which : undo.dirty()) {
        out.records.push_back({record_kind::board_undo, undo_key(which), undo.encode(which)});
    }
    undo.clear_dirty();
    for (const auto& [number, one] : authors) {
        if (one.kept) touched_authors.insert(number);
    }
    for (auto& key : log_keys) out.records.push_back({record_kind::board_log, std::move(key), {}});
    log_keys.clear();
    log_bytes = 0;
    touched_meta = true;
}

void whiteboard::state::take_out_of_store(const page& which, outputs& out) {
    auto all = which.buckets();
    all.insert(all.end(), which.dirty_buckets().begin(), which.dirty_buckets().end());
    std::ranges::sort(all);
    const auto doubles = std::ranges::unique(all);
    all.erase(doubles.begin(), doubles.end());
    for (const auto bucket : all) {
        out.records.push_back({record_kind::board_bucket, bucket_key(which.where(), bucket), {}});
    }
}

std::size_t whiteboard::restore(std::span<const rooms::record> kept) {
    auto& to = *state_;
    std::size_t unreadable = 0;
    const auto read_all = [&](record_kind kind, auto&& read) {
        for (const auto& one : kept) {
            if (one.kind == kind && !read(one)) ++unreadable;
        }
    };
    const auto numbered = [](auto&& read) {
        return [read](const rooms::record& one) {
            const auto number = rooms::number_in(one.key);
            return number && read(*number, std::string_view(one.value));
        };
    };
    read_all(record_kind::board_document, numbered([&](std::uint64_t number, std::string_view value) {
                 return to.read_document(number, value);
             }));
    read_all(record_kind::board, [&](const rooms::record& one) { return to.read_meta(one.value); });
    read_all(record_kind::board_author, numbered([&](std::uint64_t number, std::string_view value) {
                 return to.read_author(number, value);
             }));
    read_all(record_kind::board_bucket,
             [&](const rooms::record& one) { return to.read_bucket(one.key, one.value); });
    read_all(record_kind::board_undo,
             [&](const rooms::record& one) { return to.read_undo(one.key, one.value); });
    for (auto& [where, page] : to.pages) page.set_floor(to.kept_whole);
    to.undo.clear_dirty();

    std::vector<const rooms::record*> log;
    for (const auto& one : kept) {
        if (one.kind == record_kind::board_log) log.push_back(&one);
    }
    std::ranges::sort(log, {}, [](const rooms::record* one) -> const std::string& { return one->key; });
    for (const auto* one : log) {
        if (!to.read_log(one->value)) ++unreadable;
        to.log_keys.push_back(one->key);
        to.log_bytes += one->value.size();
    }
    if (to.find_page_info(to.stage.where) == nullptr) to.stage = {};
    return unreadable;
}

void whiteboard::forget(moment at, outputs& out) {
    auto& to = *state_;
    const state::turn in{at, out};
    while (!to.documents.empty()) to.remove_document(to.documents.back().number, in);
    for (const auto& which : to.undo.keys())
        out.records.push_back({record_kind::board_undo, undo_key(which), {}});
    for (const auto& which : to.undo.dirty())
        out.records.push_back({record_kind::board_undo, undo_key(which), {}});
    for (const auto& [number, one] : to.authors) {
        if (one.kept) out.records.push_back({record_kind::board_author, rooms::key_of(number), {}});
    }
    for (auto& key : to.log_keys) out.records.push_back({record_kind::board_log, std::move(key), {}});
    to.touched_meta = false;
    to.touched_authors.clear();
    to.log_now.clear();
    to.flush(out);
    out.records.push_back({record_kind::board, {}, {}});
    // Who has the board open goes on with an empty one; numbers go on, too.
    to.undo = {};
    to.kept_serial = 1;
    to.authors.clear();
    to.author_numbers.clear();
    to.log_keys.clear();
    to.log_bytes = 0;
    to.rules = {.mode = to.options.mode, .writers = {}, .cursors = true};
    to.stage = {};
    to.tell_open(rules_set{to.rules}, in);
}

}  // namespace conf::boards
