/// Local edits of text with formats, step by step as the peers make them, so that the bytes are the same.
#pragma once

#include "libconf/crdt/delta.hpp"
#include "libconf/crdt/engine.hpp"

#include <cstdint>
#include <string_view>

namespace conf::crdt {

/// A position in a text and what it costs to change something there.
class text_cursor {
public:
    /// At a visible index of at most the length; `wants_format` if the attributes there count.
    text_cursor(engine& in, branch& of, std::uint32_t index, bool wants_format);

    void insert(std::string_view added, attributes format);
    void insert_embed(std::string_view json, attributes format);
    /// With the format of what is left of it.
    void insert_plain(std::string_view added);
    void erase(std::uint32_t length);
    void format(std::uint32_t length, attributes change);

    /// Visible units from here to the end.
    [[nodiscard]] bool at_end() const noexcept { return right_ == nullptr; }

private:
    void insert_content(content_kind kind, std::uint32_t length, std::string_view body, attributes format);
    void forward();
    void skip_equal(const attributes& format);
    [[nodiscard]] attributes open(const attributes& format);
    void close(attributes negated);
    void put_format(std::string_view key, const any& value);
    void put(content_kind kind, std::uint32_t length, std::string_view body);
    /// Makes what is right of here no longer than `units`.
    void cut_right(std::uint32_t units);

    engine& in_;
    branch& of_;
    item* left_ = nullptr;
    item* right_ = nullptr;
    attributes now_;
};

/// Key and value of a format item.
struct format_value {
    std::string_view key;
    any value;
};
[[nodiscard]] format_value format_of(const item& from);

/// The value under the key, or null.
[[nodiscard]] const any& value_in(const attributes& in, std::string_view key);
/// Sets it, or takes it out where the value is null: what a format does to what follows.
void update_attributes(attributes& in, std::string_view key, const any& value);
void set_attribute(attributes& in, std::string_view key, const any& value);
void erase_attribute(attributes& in, std::string_view key);

}  // namespace conf::crdt
