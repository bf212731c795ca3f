/// Documents of all rooms: uploads, their conversion, their files, and their way to people.
#pragma once

#include "libconf/auth/file_token.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/documents/shelf.hpp"
#include "libconf/host/asset_store.hpp"
#include "libconf/host/content_store.hpp"
#include "libconf/host/conversions.hpp"
#include "libconf/host/disk_worker.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/loop_timer.hpp"
#include "libconf/store/room_store.hpp"

#include <conf/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace conf::net {
class event_loop;
}

namespace conf::metrics {
class text_writer;
}

namespace conf::host {

using documents::document_number;

/// Paths of one page's files on this server; people put their `?token=` behind them.
struct page_paths {
    std::string picture;    ///< SVG
    std::string thumbnail;  ///< PNG
    std::string text;
};

/// What a document becomes when it leaves.
struct document_export {
    enum class format : std::uint8_t { pdf, png, original };
    format as = format::pdf;
    /// In the order of the result. `drawing`: SVG over the page, whose viewBox is the page; empty: nothing.
    /// `page`: of the file, from 1; 0: an empty page of `width` and `height` units.
    struct page {
        std::string drawing{};
        std::uint32_t page = 0;
        double width = 1440;
        double height = 1080;
    };
    std::vector<page> pages{};
    std::uint32_t width_px = documents::picture_width_px_max;  ///< of png
};

struct document_counters {
    std::uint64_t uploads = 0;
    std::uint64_t bytes = 0;
    std::uint64_t conversions_done = 0;
    std::uint64_t conversions_failed = 0;
    std::uint64_t exports = 0;
    std::uint64_t refused = 0;  ///< requests of the API without a right
};

/// A thin shell around `documents::shelf`. Which documents a room has, in which order, and what is shown, is
/// kept by somebody else (the room's boards), under numbers; here is the file behind a number. Everything
/// runs on one loop.
class document_host {
public:
    struct settings {
        std::string folder;  ///< for all files; made where it is missing
        net::line_target converter;
        documents::limits within{};
        std::size_t jobs_at_once = documents::jobs_at_once;
    };
    /// The keeper of the rooms' documents. All of it may be empty: then documents are numbered here, and all
    /// are for everybody to fetch.
    struct keeper {
        using made = std::function<void(std::optional<document_number>)>;
        /// A document by the API: `done` at once or later; nothing: there is no room for it.
        std::function<void(const std::string& room, const std::string& title, made done)> add{};
        /// Removed by the API.
        std::function<void(const std::string& room, document_number)> removed{};
        /// News of a document's file, when they are kept. `failed`: the reason is in `why`.
        std::function<void(const std::string& room, const documents::shelf_event&,
                           const documents::stored_file&)>
            on_event{};
        /// What was expected did not come within `upload_time`.
        std::function<void(const std::string& room, document_number)> upload_missed{};
        /// Whether viewers may fetch the original.
        std::function<bool(const std::string& room, document_number)> downloadable{};
    };
    struct environment {
        net::event_loop& loop;
        store::room_store& store;
        crypto::random_key key{};
        std::function<const std::vector<std::string>&()> secrets;  ///< sign tokens; the first one signs
        /// A token that lets into a room, if it is good and was not taken back.
        std::function<result<auth::room_token>(std::string_view)> invitation;
        std::function<bool()> rooms_open;
        std::function<void(log_event)> log{};
    };

    /// Makes the folder. @return the error with its path.
    static result<std::unique_ptr<document_host>> create(settings with, environment around);
    ~document_host();
    document_host(const document_host&) = delete;
    document_host& operator=(const document_host&) = delete;

    void set_keeper(keeper of) { keeper_ = std::move(of); }
    /// `/api/v1/rooms/{room}/documents` and what is below; see `document_api.cpp`. The host has to outlive
    /// every server that uses the routes.
    void add_routes(net::http_router& routes);

    /// A program's own file becomes a document of the room, as an upload does. `done` on the loop.
    using added = std::function<void(const result<document_number>&)>;
    void add_document(const std::string& room, const std::string& name, std::string content, added done);
    /// The text (`.txt`) or picture (`.svg`) of a page; nothing: it is not there (yet).
    void read_page(const std::string& room, document_number of, std::uint32_t page, std::string_view ending,
                   std::function<void(const std::optional<std::string>&)> then);
    /// What is at the path that an export was told to be at.
    void read_export(std::string_view path, std::function<void(const std::optional<std::string>&)> then);

    // For the keeper.
    /// A file comes for that document: @return the path that takes it by one PUT within `upload_time`.
    /// `shelf_errc`. Precondition of all of these: the room was loaded, see `with_room`.
    [[nodiscard]] result<std::string> expect_upload(const std::string& room, document_number of,
                                                    std::string owner, const std::string& name,
                                                    std::uint64_t bytes);
    /// Ends an upload or a conversion, too.
    void remove(const std::string& room, document_number which);
    /// The meeting is over.
    void forget(const std::string& room);
    /// Runs `then` when that room's files are known, at once or later.
    void with_room(const std::string& room, std::function<void(const documents::shelf&)> then);
    /// Null: not known (yet).
    [[nodiscard]] const documents::stored_file* find(const std::string& room, document_number which) const;
    [[nodiscard]] static page_paths paths_of(const std::string& room, const documents::stored_file& of,
                                             std::uint32_t page);
    /// For who is in that room; good for `token_time` at least.
    [[nodiscard]] std::string token_for(const std::string& room, const std::string& person,
                                        rooms::role acts_as);
    /// `done` with the path of the result, good for `export_time`, or why not; at once where that is known at
    /// once.
    /// @return where the result will be; empty where `done` was told why not.
    using exported = std::function<void(std::variant<std::string, documents::problem>)>;
    std::string export_document(const std::string& room, document_number which, document_export wanted,
                                exported done);
    /// HTML that stands alone, made into a file of `format` ("pdf" or "docx") by LibreOffice: the path of the
    /// file, which goes behind what `done` gives to the disk's thread; or why not, perhaps at once.
    using text_made = std::function<void(const std::variant<std::string, documents::problem>&)>;
    void convert_text(std::string html, std::string_view format, text_made done);
    /// What `convert_text` made becomes a document of the room.
    void add_made(const std::string& room, const std::string& name, const std::string& made, added done);

    // Pictures on boards and in notes; document_assets.cpp.
    /// `data:` addresses by id.
    using asset_addresses = std::map<std::string, std::string>;
    [[nodiscard]] bool has_asset(const std::string& room, const std::string& id) const;
    struct pictures {
        std::string page{};  ///< `data:` of a document's page
        asset_addresses assets{};
    };
    /// `then` at once or later, with what is there of `ids` and of that page; `page` 0: none.
    void read_pictures(const std::string& room, document_number of, std::uint32_t page,
                       std::set<std::string> ids, std::function<void(const pictures&)> then);
    void forget_assets(const std::string& room);

    [[nodiscard]] const convert::abilities_event& abilities() const noexcept { return abilities_; }
    /// Rooms that are known now.
    [[nodiscard]] std::size_t rooms() const noexcept { return places_.size(); }
    [[nodiscard]] const document_counters& count() const noexcept { return count_; }
    void write_metrics(metrics::text_writer& to) const;
    void change_limits(const documents::limits& within, std::size_t jobs_at_once);

    /// In the store: names of rooms have no "/".
    [[nodiscard]] static std::string stored_as(const std::string& room) { return room + "//documents"; }

    static constexpr std::chrono::minutes upload_time{10};
    static constexpr std::chrono::minutes export_time{10};
    static constexpr std::chrono::hours token_time{12};
    /// How long somebody is kept waiting for what is converted, who asked for it by HTTP.
    static constexpr std::chrono::minutes reply_time{5};
    static constexpr std::size_t exports_max = 100;
    /// So much of pictures is put into one export; the others are boxes in it.
    static constexpr std::uint64_t with_assets_bytes_max = 50'000'000;

private:
    friend class document_api;
    struct place;
    struct promised;
    struct finished_export;
    struct conversion;

    document_host(settings with, environment around);
    void check_abilities();
    [[nodiscard]] place& enter(const std::string& room);
    void loaded(const std::string& room, const result<std::vector<rooms::record>>& records);
    void finish_turn(place& in);
    void release_soon(const std::string& room);
    void tell(const std::string& room, const documents::shelf_event& what);
    // document_conversions.cpp
    void start(const std::string& room, const documents::conversion_job& job);
    void begin(const std::string& content, const std::string& name, const std::string& folder);
    void take(const std::string& content, const convert::any_event& event);
    void cancel(const std::string& room, document_number of);
    void report(const std::string& content, const documents::conversion_news& news);
    void end(const std::string& content, const documents::conversion_news& news);
    void handle(const std::string& room, document_number of, const documents::conversion_news& news);
    void export_pages(const std::string& id, const std::string& source, const document_export& wanted,
                      exported done);
    void ask_picture(const std::string& content, std::uint32_t page, std::uint32_t width,
                     std::function<void(bool)> done);
    /// The bytes are in the file at `path`, which is taken or taken away.
    void add_file(const std::string& room, const std::string& owner, const std::string& name,
                  const std::string& path, std::uint64_t bytes, const added& done);
    void read_file(std::string path, std::function<void(const std::optional<std::string>&)> then);
    void put(const std::string& room, document_number of, documents::new_file file, const std::string& path,
             std::function<void(result<void>)> done);
    void sweep();
    [[nodiscard]] std::string random_name();
    [[nodiscard]] static rooms::wall_time now();
    void log(log_level level, std::string name, std::string message,
             std::vector<log_event::field> fields = {}) const;
    /// `task` on the disk's thread, `then` with its result on the loop, if we are still there.
    template <class Task, class Then>
    void on_disk(Task task, Then then);

    settings with_;
    environment around_;
    keeper keeper_;
    crypto::keyed_random random_;
    content_store files_;
    asset_store assets_;
    std::string temporary_;  // folder to take away in the end; empty: none
    convert::abilities_event abilities_;
    document_counters count_;
    std::map<std::string, std::unique_ptr<place>, std::less<>> places_;
    std::map<std::string, promised, std::less<>> expected_;  // by ticket
    std::map<std::string, finished_export, std::less<>> exports_;
    std::map<std::string, conversion, std::less<>> active_;  // by content
    net::loop_timer timer_;
    conversions jobs_;
    std::shared_ptr<document_host*> self_ = std::make_shared<document_host*>(this);
    std::unique_ptr<disk_worker> disk_;  // last: its tasks look at the files above
};

}  // namespace conf::host
