/// The bytes of one item's content in sixteen bytes: up to twelve in place, more on the heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace conf::crdt {

/// Half of all items of a typed document hold a few characters; none of them costs an allocation. What is in
/// place and what is not follows from the size alone.
class packed_bytes {
public:
    packed_bytes() = default;
    explicit packed_bytes(std::string_view content) { append(content); }
    packed_bytes(packed_bytes&& other) noexcept : size_(std::exchange(other.size_, 0)) {
        std::memcpy(room_, other.room_, sizeof room_);
    }
    packed_bytes& operator=(packed_bytes&& other) noexcept {
        if (this != &other) {
            clear();
            size_ = std::exchange(other.size_, 0);
            std::memcpy(room_, other.room_, sizeof room_);
        }
        return *this;
    }
    ~packed_bytes() { clear(); }

    [[nodiscard]] std::string_view view() const noexcept { return {data(), size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    void clear() noexcept {
        if (on_heap()) std::free(heap());
        size_ = 0;
    }

    void append(std::string_view more) {
        if (more.empty()) return;
        const auto old_size = size_;
        const auto new_size = old_size + static_cast<std::uint32_t>(more.size());
        if (new_size <= in_place_max) {
            std::memcpy(room_ + old_size, more.data(), more.size());
        } else {
            auto* to = room_for(new_size);
            std::memcpy(to + old_size, more.data(), more.size());
        }
        size_ = new_size;
    }

    /// Keeps the first `size` bytes and gives back memory that is mostly unused.
    void truncate(std::size_t size) {
        if (on_heap() && size < capacity() / 2) {
            packed_bytes shorter(view().substr(0, size));
            *this = std::move(shorter);
        } else if (on_heap() && size <= in_place_max) {
            char* from = heap();
            std::memcpy(room_, from, size);
            std::free(from);
            size_ = static_cast<std::uint32_t>(size);
        } else {
            size_ = static_cast<std::uint32_t>(size);
        }
    }

    /// What it holds outside of itself.
    [[nodiscard]] std::size_t heap_bytes() const noexcept { return on_heap() ? capacity() : 0; }

private:
    static constexpr std::uint32_t in_place_max = 12;

    [[nodiscard]] bool on_heap() const noexcept { return size_ > in_place_max; }
    [[nodiscard]] char* heap() const noexcept {
        char* held = nullptr;
        std::memcpy(&held, room_ + sizeof(std::uint32_t), sizeof held);
        return held;
    }
    [[nodiscard]] std::uint32_t capacity() const noexcept {
        std::uint32_t held = 0;
        std::memcpy(&held, room_, sizeof held);
        return held;
    }
    [[nodiscard]] const char* data() const noexcept { return on_heap() ? heap() : room_; }

    /// Room on the heap with the content so far in it.
    char* room_for(std::uint32_t size) {
        if (on_heap() && capacity() >= size) return heap();
        // Exact at first; what grows again is being typed into, and gets half as much more.
        const std::uint32_t wanted = on_heap() ? size + size / 2 : (size + 7) / 8 * 8;
        auto* made = static_cast<char*>(on_heap() ? std::realloc(heap(), wanted) : std::malloc(wanted));
        if (!made) throw std::bad_alloc();
        if (!on_heap()) std::memcpy(made, room_, size_);
        std::memcpy(room_, &wanted, sizeof wanted);
        std::memcpy(room_ + sizeof wanted, &made, sizeof made);
        return made;
    }

    std::uint32_t size_ = 0;
    char room_[in_place_max] = {};  // the content, or a capacity and a pointer
};

static_assert(sizeof(packed_bytes) == 16);

}  // namespace conf::crdt
