/// Who wrote in a pad: which client ids are whose.
#pragma once

#include "libconf/crdt/state.hpp"
#include "libconf/pad/awareness.hpp"
#include "libconf/pad/limits.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace conf::pads {

struct author {
    std::string person;  ///< what the token says; empty: guests, who are one
    std::string name;    ///< as last seen
    std::uint8_t hue = 0;
    std::vector<crdt::client_id> clients{};

    friend bool operator==(const author&, const author&) = default;
};

/// A client id belongs to the person who first brought it, across reconnects and restarts (SEC-COL-3).
class author_book {
public:
    explicit author_book(const limits& within) : limits_(within) {}

    enum class verdict : std::uint8_t { good, foreign, full };
    /// Whether `person` may bring structs of these clients.
    [[nodiscard]] verdict judge(std::string_view person, std::span<const crdt::client_id> clients) const;
    /// Precondition: judged good. @return the author where something new is to be kept.
    const author* bind(std::string_view person, std::string_view name,
                       std::span<const crdt::client_id> clients);

    /// The person's hue: his own where he has written, else the one that the next author would get.
    [[nodiscard]] std::uint8_t hue_of(std::string_view person) const;
    [[nodiscard]] const author* find(std::string_view person) const noexcept;
    [[nodiscard]] std::vector<author> all() const;  ///< in the order of their first words
    [[nodiscard]] std::size_t size() const noexcept { return authors_.size(); }

    /// From 1, for one of this book's: the key that he is kept under, so that the order comes back.
    [[nodiscard]] std::size_t place_in_order(const author& one) const noexcept;
    /// What is kept of one.
    [[nodiscard]] static std::string encode(const author& one);
    /// False where it can not be read.
    bool restore(std::string_view kept);

private:
    author& place_of(std::string_view person);

    const limits& limits_;
    std::vector<author> authors_;
    std::map<std::string, std::size_t, std::less<>> places_;
    std::unordered_map<crdt::client_id, std::size_t> owners_;
};

}  // namespace conf::pads
