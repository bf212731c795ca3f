/// Where received media packets live while subscribers still need them.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/base/time.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/sfu/payload_info.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace conf::sfu {

class packet_pool;

/// A decrypted packet with what was found out about it once. Nobody changes it after its stream has taken it:
/// all subscribers read the same one.
struct packet {
    /// More than any path of 1500 bytes brings. Longer ones, over TCP, are dropped.
    static constexpr std::size_t bytes_max = 1600;

    rtp::packet_view view;       ///< into `data`
    std::uint64_t extended = 0;  ///< sequence number, continued over its stream's life
    instant arrival{};
    payload_info payload;
    // Header extensions that go on to the subscribers as they are; empty where the packet has none.
    bytes audio_level;
    bytes video_orientation;
    bytes dependency_descriptor;
    std::uint8_t layer = 0;     ///< simulcast: the place of its rid in the offer
    std::uint16_t section = 0;  ///< of its publisher's offer

    packet_pool* home = nullptr;
    packet* next_free = nullptr;
    std::uint32_t references = 0;
    std::array<std::byte, bytes_max> data;
};

/// Keeps a packet. Not thread-safe: a packet belongs to one shard.
class packet_ref {
public:
    packet_ref() = default;
    explicit packet_ref(packet* to) noexcept : to_(to) {
        if (to_ != nullptr) ++to_->references;
    }
    packet_ref(const packet_ref& other) noexcept : packet_ref(other.to_) {}
    packet_ref(packet_ref&& other) noexcept : to_(std::exchange(other.to_, nullptr)) {}
    packet_ref& operator=(packet_ref other) noexcept {
        std::swap(to_, other.to_);
        return *this;
    }
    ~packet_ref();

    [[nodiscard]] packet* get() const noexcept { return to_; }
    packet* operator->() const noexcept { return to_; }
    packet& operator*() const noexcept { return *to_; }
    explicit operator bool() const noexcept { return to_ != nullptr; }

private:
    packet* to_ = nullptr;
};

/// Fixed slots, so that no packet allocates once the pool has grown to what its shard needs. It never
/// shrinks. Must outlive its packets. Belongs to its shard.
class packet_pool {
public:
    /// About 120 MB: two seconds of thirty thousand packets a second.
    static constexpr std::size_t slots_max_default = 65'536;

    explicit packet_pool(std::size_t slots_max = slots_max_default) noexcept : slots_max_(slots_max) {}
    packet_pool(const packet_pool&) = delete;
    packet_pool& operator=(const packet_pool&) = delete;

    /// A slot with a copy of the bytes; nothing when they are longer than a slot or the pool is full. `view`
    /// is not set.
    [[nodiscard]] packet_ref take(bytes data);

    [[nodiscard]] std::size_t slots() const noexcept { return slabs_.size() * slab_slots; }
    [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }

private:
    friend class packet_ref;
    static constexpr std::size_t slab_slots = 64;

    bool grow();
    void give_back(packet* one) noexcept;

    std::vector<std::unique_ptr<packet[]>> slabs_;
    packet* free_ = nullptr;
    std::size_t in_use_ = 0;
    std::size_t slots_max_;
};

inline packet_ref::~packet_ref() {
    if (to_ != nullptr && --to_->references == 0) to_->home->give_back(to_);
}

}  // namespace conf::sfu
