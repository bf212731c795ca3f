/// The numbers, texts and runs of bytes that updates are made of, as lib0 writes them.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/crdt/error.hpp"
#include "libconf/crdt/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::crdt {

/// Sign and magnitude, since the format knows a negative zero.
struct signed_number {
    std::uint64_t magnitude = 0;
    bool negative = false;
};

/// Reads from the front. The first thing that is wrong stays the reader's error, every read after it gives
/// zeros or nothing; so a whole struct is read before anybody asks.
class wire_reader {
public:
    explicit wire_reader(bytes data) noexcept : data_(data) {}

    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    [[nodiscard]] crdt_errc error() const noexcept { return *failed_; }
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] std::size_t left() const noexcept { return data_.size() - at_; }

    /// Keeps the first error only.
    void fail(crdt_errc why) noexcept {
        if (!failed_) failed_ = why;
        at_ = data_.size();
    }

    [[nodiscard]] std::uint8_t u8() noexcept {
        if (at_ == data_.size()) [[unlikely]] {
            fail(crdt_errc::truncated);
            return 0;
        }
        return std::to_integer<std::uint8_t>(data_[at_++]);
    }

    /// At most 2^53 - 1. Over-long forms are taken, as the peers take them.
    [[nodiscard]] std::uint64_t var_uint() noexcept {
        if (at_ < data_.size() && std::to_integer<std::uint8_t>(data_[at_]) < 0x80) [[likely]]
            return std::to_integer<std::uint8_t>(data_[at_++]);
        return long_var_uint(u8(), 7);
    }

    /// At most 2^53 - 1 either way.
    [[nodiscard]] signed_number var_int() noexcept;

    [[nodiscard]] bytes take(std::uint64_t size) noexcept {
        if (size > left()) [[unlikely]] {
            fail(crdt_errc::truncated);
            return {};
        }
        const auto piece = data_.subspan(at_, static_cast<std::size_t>(size));
        at_ += static_cast<std::size_t>(size);
        return piece;
    }

    [[nodiscard]] bytes var_bytes() noexcept { return take(var_uint()); }

    /// As it stands; whether it is UTF-8 is for `var_text` or the caller to see.
    [[nodiscard]] std::string_view var_string() noexcept { return as_text(var_bytes()); }

    /// UTF-8, or the error `bad_text`.
    [[nodiscard]] std::string_view var_text() noexcept;

    [[nodiscard]] std::uint64_t u64_big_endian() noexcept;
    [[nodiscard]] std::uint32_t u32_big_endian() noexcept;

    /// What was read since `from`.
    [[nodiscard]] bytes since(std::size_t from) const noexcept { return data_.subspan(from, at_ - from); }

private:
    /// The rest of a number whose first byte is known and carries `first_bits` bits.
    [[nodiscard]] std::uint64_t long_var_uint(std::uint8_t byte, unsigned first_bits) noexcept;

    bytes data_;
    std::size_t at_ = 0;
    std::optional<crdt_errc> failed_;
};

/// Appends.
class wire_writer {
public:
    void u8(std::uint8_t value) { out_.push_back(static_cast<std::byte>(value)); }
    void var_uint(std::uint64_t value) {
        for (; value > 0x7F; value >>= 7) u8(static_cast<std::uint8_t>(0x80 | (value & 0x7F)));
        u8(static_cast<std::uint8_t>(value));
    }
    void var_int(signed_number value);
    void raw(bytes data) { out_.insert(out_.end(), data.begin(), data.end()); }
    void raw(std::string_view text) { raw(as_bytes(text)); }
    void var_bytes(bytes data) {
        var_uint(data.size());
        raw(data);
    }
    void var_string(std::string_view text) { var_bytes(as_bytes(text)); }
    void u32_big_endian(std::uint32_t value);
    void u64_big_endian(std::uint64_t value);

    void reserve(std::size_t size) { out_.reserve(size); }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    [[nodiscard]] bytes written() const noexcept { return out_; }
    [[nodiscard]] std::vector<std::byte> take() && { return std::move(out_); }

private:
    std::vector<std::byte> out_;
};

}  // namespace conf::crdt
