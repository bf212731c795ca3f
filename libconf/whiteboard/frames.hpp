/// Binary messages of both directions: PROTOCOL.md, section 4.
#pragma once

#include "libconf/base/bytes.hpp"
#include "libconf/whiteboard/change.hpp"
#include "libconf/whiteboard/points.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace conf::boards {

/// The first byte: the version in the upper half.
enum class frame_kind : std::uint8_t {
    change = 0x11,
    live_begin = 0x12,
    live_points = 0x13,
    live_end = 0x14,
    pointer = 0x15,
    view = 0x17,
    state = 0x18,
    verdict = 0x19,
    batch = 0x1F,
};

enum class outcome : std::uint8_t { commit, discard, rebase };
/// Why a change was discarded; the numbers of the protocol's section 5.
enum class discard_reason : std::uint8_t {
    none,
    unreadable,
    no_right,
    locked,
    limit,
    rate,
    no_page,
    not_saved,
    nothing
};

// What a client sends.
struct change_frame {
    std::uint64_t number = 0;
    std::uint64_t gesture = 0;
    place where{};
    std::vector<op> ops{};

    friend bool operator==(const change_frame&, const change_frame&) = default;
};
struct live_begin_frame {
    std::uint64_t slot = 0;
    place where{};
    shape_id id = 0;
    shape_type type{};  ///< pen or highlighter
    std::vector<property_value> properties{};
    std::string points{};  ///< as the property has them

    friend bool operator==(const live_begin_frame&, const live_begin_frame&) = default;
};
struct live_points_frame {
    std::uint64_t slot = 0;
    std::string points{};  ///< coded on from those before

    friend bool operator==(const live_points_frame&, const live_points_frame&) = default;
};
struct live_end_frame {
    std::uint64_t slot = 0;

    friend bool operator==(const live_end_frame&, const live_end_frame&) = default;
};
struct pointer_frame {
    pointer_kind kind = pointer_kind::gone;
    std::int64_t x = 0;  ///< whole units
    std::int64_t y = 0;

    friend bool operator==(const pointer_frame&, const pointer_frame&) = default;
};
struct view_frame {
    rectangle_seen seen{};

    friend bool operator==(const view_frame&, const view_frame&) = default;
};
/// A change whose number could be read, and nothing else: it wants its verdict.
struct bad_change_frame {
    std::uint64_t number = 0;

    friend bool operator==(const bad_change_frame&, const bad_change_frame&) = default;
};
using client_frame = std::variant<change_frame, live_begin_frame, live_points_frame, live_end_frame,
                                  pointer_frame, view_frame, bad_change_frame>;

/// Nothing: no message of a client, or one that breaks the tables.
[[nodiscard]] std::optional<client_frame> decode_client_frame(bytes message);
[[nodiscard]] std::string encode(const client_frame& what);

// What the server sends.
struct change_made {
    sequence number = 0;
    author_number author = 0;
    wall_time at{};
    place where{};
    std::vector<op> ops{};

    friend bool operator==(const change_made&, const change_made&) = default;
};
struct live_begun {
    author_number author = 0;
    live_begin_frame stroke{};

    friend bool operator==(const live_begun&, const live_begun&) = default;
};
struct live_went_on {
    author_number author = 0;
    live_points_frame points{};

    friend bool operator==(const live_went_on&, const live_went_on&) = default;
};
/// It is not going to be a shape.
struct live_dropped {
    author_number author = 0;
    shape_id id = 0;

    friend bool operator==(const live_dropped&, const live_dropped&) = default;
};
struct pointers_moved {
    struct one {
        author_number author = 0;
        pointer_frame at{};

        friend bool operator==(const one&, const one&) = default;
    };
    place where{};
    std::vector<one> all{};

    friend bool operator==(const pointers_moved&, const pointers_moved&) = default;
};
struct view_moved {
    place where{};
    rectangle_seen seen{};

    friend bool operator==(const view_moved&, const view_moved&) = default;
};
struct page_state {
    place where{};
    sequence at = 0;
    bool whole = false;  ///< the page is empty before this one
    bool last = false;
    std::vector<shape> shapes{};
    std::vector<shape_id> removed{};

    friend bool operator==(const page_state&, const page_state&) = default;
};
struct change_verdict {
    std::uint64_t number = 0;
    outcome how = outcome::commit;
    sequence at = 0;
    discard_reason why = discard_reason::none;
    std::vector<op> ops{};  ///< of a rebase

    friend bool operator==(const change_verdict&, const change_verdict&) = default;
};
using server_frame = std::variant<change_made, live_begun, live_went_on, live_dropped, pointers_moved,
                                  view_moved, page_state, change_verdict>;

[[nodiscard]] std::string encode(const server_frame& what);
/// For native clients and tests; takes a batch apart. Nothing: it is not readable. Unknown types are left
/// out.
[[nodiscard]] std::optional<std::vector<server_frame>> decode_server_frames(bytes message);

/// Puts messages together for one tick.
class batch_writer {
public:
    void add(std::string_view message);
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// A single message is sent as it is.
    [[nodiscard]] std::string take();

private:
    std::string text_;
    std::size_t count_ = 0;
    std::size_t first_at_ = 0;  ///< where the first message begins, behind its length
};

/// SHAPEs and removed ids as messages of at most about `state_bytes_max`, straight from the page.
[[nodiscard]] std::vector<std::string> encode_state(place where, sequence at, bool whole,
                                                    const std::vector<const shape*>& shapes,
                                                    const std::vector<shape_id>& removed);

}  // namespace conf::boards
