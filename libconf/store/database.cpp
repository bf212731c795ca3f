#include "libconf/store/database.hpp"

#include "libconf/store/sqlite_store.hpp"

#include <sys/stat.h>

namespace conf::store {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "store"; }
    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<store_errc>(code)) {
            case store_errc::cannot_open: return "cannot open the store";
            case store_errc::newer_version: return "the store was made by a later version of libconf";
            case store_errc::cannot_read: return "cannot read from the store";
            case store_errc::cannot_write: return "cannot write to the store";
        }
        return "unknown error of the store";
    }
};

}  // namespace

const std::error_category& store_category() noexcept {
    static const category one;
    return one;
}

result<database> database::open(const std::string& path) {
    database made;
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(
        path.c_str(), &handle,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    made.handle_.reset(handle);
    const auto failed = [&](const std::string& why) {
        return conf::error(make_error_code(store_errc::cannot_open), path + ": " + why);
    };
    if (opened != SQLITE_OK) return failed(handle == nullptr ? "out of memory" : made.why());
    // Chat and tokens' hashes are nobody else's; the files beside it inherit the mode.
    ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
    sqlite3_busy_timeout(handle, 5000);
    if (!made.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON"))
        return failed(made.why());
    return made;
}

}  // namespace conf::store
