#include "libconf/api/documents.hpp"

#include <conf/forwarding.hpp>

#include <algorithm>
#include <array>
#include <future>
#include <utility>

namespace conf {
namespace api {
namespace {

conf::error error_of(const conf::error& why) {
    using documents::shelf_errc;
    auto code = document_errc::failed;
    if (why == documents::make_error_code(shelf_errc::bad_name)) code = document_errc::bad_name;
    if (why == documents::make_error_code(shelf_errc::too_large)) code = document_errc::too_large;
    if (why == documents::make_error_code(shelf_errc::room_full)) code = document_errc::room_full;
    return {make_error_code(code), why.message()};
}

document_file file_of(const documents::stored_file& from) {
    return {
        .number = from.number,
        .name = from.name,
        .state = std::string(documents::to_string(from.state)),
        .bytes = from.bytes,
        .page_count = from.pages.size(),
        .pages_ready = static_cast<std::size_t>(std::ranges::count_if(from.pages, &documents::page::made)),
        .error = from.why ? from.why->message : std::string()};
}

bool has_ended(const document_file& of) {
    return of.state == documents::to_string(documents::file_state::ready) ||
           of.state == documents::to_string(documents::file_state::failed);
}

}  // namespace

template <class Made>
result<Made> documents_link::ask(
    const std::function<void(const end&, const std::function<void(result<Made>)>&)>& what) {
    const std::shared_lock lock(mutex);
    if (!server) return conf::error(media_errc::stopped);
    if (server->loop.is_here()) return conf::error(media_errc::wrong_thread);
    if (server->documents == nullptr) return conf::error(document_errc::disabled);
    // Copied and shared: the caller may be gone before `set_value` has returned.
    const auto done = std::make_shared<std::promise<result<Made>>>();
    server->loop.post([this, what, done] {
        what(*server, [done](result<Made> made) { done->set_value(std::move(made)); });
    });
    return done->get_future().get();
}

void documents_link::tell_news() {
    const std::lock_guard lock(news_mutex);
    ++news;
    came.notify_all();
}

void documents_link::cut() {
    {
        const std::lock_guard lock(news_mutex);
        ended = true;
        came.notify_all();
    }
    const std::unique_lock lock(mutex);
    server.reset();
}

}  // namespace api

inline namespace v0 {
namespace {

using end = api::documents_link::end;
template <class Made>
using then = std::function<void(result<Made>)>;

class document_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "libconf documents"; }
    [[nodiscard]] std::string message(int code) const override {
        static constexpr std::array<const char*, 8> texts{
            "this server takes no files: documents.enabled is off",
            "the name of a room has 1 to 64 letters (A to Z), digits, \"-\", \"_\" or \".\"",
            "a document's name has at most 255 bytes, no \"/\" and no \"\\\"",
            "the file is larger than documents.limits.bytes",
            "the room has as many documents as it may",
            "there is no such document in this room",
            "there is no such page in this room, or it is not ready",
            "it could not be done",
        };
        return code > 0 && static_cast<std::size_t>(code) <= texts.size()
                   ? texts.at(static_cast<std::size_t>(code) - 1)
                   : "unknown";
    }
};

result<std::string> page_file(const room_documents::impl& of, std::uint64_t document, std::uint32_t page,
                              std::string_view ending) {
    return of.link->ask<std::string>([room = of.room, document, page, ending](const end& in,
                                                                              const then<std::string>& done) {
        in.documents->read_page(room, document, page, ending, [done](const std::optional<std::string>& text) {
            if (text) return done(*text);
            done(conf::error(document_errc::unknown_page));
        });
    });
}

/// As the room sees it: the boards show what has become of a file a moment after the file's own shelf knows.
void find_file(const end& in, const std::string& room, std::uint64_t document,
               const then<document_file>& done) {
    in.documents->with_room(room, [&in, room, document, done](const documents::shelf& files) {
        const auto* const file = files.find(document);
        if (file == nullptr) return done(conf::error(document_errc::unknown_document));
        in.boards.with_board(room, [made = api::file_of(*file), document, done](
                                       const boards::whiteboard& on, const auto&, const auto&) mutable {
            const auto* const shown = on.find_document(document);
            if (shown == nullptr) return done(conf::error(document_errc::unknown_document));
            const bool ended = shown->state == boards::document_state::ready ||
                               shown->state == boards::document_state::failed;
            if (!ended) made.state = documents::to_string(documents::file_state::converting);
            done(made);
        });
    });
}

}  // namespace

const std::error_category& document_category() noexcept {
    static const document_error_category only;
    return only;
}

room_documents::room_documents(std::shared_ptr<impl> state) noexcept : impl_(std::move(state)) {}

result<std::uint64_t> room_documents::add(std::string_view name, std::span<const std::byte> file) const {
    return impl_->link->ask<std::uint64_t>(
        [room = impl_->room, name = std::string(name),
         content = std::string(reinterpret_cast<const char*>(file.data()), file.size())](
            const end& in, const then<std::uint64_t>& done) {
            in.documents->add_document(room, name, content, [done](const result<std::uint64_t>& made) {
                done(made ? made : result<std::uint64_t>(api::error_of(made.error())));
            });
        });
}

result<document_file> room_documents::wait(std::uint64_t document, std::chrono::milliseconds within) const {
    const auto ends = std::chrono::steady_clock::now() + within;
    auto& link = *impl_->link;
    for (;;) {
        std::unique_lock lock(link.news_mutex);
        const auto seen = link.news;
        lock.unlock();
        auto found = link.ask<document_file>(
            [room = impl_->room, document](const end& in, const then<document_file>& done) {
                find_file(in, room, document, done);
            });
        if (!found || api::has_ended(*found)) return found;
        lock.lock();
        if (!link.came.wait_until(lock, ends, [&] { return link.news != seen || link.ended; })) return found;
    }
}

result<std::vector<document_file>> room_documents::all() const {
    using list = std::vector<document_file>;
    return impl_->link->ask<list>([room = impl_->room](const end& in, const then<list>& done) {
        in.documents->with_room(room, [done](const documents::shelf& files) {
            list made;
            for (const auto& [number, one] : files.all()) made.push_back(api::file_of(one));
            done(std::move(made));
        });
    });
}

result<std::string> room_documents::page_text(std::uint64_t document, std::uint32_t page) const {
    return page_file(*impl_, document, page, "txt");
}

result<std::string> room_documents::page_svg(std::uint64_t document, std::uint32_t page) const {
    return page_file(*impl_, document, page, "svg");
}

result<std::string> room_documents::export_pdf(std::uint64_t document,
                                               const document_export_options& how) const {
    return impl_->link->ask<std::string>(
        [room = impl_->room, document, how](const end& in, const then<std::string>& done) {
            const boards::document_export wish{
                .document = document, .page = how.page, .annotations = how.annotations};
            const auto fail = [done](const std::string& why) {
                done(conf::error(make_error_code(document_errc::failed), why));
            };
            in.boards.export_drawn(
                room, wish,
                [&files = *in.documents, done, fail](const std::variant<std::string, rooms::failure>& got) {
                    if (const auto* const why = std::get_if<rooms::failure>(&got)) return fail(why->text);
                    files.read_export(std::get<std::string>(got),
                                      [done, fail](const std::optional<std::string>& text) {
                                          if (!text) return fail("the export can not be read");
                                          done(*text);
                                      });
                });
        });
}

result<void> room_documents::remove(std::uint64_t document) const {
    const auto done =
        impl_->link->ask<bool>([room = impl_->room, document](const end& in, const then<bool>& done) {
            in.documents->with_room(room, [&in, room, document, done](const documents::shelf& files) {
                if (files.find(document) == nullptr)
                    return done(conf::error(document_errc::unknown_document));
                in.boards.with_board(
                    room, [document](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
                        on.remove_document(document, at, out);
                    });
                done(true);
            });
        });
    if (!done) return done.error();
    return {};
}

}  // namespace v0
}  // namespace conf
