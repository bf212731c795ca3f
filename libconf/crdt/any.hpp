/// Typed values as JavaScript has them: what maps and arrays hold, and attributes of text.
#pragma once

#include "libconf/crdt/wire.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace conf::crdt {

/// A value. Undefined and null are two things; the keys of an object keep their order; a number is a double
/// as in JavaScript, whichever of three ways it is written; bytes do not exist in JSON.
class any {
public:
    struct undefined {
        friend bool operator==(undefined, undefined) = default;
    };
    using null = std::nullptr_t;
    using array = std::vector<any>;
    using member = std::pair<std::string, any>;
    using object = std::vector<member>;
    using byte_array = std::vector<std::byte>;
    using variant =
        std::variant<undefined, null, bool, double, std::int64_t, std::string, array, object, byte_array>;

    any() = default;
    any(null) : value_(nullptr) {}                               // NOLINT(google-explicit-constructor)
    any(bool value) : value_(value) {}                           // NOLINT(google-explicit-constructor)
    any(double value) : value_(value) {}                         // NOLINT(google-explicit-constructor)
    any(int value) : value_(static_cast<double>(value)) {}       // NOLINT(google-explicit-constructor)
    any(const char* value) : value_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
    any(std::string_view value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
    any(std::string value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
    any(array value) : value_(std::move(value)) {}               // NOLINT(google-explicit-constructor)
    any(object value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
    any(byte_array value) : value_(std::move(value)) {}          // NOLINT(google-explicit-constructor)
    /// JavaScript's BigInt, which is another kind than its numbers.
    [[nodiscard]] static any big_integer(std::int64_t value) {
        any made;
        made.value_ = value;
        return made;
    }

    [[nodiscard]] const variant& value() const noexcept { return value_; }
    [[nodiscard]] variant& value() noexcept { return value_; }

    [[nodiscard]] bool is_undefined() const noexcept { return std::holds_alternative<undefined>(value_); }
    [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<null>(value_); }
    /// The value of that kind, or a null pointer where it is of another.
    [[nodiscard]] const std::string* text() const noexcept { return std::get_if<std::string>(&value_); }
    [[nodiscard]] const double* number() const noexcept { return std::get_if<double>(&value_); }
    [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&value_); }
    [[nodiscard]] const object* members() const noexcept { return std::get_if<object>(&value_); }
    [[nodiscard]] const array* elements() const noexcept { return std::get_if<array>(&value_); }
    /// The member of an object with that key, or a null pointer.
    [[nodiscard]] const any* find(std::string_view key) const noexcept;

    friend bool operator==(const any&, const any&) = default;

private:
    variant value_;
};

/// Depth at most `value_depth_max`, else the reader's error is `too_deep`.
[[nodiscard]] any read_any(wire_reader& from);

/// Steps over one value and checks it like `read_any`, without making it.
void skip_any(wire_reader& from);

void write_any(wire_writer& to, const any& value);

/// JavaScript's ===: by value, but of two objects, lists or runs of bytes never.
[[nodiscard]] bool identical(const any& a, const any& b);

/// Equality of attributes as the peers see it: primitives by value, objects and lists member by member, but
/// what is nested in them never equals (they compare it by identity).
[[nodiscard]] bool equal_attributes(const any& a, const any& b);

}  // namespace conf::crdt
