/// Reading fields that are not whole bytes, most significant bit first.
#pragma once

#include "libconf/base/bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace conf::rtp {

/// Behind the end it gives zeros and says so afterwards: a parser asks once, when it is done.
class bit_reader {
public:
    explicit bit_reader(bytes data) noexcept : data_(data) {}

    /// Precondition: `count` is at most 32.
    [[nodiscard]] std::uint32_t read(unsigned count) noexcept {
        if (count > data_.size() * 8 - at_) {
            failed_ = true;
            at_ = data_.size() * 8;
            return 0;
        }
        std::uint64_t value = 0;
        while (count > 0) {
            const auto used = static_cast<unsigned>(at_ % 8);
            const auto taken = std::min(8 - used, count);
            const unsigned rest = load_u8(data_, at_ / 8) & (0xFFU >> used);
            value = value << taken | rest >> (8 - used - taken);
            at_ += taken;
            count -= taken;
        }
        return static_cast<std::uint32_t>(value);
    }

    void skip(unsigned count) noexcept { static_cast<void>(read(count)); }
    [[nodiscard]] bool flag() noexcept { return read(1) != 0; }

    /// AV1 §4.10.7, ns(n): a number below `limit` in as few bits as possible. Precondition: `limit` > 0.
    [[nodiscard]] std::uint32_t non_symmetric(std::uint32_t limit) noexcept {
        const auto width = static_cast<unsigned>(std::bit_width(limit));
        const auto short_codes = (std::uint32_t{1} << width) - limit;
        const auto value = read(width - 1);
        if (value < short_codes) return value;
        return (value << 1) - short_codes + read(1);
    }

    /// Bits read so far.
    [[nodiscard]] std::size_t position() const noexcept { return at_; }
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    bytes data_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

}  // namespace conf::rtp
