/// The versions of a pad: when, by whom, and what was there.
#pragma once

#include "libconf/base/time.hpp"
#include "libconf/crdt/state.hpp"
#include "libconf/pad/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace conf::pads {

/// Milliseconds since 1970, for people.
using wall_time = std::chrono::milliseconds;

/// Now, for both: the time that goes on evenly, and the one that people read.
struct moment {
    instant now;
    wall_time wall{};
};

struct version {
    std::uint64_t number = 0;
    wall_time at{};                      ///< of its last edit
    std::vector<std::string> authors{};  ///< persons who wrote since the version before
    crdt::snapshot state{};

    friend bool operator==(const version&, const version&) = default;
};

/// Decides where one version ends and the next begins, and keeps the list.
class history {
public:
    explicit history(const limits& within) : limits_(within) {}

    /// Before an edit by `person`: whether what was written until now is a version of its own.
    [[nodiscard]] bool ends_before(const std::string& person, instant now) const;
    /// When it is one without another edit.
    [[nodiscard]] std::optional<instant> deadline() const;
    void note(const std::string& person, const moment& at);
    /// Ends the version that is being written. @return the new one, and the numbers that had to go for it.
    struct ended {
        const version* made = nullptr;  ///< null: nothing was being written
        std::vector<std::uint64_t> dropped;
    };
    ended end(crdt::snapshot now);

    [[nodiscard]] const version* find(std::uint64_t number) const noexcept;
    /// The newest first, of those before `before` (0: all), at most `count`.
    struct page {
        std::vector<const version*> versions;
        bool more = false;
    };
    [[nodiscard]] page list(std::uint64_t before, std::size_t count) const;
    [[nodiscard]] bool is_writing() const noexcept { return !writers_.empty(); }
    /// Of the last edit; 0: never.
    [[nodiscard]] wall_time changed() const noexcept { return changed_; }

    [[nodiscard]] static std::string encode(const version& one);
    bool restore(std::string_view kept);
    [[nodiscard]] static std::string key_of(std::uint64_t number);

private:
    const limits& limits_;
    std::map<std::uint64_t, version> versions_;
    std::uint64_t next_ = 1;

    // The one that is being written.
    std::set<std::string> writers_;
    instant began_{};
    instant last_{};
    wall_time changed_{};
};

}  // namespace conf::pads
