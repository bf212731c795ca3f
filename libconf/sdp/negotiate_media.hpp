/// What of one media section both sides can do, and how the answer says it.
#pragma once

#include "libconf/sdp/negotiate.hpp"

#include <array>
#include <bitset>
#include <optional>
#include <string>

namespace conf::sdp {

/// What a payload type or an extension id stands for: in a BUNDLE group the same everywhere (RFC 8843 §9.1),
/// or the receiver of a packet would not know what it is.
struct bundle_meanings {
    struct payload {
        codec_format format;
        std::optional<std::uint8_t> apt;  // of RTX

        friend bool operator==(const payload&, const payload&) = default;
    };
    std::array<std::optional<payload>, 128> payloads;
    std::array<std::optional<extension>, 256> extensions;

    /// Nothing, or what means something else than it did: "payload type 96".
    [[nodiscard]] std::optional<std::string> add(const negotiated_media& media);
};

/// A section of an offer against what we can.
class section_negotiation {
public:
    section_negotiation(const session& offer, const media_section& section, const capabilities& ours,
                        direction answered, const bundle_meanings& before)
        : offer_(offer), section_(section), ours_(ours), answered_(answered), before_(before) {}

    /// Nothing, or why this section has no answer.
    [[nodiscard]] std::optional<refusal> run();

    [[nodiscard]] negotiated_media& media() noexcept { return media_; }
    /// Without a transport.
    [[nodiscard]] media_section& answer() noexcept { return answer_; }

private:
    [[nodiscard]] std::optional<refusal> choose_codecs();
    void choose_codec(const payload_format& offered);
    [[nodiscard]] std::optional<refusal> choose_rtx(const payload_format& offered);
    [[nodiscard]] bool carries_opus(const payload_format& red) const;
    [[nodiscard]] feedback common_feedback(const payload_format& offered) const;
    [[nodiscard]] std::vector<parameter> parameters_for(const payload_format& offered,
                                                        const codec_format& format) const;
    void choose_extensions();
    void choose_rids();
    [[nodiscard]] bool takes(const restriction_id& rid) const;
    void write_formats();
    [[nodiscard]] negotiated_codec* codec_of(std::uint8_t payload_type) noexcept;

    const session& offer_;
    const media_section& section_;
    const capabilities& ours_;
    direction answered_;
    const bundle_meanings& before_;  // of the sections before this one
    std::bitset<128> accepted_;      // payload types, those of RTX too
    negotiated_media media_;
    media_section answer_;
};

}  // namespace conf::sdp
