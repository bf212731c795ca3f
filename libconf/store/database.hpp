/// SQLite in C++: a connection and its statements.
#pragma once

#include <conf/result.hpp>

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

namespace conf::store {

/// Prepared once, run many times. Belongs to the thread of its database.
class statement {
public:
    statement() = default;
    statement(sqlite3* database, std::string_view sql) {
        sqlite3_stmt* made = nullptr;
        sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &made, nullptr);
        prepared_.reset(made);
    }
    explicit operator bool() const noexcept { return prepared_ != nullptr; }

    // From 1. The text has to live until `reset`.
    void bind(int place, std::string_view text) noexcept {
        sqlite3_bind_text64(prepared_.get(), place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void bind_blob(int place, std::string_view data) noexcept {
        sqlite3_bind_blob64(prepared_.get(), place, data.data(), data.size(), SQLITE_STATIC);
    }
    void bind(int place, int number) noexcept { sqlite3_bind_int(prepared_.get(), place, number); }

    /// SQLITE_ROW, SQLITE_DONE, or an error.
    [[nodiscard]] int step() noexcept { return sqlite3_step(prepared_.get()); }
    [[nodiscard]] std::string text(int column) const {
        const auto size = sqlite3_column_bytes(prepared_.get(), column);
        const auto* const data = static_cast<const char*>(sqlite3_column_blob(prepared_.get(), column));
        return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
    }
    [[nodiscard]] int number(int column) const noexcept {
        return sqlite3_column_int(prepared_.get(), column);
    }
    void reset() noexcept {
        sqlite3_reset(prepared_.get());
        sqlite3_clear_bindings(prepared_.get());
    }
    /// One that gives no rows.
    [[nodiscard]] bool run() noexcept {
        const bool done = step() == SQLITE_DONE;
        reset();
        return done;
    }

private:
    struct finalizer {
        void operator()(sqlite3_stmt* one) const noexcept { sqlite3_finalize(one); }
    };
    std::unique_ptr<sqlite3_stmt, finalizer> prepared_;
};

/// Belongs to one thread at a time.
class database {
public:
    /// `cannot_open`.
    [[nodiscard]] static result<database> open(const std::string& path);

    [[nodiscard]] statement prepare(std::string_view sql) const { return {handle_.get(), sql}; }
    [[nodiscard]] bool execute(const char* sql) const noexcept {
        return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    [[nodiscard]] std::string why() const { return sqlite3_errmsg(handle_.get()); }
    [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }

private:
    struct closer {
        void operator()(sqlite3* one) const noexcept { sqlite3_close_v2(one); }
    };
    std::unique_ptr<sqlite3, closer> handle_;
};

}  // namespace conf::store
