/// Writes dependency descriptors for tests, field by field as appendix A of the AV1 payload format has them.
#pragma once

#include "libconf/rtp/dependency_descriptor.hpp"
#include "tests/sim/dice.hpp"
#include "tests/stun/vectors.hpp"

#include <bit>
#include <optional>

namespace dd {

using namespace conf::rtp;

class bits {
public:
    bits& put(std::uint64_t value, unsigned count) {
        for (; count > 0; --count, ++size_) {
            if (size_ % 8 == 0) out_.push_back({});
            // A longer number begins with zeros.
            if (count <= 64 && (value >> (count - 1) & 1) != 0)
                out_.back() |= static_cast<std::byte>(0x80 >> size_ % 8);
        }
        return *this;
    }
    bits& non_symmetric(std::uint32_t value, std::uint32_t limit) {
        const auto width = static_cast<unsigned>(std::bit_width(limit));
        const auto short_codes = (std::uint32_t{1} << width) - limit;
        if (value < short_codes) return put(value, width - 1);
        return put(value + short_codes, width);
    }
    [[nodiscard]] const vectors::buffer& out() const { return out_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    vectors::buffer out_;
    std::size_t size_ = 0;
};

/// What a sender would say.
struct message {
    mandatory_descriptor mandatory;
    std::optional<dependency_structure> structure;
    std::optional<std::uint32_t> active;
    std::optional<decode_target_indications> indications;
    std::optional<frame_differences> differences;
    std::optional<std::array<std::uint8_t, chains_max>> chains;
};

inline void put_structure(bits& out, const dependency_structure& s) {
    out.put(s.template_id_offset, 6).put(s.decode_target_count - 1U, 5);
    for (std::size_t i = 1; i < s.template_count; ++i) {
        const auto& before = s.templates[i - 1];
        const auto& here = s.templates[i];
        out.put(here.spatial_id != before.spatial_id ? 2 : here.temporal_id != before.temporal_id ? 1 : 0, 2);
    }
    out.put(3, 2);
    for (std::size_t i = 0; i < s.template_count; ++i) {
        for (std::size_t t = 0; t < s.decode_target_count; ++t) {
            out.put(static_cast<std::uint64_t>(s.templates[i].indications[t]), 2);
        }
    }
    for (std::size_t i = 0; i < s.template_count; ++i) {
        const auto& differences = s.templates[i].differences;
        for (std::size_t d = 0; d < differences.count; ++d) out.put(1, 1).put(differences.values[d] - 1U, 4);
        out.put(0, 1);
    }
    out.non_symmetric(s.chain_count, s.decode_target_count + 1U);
    if (s.chain_count > 0) {
        for (std::size_t t = 0; t < s.decode_target_count; ++t)
            out.non_symmetric(s.protected_by[t], s.chain_count);
        for (std::size_t i = 0; i < s.template_count; ++i) {
            for (std::size_t c = 0; c < s.chain_count; ++c) out.put(s.templates[i].chain_differences[c], 4);
        }
    }
    out.put(s.has_resolutions ? 1 : 0, 1);
    if (s.has_resolutions) {
        for (std::size_t i = 0; i < s.spatial_layer_count; ++i) {
            out.put(s.widths[i] - 1U, 16).put(s.heights[i] - 1U, 16);
        }
    }
}

/// `in_force` is the structure that the receiver has then.
inline bits write(const message& m, const dependency_structure& in_force) {
    bits out;
    out.put(m.mandatory.start_of_frame ? 1 : 0, 1).put(m.mandatory.end_of_frame ? 1 : 0, 1);
    out.put(m.mandatory.template_id, 6).put(m.mandatory.frame_number, 16);
    if (!m.structure && !m.active && !m.indications && !m.differences && !m.chains) return out;
    out.put(m.structure ? 1 : 0, 1).put(m.active ? 1 : 0, 1).put(m.indications ? 1 : 0, 1);
    out.put(m.differences ? 1 : 0, 1).put(m.chains ? 1 : 0, 1);
    if (m.structure) put_structure(out, *m.structure);
    if (m.active) out.put(*m.active, in_force.decode_target_count);
    if (m.indications) {
        for (std::size_t t = 0; t < in_force.decode_target_count; ++t) {
            out.put(static_cast<std::uint64_t>((*m.indications)[t]), 2);
        }
    }
    if (m.differences) {
        for (std::size_t d = 0; d < m.differences->count; ++d) {
            const auto minus_one = m.differences->values[d] - 1U;
            const unsigned size = minus_one < 0x10 ? 1 : minus_one < 0x100 ? 2 : 3;
            out.put(size, 2).put(minus_one, 4 * size);
        }
        out.put(0, 2);
    }
    if (m.chains) {
        for (std::size_t c = 0; c < in_force.chain_count; ++c) out.put((*m.chains)[c], 8);
    }
    return out;
}

inline decode_target_indications random_indications(conf::sim::dice& random, std::size_t targets) {
    decode_target_indications made;
    for (std::size_t t = 0; t < targets; ++t) {
        made.set(t, static_cast<decode_target_indication>(random.below(4)));
    }
    return made;
}

inline dependency_structure random_structure(conf::sim::dice& random) {
    dependency_structure made;
    made.template_id_offset = static_cast<std::uint8_t>(random.below(64));
    made.decode_target_count = static_cast<std::uint8_t>(random.between(1, 12));
    made.chain_count =
        static_cast<std::uint8_t>(random.below(std::min<std::uint64_t>(made.decode_target_count, 4) + 1));
    made.has_resolutions = random.chance(0.5);
    const auto count = random.between(1, 16);
    std::uint8_t spatial = 0;
    std::uint8_t temporal = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto& t = made.templates[made.template_count++];
        if (i > 0) {
            if (random.chance(0.2) && spatial + 1U < spatial_ids_max) {
                ++spatial;
                temporal = 0;
            } else if (random.chance(0.3) && temporal + 1U < temporal_ids_max) {
                ++temporal;
            }
        }
        t.spatial_id = spatial;
        t.temporal_id = temporal;
        t.indications = random_indications(random, made.decode_target_count);
        t.differences.count = static_cast<std::uint8_t>(random.below(4));
        for (std::size_t d = 0; d < t.differences.count; ++d) {
            t.differences.values[d] = static_cast<std::uint16_t>(random.between(1, 16));
        }
        for (std::size_t c = 0; c < made.chain_count; ++c) {
            t.chain_differences[c] = static_cast<std::uint8_t>(random.below(16));
        }
    }
    made.spatial_layer_count = static_cast<std::uint8_t>(spatial + 1);
    for (std::size_t t = 0; made.chain_count > 0 && t < made.decode_target_count; ++t) {
        made.protected_by[t] = static_cast<std::uint8_t>(random.below(made.chain_count));
    }
    for (std::size_t i = 0; made.has_resolutions && i < made.spatial_layer_count; ++i) {
        made.widths[i] = static_cast<std::uint16_t>(random.between(1, 65535));
        made.heights[i] = static_cast<std::uint16_t>(random.between(1, 65535));
    }
    return made;
}

}  // namespace dd
