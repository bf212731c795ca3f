#include "libconf/host/document_host.hpp"

#include "libconf/auth/base64url.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/host/document_host_parts.hpp"
#include "libconf/metrics/text_writer.hpp"
#include "libconf/net/clock.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace conf::host {
namespace {

constexpr std::chrono::seconds sweep_time{30};

auth::room_role role_of(rooms::role acts_as) noexcept {
    switch (acts_as) {
        case rooms::role::moderator: return auth::room_role::moderator;
        case rooms::role::presenter: return auth::room_role::presenter;
        case rooms::role::viewer: break;
    }
    return auth::room_role::viewer;
}

}  // namespace

result<std::unique_ptr<document_host>> document_host::create(settings with, environment around) {
    std::string temporary;
    if (with.folder.empty()) {
        auto name = (std::filesystem::temp_directory_path() / "libconf-documents-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            return conf::error(std::error_code(errno, std::generic_category()), name);
        }
        temporary = name;
        with.folder = name;
    }
    std::unique_ptr<document_host> made(new document_host(std::move(with), std::move(around)));
    made->temporary_ = std::move(temporary);
    if (auto opened = made->files_.open(); !opened) return opened.error();
    made->check_abilities();
    return made;
}

document_host::document_host(settings with, environment around)
    : with_(std::move(with)),
      around_(std::move(around)),
      random_(around_.key),
      files_(with_.folder),
      assets_(with_.folder + "/assets"),
      timer_(around_.loop, [this] { sweep(); }),
      jobs_(around_.loop, with_.converter, with_.jobs_at_once),
      disk_(std::make_unique<disk_worker>()) {}

document_host::~document_host() {
    *self_ = nullptr;
    disk_.reset();
    if (temporary_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(temporary_, ignored);
}

void document_host::log(log_level level, std::string name, std::string message,
                        std::vector<log_event::field> fields) const {
    if (around_.log) around_.log({level, std::move(name), std::move(message), std::move(fields)});
}

void document_host::check_abilities() {
    jobs_.add(
        R"({"job":"check"})",
        [this](const convert::any_event& event) {
            const auto* const found = std::get_if<convert::abilities_event>(&event);
            if (found == nullptr) return;
            abilities_ = *found;
            for (const auto& one : abilities_.problems) log(log_level::warning, "documents.missing", one);
        },
        [this] {
            log(log_level::warning, "documents.no_converter",
                "the converter of documents cannot be started or reached, so nothing can be uploaded",
                {{"program", with_.converter.program}, {"socket", with_.converter.socket}});
        });
}

rooms::wall_time document_host::now() {
    return std::chrono::duration_cast<rooms::wall_time>(net::wall_now().time_since_epoch());
}

std::string document_host::random_name() {
    std::array<std::byte, 16> drawn{};
    random_.fill(drawn);
    return auth::base64url(drawn);
}

document_host::place& document_host::enter(const std::string& room) {
    auto& found = places_[room];
    if (found) return *found;
    found = std::make_unique<place>(place{.room = room, .files = documents::shelf(with_.within)});
    around_.store.load(stored_as(room),
                       [alive = self_, room](const result<std::vector<rooms::record>>& records) {
                           if (*alive != nullptr) (*alive)->loaded(room, records);
                       });
    return *found;
}

void document_host::loaded(const std::string& room, const result<std::vector<rooms::record>>& records) {
    const auto found = places_.find(room);
    if (found == places_.end() || found->second->loaded) return;
    auto& in = *found->second;
    in.loaded = true;
    if (records) {
        if (const auto unreadable = in.files.restore(*records, in.out); unreadable > 0) {
            log(log_level::warning, "documents.unreadable", "some records of documents cannot be read",
                {{"room", room}, {"records", std::to_string(unreadable)}});
        }
        std::set<std::string> held;
        for (const auto& [number, one] : in.files.all()) {
            held.insert(one.content);
            in.last_number = std::max(in.last_number, number);
        }
        // A crash may have come between a record and its file.
        disk_->run([files = files_, held = std::move(held), room] { files.leave_all_but(held, room); });
    } else {
        log(log_level::error, "documents.not_loaded", "documents of a room cannot be read",
            {{"room", room}, {"why", records.error().message()}});
    }
    finish_turn(in);
    for (auto& one : std::exchange(in.waiting, {})) one(in.files);
    release_soon(room);
}

/// A room without files is forgotten, so that strangers who ask for rooms cost no memory.
void document_host::release_soon(const std::string& room) {
    around_.loop.post([alive = self_, room] {
        if (*alive == nullptr) return;
        auto& places = (*alive)->places_;
        const auto found = places.find(room);
        if (found == places.end()) return;
        const auto& in = *found->second;
        if (in.loaded && in.waiting.empty() && in.files.all().empty() && in.coming_bytes == 0)
            places.erase(found);
    });
}

void document_host::with_room(const std::string& room, std::function<void(const documents::shelf&)> then) {
    auto& in = enter(room);
    if (in.loaded) return then(in.files);
    in.waiting.push_back(std::move(then));
}

const documents::stored_file* document_host::find(const std::string& room, document_number which) const {
    const auto found = places_.find(room);
    return found == places_.end() ? nullptr : found->second->files.find(which);
}

/// Takes what the shelf made: what is told was kept before.
void document_host::finish_turn(place& in) {
    auto out = std::exchange(in.out, {});
    for (const auto which : out.cancelled) cancel(in.room, which);
    for (const auto& content : out.unused) {
        disk_->run([files = files_, content, room = in.room] { files.leave(content, room); });
    }
    for (const auto& job : out.jobs) start(in.room, job);
    if (out.records.empty()) {
        for (const auto& one : out.events) tell(in.room, one);
        return;
    }
    around_.store.save(
        stored_as(in.room), std::move(out.records),
        [alive = self_, room = in.room, events = std::move(out.events)](const result<void>& saved) {
            if (*alive == nullptr) return;
            if (!saved) {
                (*alive)->log(log_level::error, "documents.not_saved",
                              "what became of a document is not kept",
                              {{"room", room}, {"why", saved.error().message()}});
            }
            for (const auto& one : events) (*alive)->tell(room, one);
        });
}

void document_host::tell(const std::string& room, const documents::shelf_event& what) {
    const auto* const file = find(room, what.document);
    if (file != nullptr && keeper_.on_event) keeper_.on_event(room, what, *file);
}

result<std::string> document_host::expect_upload(const std::string& room, document_number of,
                                                 std::string owner, const std::string& name,
                                                 std::uint64_t bytes) {
    auto& in = enter(room);
    if (auto admitted = in.files.admits(name, bytes, in.coming_bytes); !admitted) return admitted.error();
    in.coming_bytes += bytes;
    const auto ticket = random_name();
    expected_[ticket] = {room, of, std::move(owner), name, bytes, net::clock_now() + upload_time};
    timer_.set(net::clock_now() + sweep_time);
    return fmt::format("/api/v1/rooms/{}/uploads/{}", room, ticket);
}

/// The bytes are all in the file at `path`: they become the document's file.
void document_host::put(const std::string& room, document_number of, documents::new_file file,
                        const std::string& path, std::function<void(result<void>)> done) {
    struct adopted {
        std::optional<std::string> content;
        std::optional<documents::known_pages> pages;
    };
    on_disk(
        [files = files_, path, room] {
            adopted made;
            made.content = files.adopt(path, room);
            if (made.content) made.pages = files.pages_of(*made.content);
            return made;
        },
        [this, room, of, file = std::move(file), done = std::move(done)](const adopted& made) mutable {
            if (!made.content) {
                return done(conf::error(std::make_error_code(std::errc::no_space_on_device), file.name));
            }
            file.content = *made.content;
            with_room(room, [this, room, of, file, pages = made.pages, done](const documents::shelf&) {
                auto& in = enter(room);
                auto taken = in.files.put(of, file, pages, now(), in.out);
                if (!taken && !in.files.uses(file.content)) in.out.unused.push_back(file.content);
                if (taken) {
                    ++count_.uploads;
                    count_.bytes += file.bytes;
                }
                finish_turn(in);
                done(taken);
                release_soon(room);
            });
        });
}

void document_host::add_file(const std::string& room, const std::string& owner, const std::string& name,
                             const std::string& path, std::uint64_t bytes, const added& done) {
    const auto drop = [this, path] { disk_->run([path] { ::unlink(path.c_str()); }); };
    with_room(room, [this, room, owner, name, path, bytes, done, drop](const documents::shelf& files) {
        if (auto admitted = files.admits(name, bytes, enter(room).coming_bytes); !admitted) {
            drop();
            return done(admitted.error());
        }
        // Counted till it is on the shelf: others that come meanwhile find so much less room.
        enter(room).coming_bytes += bytes;
        const auto settle = [this, room, bytes] {
            enter(room).coming_bytes -= bytes;
            release_soon(room);
        };
        const auto add = [this, room, owner, name, path, bytes, done, drop,
                          settle](std::optional<document_number> number) {
            const conf::error full(documents::make_error_code(documents::shelf_errc::room_full));
            if (!number) {
                settle();
                drop();
                return done(full);
            }
            put(room, *number, {name, {}, bytes, owner}, path,
                [this, room, number, done, settle, full](const result<void>& kept) {
                    settle();
                    if (kept && find(room, *number) != nullptr) return done(*number);
                    if (keeper_.removed) keeper_.removed(room, *number);
                    done(kept ? full : kept.error());
                });
        };
        if (keeper_.add) {
            keeper_.add(room, name, add);
        } else {
            add(++enter(room).last_number);
        }
    });
}

void document_host::add_document(const std::string& room, const std::string& name, std::string content,
                                 added done) {
    if (content.size() > with_.within.bytes_max)
        return done(conf::error(documents::make_error_code(documents::shelf_errc::too_large)));
    const auto path = files_.new_upload(random_name());
    const auto bytes = content.size();
    on_disk(
        [path, content = std::move(content)] {
            std::ofstream to(path, std::ios::binary);
            to << content;
            return static_cast<bool>(to.flush());
        },
        [this, room, name, path, bytes, done = std::move(done)](bool written) {
            if (written) return add_file(room, {}, name, path, bytes, done);
            disk_->run([path] { ::unlink(path.c_str()); });
            done(conf::error(std::make_error_code(std::errc::no_space_on_device), name));
        });
}

void document_host::read_file(std::string path, std::function<void(const std::optional<std::string>&)> then) {
    on_disk(
        [path = std::move(path)]() -> std::optional<std::string> {
            std::ifstream from(path, std::ios::binary);
            if (path.empty() || !from) return std::nullopt;
            return std::string(std::istreambuf_iterator<char>(from), {});
        },
        std::move(then));
}

void document_host::read_page(const std::string& room, document_number of, std::uint32_t page,
                              std::string_view ending,
                              std::function<void(const std::optional<std::string>&)> then) {
    with_room(room, [this, of, page, ending, then = std::move(then)](const documents::shelf& files) {
        const auto* const file = files.find(of);
        const bool there =
            file != nullptr && page > 0 && page <= file->pages.size() && file->pages[page - 1].made;
        read_file(there ? files_.file(file->content, fmt::format("{}.{}", page, ending)) : std::string(),
                  then);
    });
}

void document_host::read_export(std::string_view path,
                                std::function<void(const std::optional<std::string>&)> then) {
    const auto found = exports_.find(path.substr(path.rfind('/') + 1));
    read_file(found == exports_.end() ? std::string() : found->second.path, std::move(then));
}

void document_host::remove(const std::string& room, document_number which) {
    for (auto one = expected_.begin(); one != expected_.end();) {
        const auto& coming = one->second;
        const bool of_it = coming.room == room && coming.document == which;
        if (of_it) enter(room).coming_bytes -= coming.bytes;
        one = of_it ? expected_.erase(one) : std::next(one);
    }
    with_room(room, [this, room, which](const documents::shelf&) {
        auto& in = enter(room);
        in.files.remove(which, in.out);
        finish_turn(in);
        release_soon(room);
    });
}

void document_host::forget(const std::string& room) {
    for (const auto& [ticket, coming] : expected_) {
        if (coming.room == room) enter(room).coming_bytes -= coming.bytes;
    }
    std::erase_if(expected_, [&](const auto& one) { return one.second.room == room; });
    with_room(room, [this, room](const documents::shelf&) {
        auto& in = enter(room);
        in.files.clear(in.out);
        finish_turn(in);
        release_soon(room);
    });
}

page_paths document_host::paths_of(const std::string& room, const documents::stored_file& of,
                                   std::uint32_t page) {
    const auto base = fmt::format("/api/v1/rooms/{}/files/{}/{}", room, of.content, page);
    return {base + ".svg", base + ".png", base + ".txt"};
}

std::string document_host::token_for(const std::string& room, const std::string& person,
                                     rooms::role acts_as) {
    // The same for some hours, so that browsers keep what they have fetched with it.
    const auto step = std::chrono::duration_cast<std::chrono::seconds>(token_time).count();
    const auto ends = (net::wall_now().time_since_epoch().count() / step + 2) * step;
    const auto& secrets = around_.secrets();
    if (secrets.empty()) return {};
    auto made =
        auth::sign(auth::file_token{room, role_of(acts_as), person, unix_time(std::chrono::seconds(ends))},
                   secrets.front());
    return made ? *std::move(made) : std::string();
}

void document_host::change_limits(const documents::limits& within, std::size_t jobs_at_once) {
    with_.within = within;
    jobs_.limit_to(jobs_at_once);
    for (auto& [room, one] : places_) one->files.change_limits(within);
}

/// Ends what was promised and did not come, and what was offered for long enough.
void document_host::sweep() {
    const auto at = net::clock_now();
    std::vector<std::pair<std::string, document_number>> missed;
    for (auto one = expected_.begin(); one != expected_.end();) {
        const auto& coming = one->second;
        const bool over = coming.ends <= at && !coming.coming;
        if (over) {
            missed.emplace_back(coming.room, coming.document);
            enter(coming.room).coming_bytes -= coming.bytes;
        }
        one = over ? expected_.erase(one) : std::next(one);
    }
    for (auto one = exports_.begin(); one != exports_.end();) {
        const bool over = one->second.ends <= at;
        if (over) disk_->run([files = files_, id = one->first] { files.drop_export(id); });
        one = over ? exports_.erase(one) : std::next(one);
    }
    if (!expected_.empty() || !exports_.empty()) timer_.set(at + sweep_time);
    for (const auto& [room, document] : missed) {
        if (keeper_.upload_missed) keeper_.upload_missed(room, document);
    }
}

void document_host::write_metrics(metrics::text_writer& to) const {
    using enum metrics::kind;
    to.family("conf_documents_uploads_total", counter, "Files that were uploaded whole.");
    to.sample(count_.uploads);
    to.family("conf_documents_upload_bytes_total", counter, "Their bytes.");
    to.sample(count_.bytes);
    to.family("conf_documents_conversions_total", counter, "Conversions that have ended, by how.");
    to.sample(count_.conversions_done, {{"result", "done"}});
    to.sample(count_.conversions_failed, {{"result", "failed"}});
    to.family("conf_documents_exports_total", counter, "Exports that were asked for.");
    to.sample(count_.exports);
    to.family("conf_documents_jobs", gauge, "Jobs of the converter now.");
    to.sample(jobs_.running(), {{"state", "running"}});
    to.sample(jobs_.waiting(), {{"state", "waiting"}});
    to.family("conf_documents_refused_total", counter, "Requests about documents without a right.");
    to.sample(count_.refused);
}

}  // namespace conf::host
