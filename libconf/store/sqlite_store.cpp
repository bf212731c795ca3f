#include "libconf/store/sqlite_store.hpp"

#include "libconf/store/database.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>

namespace conf::store {
namespace {

constexpr int schema_version = 1;
constexpr std::chrono::seconds retry_time{1};

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS room_record ("
    " room TEXT NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY (room, kind, key)) WITHOUT ROWID;"
    "PRAGMA user_version = 1";

conf::error failure(store_errc code, const database& of) {
    return {make_error_code(code), of.why()};
}

result<void> prepare(const database& on, const std::string& path) {
    auto version = on.prepare("PRAGMA user_version");
    if (!version || version.step() != SQLITE_ROW)
        return conf::error(make_error_code(store_errc::cannot_open), path + ": " + on.why());
    const int found = version.number(0);
    if (found > schema_version) {
        return conf::error(
            make_error_code(store_errc::newer_version),
            fmt::format("{}: its format is {}, this version knows {}", path, found, schema_version));
    }
    version.reset();
    if (found < schema_version && !on.execute(schema))
        return conf::error(make_error_code(store_errc::cannot_open), path + ": " + on.why());
    return {};
}

}  // namespace

struct sqlite_store::impl {
    struct load_job {
        std::string room;
        loaded done;
    };
    struct save_job {
        std::string room;
        std::vector<rooms::record> records;
        saved done;
    };
    struct list_job {
        listed done;
    };
    using job = std::variant<load_job, save_job, list_job>;
    using item = std::tuple<std::string, rooms::record_kind, std::string>;

    impl(database opened, environment with) : on(std::move(opened)), around(std::move(with)) {
        select = on.prepare("SELECT kind, key, value FROM room_record WHERE room = ?1");
        upsert = on.prepare(
            "INSERT INTO room_record (room, kind, key, value) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (room, kind, key) DO UPDATE SET value = excluded.value");
        erase = on.prepare("DELETE FROM room_record WHERE room = ?1 AND kind = ?2 AND key = ?3");
        names = on.prepare(
            // What stands below a room, "ROOM/...", is not a room.
            "SELECT DISTINCT room FROM room_record WHERE instr(room, '/') = 0 ORDER BY room");
        thread = std::thread([this] { run(); });
    }
    ~impl() {
        {
            const std::scoped_lock lock(mutex);
            ending = true;
        }
        wake.notify_one();
        thread.join();
    }

    void ask(job what) {
        {
            const std::scoped_lock lock(mutex);
            jobs.push_back(std::move(what));
        }
        wake.notify_one();
    }

    void run() {
        std::unique_lock lock(mutex);
        for (;;) {
            const auto something = [this] { return ending || !jobs.empty(); };
            if (unsaved.empty()) {
                wake.wait(lock, something);
            } else {
                wake.wait_for(lock, retry_time, something);
            }
            if (jobs.empty() && ending) break;
            auto batch = std::exchange(jobs, {});
            lock.unlock();
            work(batch);
            lock.lock();
        }
    }

    /// Saves that stand together are one transaction; a load sees what was saved before it.
    void work(std::deque<job>& batch) {
        if (batch.empty()) (void)save_all({});  // only what is to be tried again
        while (!batch.empty()) {
            std::vector<save_job> saves;
            while (!batch.empty() && std::holds_alternative<save_job>(batch.front())) {
                saves.push_back(std::get<save_job>(std::move(batch.front())));
                batch.pop_front();
            }
            if (!saves.empty()) {
                const auto how = save_all(saves);
                around.post_back([saves = std::move(saves), how] {
                    for (const auto& one : saves) one.done(how);
                });
            }
            if (batch.empty()) break;
            if (const auto* const one = std::get_if<load_job>(&batch.front())) do_load(*one);
            if (const auto* const one = std::get_if<list_job>(&batch.front())) do_list(*one);
            batch.pop_front();
        }
    }

    [[nodiscard]] bool write(const std::string& room, rooms::record_kind kind, const std::string& key,
                             const std::string& value) {
        auto& with = value.empty() ? erase : upsert;
        with.bind(1, room);
        with.bind(2, static_cast<int>(kind));
        with.bind(3, key);
        if (!value.empty()) with.bind_blob(4, value);
        return with.run();
    }

    [[nodiscard]] bool write_all(const std::vector<save_job>& saves) {
        if (!on.execute("BEGIN IMMEDIATE")) return false;
        for (const auto& [at, value] : unsaved) {
            if (!write(std::get<0>(at), std::get<1>(at), std::get<2>(at), value)) return false;
        }
        for (const auto& one : saves) {
            for (const auto& each : one.records) {
                if (!write(one.room, each.kind, each.key, each.value)) return false;
            }
        }
        return on.execute("COMMIT");
    }

    result<void> save_all(const std::vector<save_job>& saves) {
        if (write_all(saves)) {
            unsaved.clear();
            unsaved_bytes = 0;
            if (std::exchange(failing, false)) tell({});
            return {};
        }
        const auto why = failure(store_errc::cannot_write, on);
        if (on.in_transaction()) (void)on.execute("ROLLBACK");
        for (const auto& one : saves) {
            for (const auto& each : one.records) keep(one.room, each);
        }
        if (!std::exchange(failing, true)) tell(why);
        return why;
    }

    void keep(const std::string& room, const rooms::record& one) {
        const auto [at, fresh] = unsaved.insert_or_assign({room, one.kind, one.key}, one.value);
        if (fresh) unsaved_bytes += one.key.size() + room.size();
        unsaved_bytes += one.value.size();
        while (unsaved_bytes > unsaved_bytes_max && unsaved.size() > 1) {
            // None of it was acknowledged.
            const auto gone =
                unsaved.begin()->first == at->first ? std::next(unsaved.begin()) : unsaved.begin();
            unsaved_bytes -= std::min(unsaved_bytes, gone->second.size() + std::get<2>(gone->first).size());
            unsaved.erase(gone);
        }
    }

    void tell(result<void> works) {
        if (!around.on_change) return;
        around.post_back([tell = around.on_change, works = std::move(works)] { tell(works); });
    }

    void do_load(const load_job& asked) {
        std::vector<rooms::record> found;
        select.bind(1, asked.room);
        int state = SQLITE_ROW;
        while ((state = select.step()) == SQLITE_ROW) {
            found.push_back(
                {static_cast<rooms::record_kind>(select.number(0)), select.text(1), select.text(2)});
        }
        std::optional<conf::error> why;
        if (state != SQLITE_DONE) why = failure(store_errc::cannot_read, on);
        select.reset();
        for (const auto& [at, value] : unsaved) {
            if (std::get<0>(at) != asked.room) continue;
            std::erase_if(found, [&](const rooms::record& one) {
                return one.kind == std::get<1>(at) && one.key == std::get<2>(at);
            });
            if (!value.empty()) found.push_back({std::get<1>(at), std::get<2>(at), value});
        }
        around.post_back([done = asked.done, found = std::move(found), why = std::move(why)]() mutable {
            if (why) return done(*std::move(why));
            done(std::move(found));
        });
    }

    void do_list(const list_job& asked) {
        std::vector<std::string> found;
        int state = SQLITE_ROW;
        while ((state = names.step()) == SQLITE_ROW) found.push_back(names.text(0));
        std::optional<conf::error> why;
        if (state != SQLITE_DONE) why = failure(store_errc::cannot_read, on);
        names.reset();
        around.post_back([done = asked.done, found = std::move(found), why = std::move(why)]() mutable {
            if (why) return done(*std::move(why));
            done(std::move(found));
        });
    }

    // On the store's thread.
    database on;
    statement select;
    statement upsert;
    statement erase;
    statement names;
    std::map<item, std::string> unsaved;
    std::size_t unsaved_bytes = 0;
    bool failing = false;

    environment around;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<job> jobs;  // guarded by mutex, as is the next
    bool ending = false;
    std::thread thread;
};

sqlite_store::sqlite_store(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
sqlite_store::~sqlite_store() = default;

result<std::unique_ptr<sqlite_store>> sqlite_store::open(const std::string& path, environment around) {
    auto opened = database::open(path);
    if (!opened) return opened.error();
    if (auto prepared = prepare(*opened, path); !prepared) return prepared.error();
    auto made = std::make_unique<impl>(*std::move(opened), std::move(around));
    return std::unique_ptr<sqlite_store>(new sqlite_store(std::move(made)));
}

void sqlite_store::load(std::string room, loaded done) {
    impl_->ask(impl::load_job{std::move(room), std::move(done)});
}

void sqlite_store::save(std::string room, std::vector<rooms::record> records, saved done) {
    impl_->ask(impl::save_job{std::move(room), std::move(records), std::move(done)});
}

void sqlite_store::list(listed done) {
    impl_->ask(impl::list_job{std::move(done)});
}

}  // namespace conf::store
