#include "libconf/crdt/text_edit.hpp"

#include "libconf/crdt/format_cleaner.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/utf8.hpp"

#include <algorithm>

namespace conf::crdt {

format_value format_of(const item& from) {
    const auto [key, json] = read_format(from.body.view());
    return {key, parse_json(json).value_or(any(nullptr))};
}

const any& value_in(const attributes& in, std::string_view key) {
    static const any null(nullptr);
    const auto found = std::ranges::find(in, key, &any::member::first);
    return found == in.end() ? null : found->second;
}

void set_attribute(attributes& in, std::string_view key, const any& value) {
    const auto found = std::ranges::find(in, key, &any::member::first);
    if (found == in.end()) {
        in.emplace_back(std::string(key), value);
    } else {
        found->second = value;
    }
}

void erase_attribute(attributes& in, std::string_view key) {
    const auto found = std::ranges::find(in, key, &any::member::first);
    if (found != in.end()) in.erase(found);
}

void update_attributes(attributes& in, std::string_view key, const any& value) {
    if (value.is_null()) {
        erase_attribute(in, key);
    } else {
        set_attribute(in, key, value);
    }
}

text_cursor::text_cursor(engine& in, branch& of, std::uint32_t index, bool wants_format) : in_(in), of_(of) {
    const auto at = in.index.find(of, index);
    left_ = at.left;
    if (left_ && at.within < left_->length)
        left_ = in_.find(in_.clean_end({left_->id.client, left_->id.clock + at.within - 1})->last());
    right_ = left_ ? left_->right : of.start;
    if (!wants_format || !of.has_formats) return;
    in.index.each_format(of, left_, [&](const item& each) {
        if (each.deleted()) return;
        const auto [key, value] = format_of(each);
        update_attributes(now_, key, value);
    });
}

void text_cursor::forward() {
    if (right_->kind == content_kind::format && !right_->deleted()) {
        const auto [key, value] = format_of(*right_);
        update_attributes(now_, key, value);
    }
    left_ = right_;
    right_ = right_->right;
}

void text_cursor::cut_right(std::uint32_t units) {
    if (units < right_->length)
        static_cast<void>(in_.clean_start({right_->id.client, right_->id.clock + units}));
}

void text_cursor::put(content_kind kind, std::uint32_t length, std::string_view body) {
    right_ = in_.insert(left_, right_, &of_, nullptr, kind, length, body);
    forward();
}

void text_cursor::put_format(std::string_view key, const any& value) {
    wire_writer body;
    body.var_string(key);
    body.var_string(to_json(value));
    put(content_kind::format, 1, as_text(body.written()));
}

/// Goes right over what is deleted and over formats that are set already.
void text_cursor::skip_equal(const attributes& format) {
    while (right_) {
        if (!right_->deleted()) {
            if (right_->kind != content_kind::format) return;
            const auto [key, value] = format_of(*right_);
            if (!equal_attributes(value_in(format, key), value)) return;
        }
        forward();
    }
}

/// Sets the attributes that differ. @return what they were, to be set again behind.
attributes text_cursor::open(const attributes& format) {
    attributes negated;
    for (const auto& [key, value] : format) {
        const any before = value_in(now_, key);
        if (equal_attributes(before, value)) continue;
        set_attribute(negated, key, before);
        put_format(key, value);
    }
    return negated;
}

void text_cursor::close(attributes negated) {
    while (right_) {
        if (!right_->deleted()) {
            if (right_->kind != content_kind::format) break;
            const auto [key, value] = format_of(*right_);
            const auto found = std::ranges::find(negated, key, &any::member::first);
            if (found == negated.end() || !equal_attributes(found->second, value)) break;
            negated.erase(found);
        }
        forward();
    }
    for (const auto& [key, value] : negated) put_format(key, value);
}

void text_cursor::insert_content(content_kind kind, std::uint32_t length, std::string_view body,
                                 attributes format) {
    for (const auto& [key, value] : now_) {
        if (std::ranges::find(format, key, &any::member::first) == format.end())
            format.emplace_back(key, nullptr);
    }
    skip_equal(format);
    auto negated = open(format);
    put(kind, length, body);
    close(std::move(negated));
}

void text_cursor::insert(std::string_view added, attributes format) {
    const auto units = utf16_length(added);
    insert_content(content_kind::text, static_cast<std::uint32_t>(*units), added, std::move(format));
}

void text_cursor::insert_embed(std::string_view json, attributes format) {
    insert_content(content_kind::embed, 1, json, std::move(format));
}

void text_cursor::insert_plain(std::string_view added) {
    insert(added, now_);
}

void text_cursor::erase(std::uint32_t length) {
    const auto at_start = now_;
    auto* start = right_;
    while (length > 0 && right_) {
        if (!right_->deleted() && right_->countable()) {
            cut_right(length);
            length -= right_->length;
            in_.delete_item(right_);
        }
        forward();
    }
    if (start && of_.has_formats) clean_gap(in_, start, right_, at_start, now_);
}

void text_cursor::format(std::uint32_t length, attributes change) {
    skip_equal(change);
    auto negated = open(change);
    while (right_ && (length > 0 ||
                      (!negated.empty() && (right_->deleted() || right_->kind == content_kind::format)))) {
        if (!right_->deleted()) {
            if (right_->kind == content_kind::format) {
                const auto [key, value] = format_of(*right_);
                const auto found = std::ranges::find(change, key, &any::member::first);
                if (found == change.end()) {
                    set_attribute(now_, key, value);
                } else {
                    if (equal_attributes(found->second, value)) {
                        erase_attribute(negated, key);
                    } else if (length == 0) {
                        break;
                    } else {
                        set_attribute(negated, key, value);
                    }
                    in_.delete_item(right_);
                }
            } else {
                cut_right(length);
                length -= right_->length;
            }
        }
        forward();
    }
    // Editors of this family end with a newline; what is formatted behind the end is made of them.
    if (length > 0) put(content_kind::text, length, std::string(length, '\n'));
    close(std::move(negated));
}

}  // namespace conf::crdt
