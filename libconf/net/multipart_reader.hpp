/// Bodies of forms with files in them, read as they come: RFC 7578, by the framing of RFC 2046 §5.1. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace conf::net {

/// One part's fields, as far as anybody needs them.
struct form_part {
    std::string name;
    std::optional<std::string>
        file_name;  ///< of a file; as browsers send it: UTF-8, with %22 for a quotation mark
};

inline constexpr std::size_t part_head_bytes_max = 4096;
inline constexpr std::size_t form_parts_max = 16;

/// Belongs to its request. Holds no more than a part's head or a boundary.
class multipart_reader {
public:
    struct callbacks {
        std::function<void(const form_part&)> on_part;
        std::function<void(std::string_view)> on_data;  ///< of the part that was told last
    };
    multipart_reader(std::string_view boundary, callbacks call);

    /// False: it is no form, and nothing more is taken.
    bool feed(std::string_view piece);
    /// The last boundary was there.
    [[nodiscard]] bool complete() const noexcept { return state_ == state::behind; }

private:
    enum class state : std::uint8_t { before, boundary, head, data, behind, bad };

    bool step();
    bool take_head(std::string_view head);

    std::string delimiter_;  // with CR LF and two hyphens before the boundary
    callbacks call_;
    std::string left_;
    state state_ = state::before;
    std::size_t parts_ = 0;
};

/// The boundary that a Content-Type names: nothing where it is no multipart/form-data, or its boundary is
/// none (RFC 2046 §5.1.1: 1 to 70 characters).
[[nodiscard]] std::optional<std::string> form_boundary(std::string_view content_type);

}  // namespace conf::net
