// Format 2 keeps each kind of field in a column of its own; read here field by field and written as format 1.
#include "libconf/crdt/any.hpp"
#include "libconf/crdt/document.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/crdt/utf8.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace conf::crdt {
namespace {

/// Numbers of which runs are written once: a negative sign, even of zero, announces the length of the run.
class run_column {
public:
    explicit run_column(bytes data) : from_(data) {}
    std::uint64_t next(wire_reader& whole) {
        if (left_ == 0) {
            const auto number = from_.var_int();
            value_ = number.magnitude;
            left_ = 1;
            if (number.negative) left_ = from_.var_uint() + 2;
            if (!from_.ok()) whole.fail(from_.error());
        }
        --left_;
        return value_;
    }

private:
    wire_reader from_;
    std::uint64_t value_ = 0;
    std::uint64_t left_ = 0;
};

/// Differences to the number before, of which runs are written once.
class difference_column {
public:
    explicit difference_column(bytes data) : from_(data) {}
    std::uint64_t next(wire_reader& whole) {
        if (left_ == 0) {
            const auto number = from_.var_int();
            const auto magnitude = static_cast<std::int64_t>(number.magnitude);
            // The lowest bit of the signed number says whether a run follows.
            const auto coded = number.negative ? -magnitude : magnitude;
            difference_ = coded >> 1;
            left_ = (coded & 1) != 0 ? from_.var_uint() + 2 : 1;
            if (!from_.ok()) whole.fail(from_.error());
        }
        --left_;
        value_ += difference_;
        if (value_ < 0 || static_cast<std::uint64_t>(value_) > wire_integer_max) {
            whole.fail(crdt_errc::bad_number);
            value_ = 0;
        }
        return static_cast<std::uint64_t>(value_);
    }

private:
    wire_reader from_;
    std::int64_t value_ = 0;
    std::int64_t difference_ = 0;
    std::uint64_t left_ = 0;
};

/// Bytes with the lengths of their runs; the last run has none and goes on for ever.
class byte_column {
public:
    explicit byte_column(bytes data) : from_(data) {}
    std::uint8_t next(wire_reader& whole) {
        if (left_ == 0) {
            value_ = from_.u8();
            endless_ = from_.left() == 0;
            left_ = endless_ ? 1 : from_.var_uint() + 1;
            if (!from_.ok()) whole.fail(from_.error());
        }
        if (!endless_) --left_;
        return value_;
    }

private:
    wire_reader from_;
    std::uint8_t value_ = 0;
    std::uint64_t left_ = 0;
    bool endless_ = false;
};

/// All texts as one, and a column of their UTF-16 lengths behind it.
class text_column {
public:
    explicit text_column(bytes data) : text_(split(data)), lengths_(rest_) {
        valid_ = utf16_length(text_).has_value();
        units_left_ = utf16_length(text_).value_or(0);
    }
    std::string next(wire_reader& whole) {
        auto units = lengths_.next(whole);
        if (!valid_ || units > units_left_) {
            whole.fail(valid_ ? crdt_errc::bad_encoding : crdt_errc::bad_text);
            return {};
        }
        units_left_ -= units;
        std::string made;
        // Two texts whose lone halves met in the column: each has U+FFFD for its half.
        if (units > 0 && std::exchange(divided_, false)) {
            made += replacement;
            --units;
        }
        const auto cut = cut_utf16(text_, units);
        made.append(text_.substr(0, cut.bytes));
        if (cut.divides) made += replacement;
        divided_ = divided_ || cut.divides;
        text_.remove_prefix(cut.bytes + (cut.divides ? 4 : 0));
        return made;
    }

private:
    std::string_view split(bytes data) {
        wire_reader from(data);
        const auto text = from.var_string();
        rest_ = from.ok() ? data.subspan(from.position()) : bytes();
        return text;
    }

    bytes rest_;
    std::string_view text_;
    run_column lengths_;
    std::size_t units_left_ = 0;
    bool valid_ = false;
    bool divided_ = false;
};

class v2_converter {
    /// Runs of fields cost nothing, so structs without content could be as many as their sender likes.
    static constexpr std::size_t structs_per_byte_max = 4;

public:
    v2_converter(bytes data, const limits& within)
        : from_(data),
          within_(within),
          flag_(from_.var_uint()),
          key_clocks_(from_.var_bytes()),
          clients_(from_.var_bytes()),
          left_clocks_(from_.var_bytes()),
          right_clocks_(from_.var_bytes()),
          infos_(from_.var_bytes()),
          texts_(from_.var_bytes()),
          parent_infos_(from_.var_bytes()),
          type_refs_(from_.var_bytes()),
          lengths_(from_.var_bytes()),
          structs_max_(std::min(within.update_structs_max, data.size() * structs_per_byte_max)) {}

    result<std::vector<std::byte>> run() {
        if (flag_ != 0) from_.fail(crdt_errc::bad_encoding);
        const auto blocks = number();
        for (std::uint64_t i = 0; i < blocks && from_.ok(); ++i) block();
        deletes();
        if (!from_.ok()) return from_.error();
        return std::move(to_).take();
    }

private:
    /// Of the rest, to the same place of format 1.
    std::uint64_t number() {
        const auto value = from_.var_uint();
        to_.var_uint(value);
        return value;
    }

    void block() {
        const auto count = number();
        to_.var_uint(clients_.next(from_));
        number();
        for (std::uint64_t i = 0; i < count && from_.ok(); ++i) {
            if (++structs_ > structs_max_) return from_.fail(crdt_errc::too_many_structs);
            one();
            // A key is written once and named in two bytes.
            if (to_.size() > within_.update_bytes_max) return from_.fail(crdt_errc::too_large);
        }
    }

    void unit(difference_column& clocks) {
        to_.var_uint(clients_.next(from_));
        to_.var_uint(clocks.next(from_));
    }

    void text() { to_.var_string(texts_.next(from_)); }

    void one() {
        const auto info = infos_.next(from_);
        to_.u8(info);
        const auto kind = static_cast<content_kind>(info & 0x1F);
        if (kind == content_kind::skip) {
            number();
            return;
        }
        if (kind == content_kind::collected) return to_.var_uint(lengths_.next(from_));
        if ((info & 0x80) != 0) unit(left_clocks_);
        if ((info & 0x40) != 0) unit(right_clocks_);
        if ((info & 0xC0) == 0) {
            const auto is_root = parent_infos_.next(from_) == 1;
            to_.var_uint(is_root ? 1 : 0);
            if (is_root) {
                text();
            } else {
                unit(left_clocks_);
            }
            if ((info & 0x20) != 0) text();
        }
        content(kind);
    }

    void content(content_kind kind) {
        switch (kind) {
            case content_kind::deleted: return to_.var_uint(lengths_.next(from_));
            case content_kind::json: {
                const auto count = lengths_.next(from_);
                to_.var_uint(count);
                for (std::uint64_t i = 0; i < count && from_.ok(); ++i) text();
                return;
            }
            case content_kind::binary: return to_.var_bytes(from_.var_bytes());
            case content_kind::text: return text();
            case content_kind::embed: return to_.var_string(to_json(read_any(from_)));
            case content_kind::format: to_.var_string(key()); return to_.var_string(to_json(read_any(from_)));
            case content_kind::type: {
                const auto type = type_refs_.next(from_);
                to_.var_uint(type);
                if (has_name(static_cast<type_kind>(type))) to_.var_string(key());
                return;
            }
            case content_kind::any: {
                const auto count = lengths_.next(from_);
                to_.var_uint(count);
                const auto begin = from_.position();
                for (std::uint64_t i = 0; i < count && from_.ok(); ++i) skip_any(from_);
                if (from_.ok()) to_.raw(from_.since(begin));
                return;
            }
            case content_kind::document: {
                text();
                const auto begin = from_.position();
                skip_any(from_);
                if (from_.ok()) to_.raw(from_.since(begin));
                return;
            }
            default: from_.fail(crdt_errc::bad_content);
        }
    }

    /// Keys are numbered in the order in which they come first.
    std::string key() {
        const auto at = key_clocks_.next(from_);
        if (at < keys_.size()) return keys_[static_cast<std::size_t>(at)];
        keys_.push_back(texts_.next(from_));
        return keys_.back();
    }

    void deletes() {
        const auto clients = number();
        for (std::uint64_t i = 0; i < clients && from_.ok(); ++i) {
            number();
            const auto count = number();
            std::uint64_t clock = 0;
            for (std::uint64_t j = 0; j < count && from_.ok(); ++j) {
                if (++structs_ > structs_max_) return from_.fail(crdt_errc::too_many_structs);
                clock += from_.var_uint();
                const auto length = from_.var_uint() + 1;
                if (clock + length > clock_end) return from_.fail(crdt_errc::bad_number);
                to_.var_uint(clock);
                to_.var_uint(length);
                clock += length;
            }
        }
    }

    wire_reader from_;
    const limits& within_;
    std::uint64_t flag_;
    difference_column key_clocks_;
    run_column clients_;
    difference_column left_clocks_;
    difference_column right_clocks_;
    byte_column infos_;
    text_column texts_;
    byte_column parent_infos_;
    run_column type_refs_;
    run_column lengths_;
    std::vector<std::string> keys_;
    wire_writer to_;
    std::size_t structs_ = 0;
    std::size_t structs_max_;
};

}  // namespace

result<std::vector<std::byte>> to_v1(bytes update_v2, const limits& within) {
    if (update_v2.size() > within.update_bytes_max) return crdt_errc::too_large;
    return v2_converter(update_v2, within).run();
}

}  // namespace conf::crdt
