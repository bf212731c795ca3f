/// Short-lived memory of one turn: taken piece by piece, given back all at once.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/check.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace conf {

/// Pieces stay where they are until `reset`, which keeps the memory for the next turn. What a piece held
/// before is still in it: whoever takes one writes all of it. Belongs to its owner.
class arena {
public:
    /// Precondition: at most `chunk_bytes`.
    [[nodiscard]] mutable_bytes take(std::size_t size) {
        check(size <= chunk_bytes);
        if (chunks_.empty() || chunk_bytes - used_ < size) next_chunk();
        const auto piece = mutable_bytes(*chunks_[active_]).subspan(used_, size);
        used_ += size;
        return piece;
    }

    /// Gives back the end of the piece that was taken last.
    void shrink_last(std::size_t unused) noexcept { used_ -= unused; }

    void reset() noexcept {
        active_ = 0;
        used_ = 0;
    }

    static constexpr std::size_t chunk_bytes = 16 * 1024;

private:
    using chunk = std::array<std::byte, chunk_bytes>;

    void next_chunk() {
        if (!chunks_.empty()) ++active_;
        if (active_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<chunk>());
        used_ = 0;
    }

    std::vector<std::unique_ptr<chunk>> chunks_;
    std::size_t active_ = 0;
    std::size_t used_ = 0;
};

}  // namespace conf
