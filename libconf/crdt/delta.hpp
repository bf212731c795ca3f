/// Rich text as a list of steps: what a text is, and how it is changed (the delta format of Quill).
#pragma once

#include "libconf/crdt/any.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace conf::crdt {

struct branch;

/// Attributes by name in their order. In a change null takes one away.
using attributes = any::object;

/// One step. Lengths are UTF-16 units; an embedded object or type is one.
struct delta_step {
    enum class kind : std::uint8_t { insert, embed, type, retain, erase };

    kind what = kind::insert;
    std::string text;          ///< of `insert`, UTF-8
    any object;                ///< of `embed`
    branch* shared = nullptr;  ///< of `type`, only when read: see `shared_type`
    std::uint32_t length = 0;  ///< of `retain` and `erase`
    attributes format;

    [[nodiscard]] static delta_step insert(std::string text, attributes format = {}) {
        return {kind::insert, std::move(text), {}, nullptr, 0, std::move(format)};
    }
    [[nodiscard]] static delta_step embed(any object, attributes format = {}) {
        return {kind::embed, {}, std::move(object), nullptr, 0, std::move(format)};
    }
    [[nodiscard]] static delta_step retain(std::uint32_t length, attributes format = {}) {
        return {kind::retain, {}, {}, nullptr, length, std::move(format)};
    }
    [[nodiscard]] static delta_step erase(std::uint32_t length) {
        return {kind::erase, {}, {}, nullptr, length, {}};
    }

    friend bool operator==(const delta_step&, const delta_step&) = default;
};

using delta = std::vector<delta_step>;

}  // namespace conf::crdt
