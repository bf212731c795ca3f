/// An update that was read and checked as a whole, before anything of it touches a document.
#pragma once

#include "libconf/crdt/content.hpp"
#include "libconf/crdt/state.hpp"

#include <conf/result.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace conf::crdt {

/// Where an item says that it belongs; `copied`: to the parent of its neighbours.
enum class parent_kind : std::uint8_t { copied, root, item };

/// A struct as it travels. The views point into the update's bytes.
struct parsed_struct {
    client_id client = 0;
    std::uint32_t clock = 0;
    std::uint32_t length = 0;
    content_kind kind = content_kind::collected;
    type_kind type = type_kind::unknown;
    parent_kind parent = parent_kind::copied;
    bool has_origin = false;
    bool has_right_origin = false;
    bool has_key = false;  ///< bit 5 is set, whether or not the key travels
    std::uint32_t origin_clock = 0;
    std::uint32_t right_clock = 0;  ///< of the right origin, or of the item that is the parent
    client_id origin_client = 0;
    client_id right_client = 0;  ///< of the right origin, or of the item that is the parent
    std::string_view root;       ///< name of the root; may be empty
    std::string_view key;        ///< of a map's entry or an attribute
    std::string_view body;       ///< see content.hpp

    [[nodiscard]] std::uint32_t end() const noexcept { return clock + length; }
    [[nodiscard]] bool is_item() const noexcept {
        return kind != content_kind::collected && kind != content_kind::skip;
    }
};

/// Structs of one client, each beginning where the one before ends.
struct struct_block {
    client_id client = 0;
    std::size_t begin = 0;  ///< among the update's structs
    std::size_t end = 0;
};

/// A whole update in format 1: structs and deleted ranges. It keeps views, so the bytes must outlive it.
///
/// Belongs to its owner; immutable once it is parsed.
class update {
public:
    update() = default;

    /// Every error of `crdt_errc` but those of a document as a whole. Bytes behind the end are ignored, as
    /// the peers ignore them.
    [[nodiscard]] static result<update> parse(bytes data, const limits& within = {});

    /// The same into an object whose memory is used again. On an error it is empty.
    [[nodiscard]] result<void> assign(bytes data, const limits& within = {});

    /// Empty again; the memory stays.
    void clear() noexcept;

    [[nodiscard]] std::span<const parsed_struct> structs() const noexcept { return structs_; }
    [[nodiscard]] std::span<const struct_block> blocks() const noexcept { return blocks_; }
    /// What is deleted, in the order in which it came; not joined.
    [[nodiscard]] std::span<const clock_range> deleted() const noexcept { return deleted_; }

    /// Which clocks of which clients the structs bring (holes left out), each run once, in their order: what
    /// a server that binds client ids to people has to judge. Deletions name what is deleted, not by whom.
    [[nodiscard]] std::vector<clock_range> brought() const;

    [[nodiscard]] bool empty() const noexcept { return structs_.empty() && deleted_.empty(); }
    [[nodiscard]] bytes data() const noexcept { return data_; }

private:
    friend class update_parser;

    bytes data_;
    std::vector<parsed_struct> structs_;
    std::vector<struct_block> blocks_;
    std::vector<clock_range> deleted_;
};

/// Writes one struct as it travels, without its first `offset` units.
void write_struct(wire_writer& to, const parsed_struct& from, std::uint32_t offset);

}  // namespace conf::crdt
