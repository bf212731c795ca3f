/// Seeded random descriptions, for laws that must hold for all of them.
#pragma once

#include "libconf/sdp/limits.hpp"
#include "libconf/sdp/model.hpp"
#include "libconf/sdp/names.hpp"
#include "libconf/sdp/text.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sdp_test {

using namespace conf::sdp;

/// The same numbers on every machine, which the standard's distributions do not promise.
class random_source {
public:
    explicit random_source(std::uint64_t seed) : engine_(seed) {}

    [[nodiscard]] std::uint64_t u64() { return engine_(); }
    [[nodiscard]] std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }
    [[nodiscard]] bool coin() { return chance(50); }

    /// From `min` to `max` characters of those.
    [[nodiscard]] std::string text(std::string_view from, std::size_t min, std::size_t max) {
        std::string out(min + below(max - min + 1), ' ');
        for (auto& c : out) c = from[below(from.size())];
        return out;
    }
    template <class Enum, std::size_t Size>
    [[nodiscard]] Enum one_of(const std::array<spelling<Enum>, Size>& names) {
        return names[below(Size)].value;
    }
    /// At most `max` of what `make` makes.
    template <class Make>
    [[nodiscard]] auto some(std::size_t max, Make make) {
        std::vector<decltype(make())> out;
        for (auto count = below(max + 1); count > 0; --count) out.push_back(make());
        return out;
    }

private:
    std::mt19937_64 engine_;
};

inline constexpr std::string_view alphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view identifier_characters = "aZ09._-";
inline constexpr std::string_view ice_characters = "aZ09+/";
inline constexpr std::string_view visible_characters = "aZ09!#$%&'()*+,-./:<>?@[]^_`{|}~\"\\";

[[nodiscard]] inline std::string random_identifier(random_source& random) {
    return random.text(identifier_characters, 1, identifier_chars_max);
}

[[nodiscard]] inline ice_parameters random_ice(random_source& random) {
    ice_parameters made;
    if (random.coin()) made.ufrag = random.text(ice_characters, ufrag_chars_min, ice_chars_max);
    if (random.coin()) made.pwd = random.text(ice_characters, pwd_chars_min, ice_chars_max);
    made.options = random.some(ice_options_max, [&] { return random.text(ice_characters, 1, 20); });
    return made;
}

[[nodiscard]] inline fingerprint random_fingerprint(random_source& random) {
    fingerprint made{random.one_of(hash_names), {}};
    made.value.resize(bytes_of(made.hash));
    for (auto& b : made.value) b = static_cast<std::byte>(random.below(256));
    return made;
}

[[nodiscard]] inline candidate random_candidate(random_source& random) {
    candidate made{.foundation = random.text(ice_characters, 1, foundation_chars_max),
                   .component = static_cast<std::uint16_t>(1 + random.below(256)),
                   .transport = random.one_of(candidate_transport_names),
                   .priority = static_cast<std::uint32_t>(1 + random.below(0xFFFFFFFF)),
                   .ip = {},
                   .name = {},
                   .port = static_cast<std::uint16_t>(1 + random.below(65535)),
                   .type = random.one_of(candidate_type_names),
                   .tcp = {}};
    std::vector<std::byte> raw(random.coin() ? 4 : 16);
    for (auto& b : raw) b = static_cast<std::byte>(random.chance(30) ? 0 : random.below(256));
    if (random.chance(20)) {
        made.name = random.text(alphanumeric, 1, 60) + ".local";
    } else {
        made.ip = conf::ip_address::from_bytes(raw);
    }
    if (made.transport == candidate_transport::tcp) made.tcp = random.one_of(tcp_type_names);
    return made;
}

[[nodiscard]] inline std::vector<bandwidth> random_bandwidths(random_source& random) {
    return random.some(
        3, [&] { return bandwidth{random.text(alphanumeric, 1, token_chars_max), random.u64()}; });
}

/// Of an fmtp, or of a rid where no spaces may be. "pt" is no restriction, so no key begins like it.
[[nodiscard]] inline parameter random_parameter(random_source& random, bool spaces) {
    auto made = parameter{"x" + random.text(alphanumeric, 0, 20), random.text(visible_characters, 0, 40)};
    if (spaces && random.coin()) made.value += " " + random.text(alphanumeric, 1, 5);
    made.value = trimmed(made.value);
    return made;
}

[[nodiscard]] inline std::vector<payload_format> random_formats(random_source& random) {
    std::vector<payload_format> made;
    auto payload_type = static_cast<std::uint8_t>(random.below(20));
    for (auto count = 1 + random.below(12); count > 0; --count) {
        payload_format format{.payload_type = payload_type, .encoding = {}, .parameters = {}, .feedback = {}};
        payload_type = static_cast<std::uint8_t>(payload_type + 1 + random.below(8));
        if (random.chance(80)) {
            format.encoding = random.text(alphanumeric, 1, token_chars_max);
            format.clock_rate_hz = static_cast<std::uint32_t>(1 + random.below(1'000'000));
            format.channels = static_cast<std::uint8_t>(1 + random.below(255));
        }
        format.parameters = random.some(8, [&] { return random_parameter(random, true); });
        format.feedback = random.some(4, [&] {
            return random.text(alphanumeric, 1, 8) +
                   (random.coin() ? " " + random.text(visible_characters, 1, 8) : "");
        });
        made.push_back(std::move(format));
    }
    std::ranges::reverse(made);
    return made;
}

[[nodiscard]] inline media_stream_id random_msid(random_source& random) {
    return {random_identifier(random), random.coin() ? random_identifier(random) : std::string()};
}

[[nodiscard]] inline std::vector<simulcast_stream> random_streams(random_source& random) {
    return random.some(4, [&] {
        simulcast_stream stream;
        for (auto count = 1 + random.below(2); count > 0; --count) {
            stream.push_back({random_identifier(random), random.coin()});
        }
        return stream;
    });
}

inline void add_streams(random_source& random, media_section& to) {
    to.msids = random.some(3, [&] { return random_msid(random); });
    to.rids = random.some(rids_per_section_max, [&] {
        return restriction_id{random_identifier(random), random.one_of(rid_direction_names),
                              random.some(4, [&] { return static_cast<std::uint8_t>(random.below(128)); }),
                              random.some(4, [&] { return random_parameter(random, false); })};
    });
    for (std::size_t i = 0; i < to.rids.size(); ++i)
        to.rids[i].id = std::to_string(i) + to.rids[i].id.substr(1);
    to.simulcast = {random_streams(random), random_streams(random)};
    auto ssrc = static_cast<std::uint32_t>(random.u64());
    to.ssrcs = random.some(ssrcs_per_section_max, [&] {
        return ssrc_source{++ssrc,
                           random.chance(80) ? random.text(visible_characters, 1, cname_chars_max) : "",
                           random.coin() ? std::optional(random_msid(random)) : std::nullopt};
    });
    to.ssrc_groups = random.some(4, [&] {
        ssrc_group made{random.one_of(ssrc_group_names), {static_cast<std::uint32_t>(random.u64())}};
        while (random.coin() && made.ssrcs.size() < ssrcs_per_section_max) {
            made.ssrcs.push_back(static_cast<std::uint32_t>(random.u64()));
        }
        return made;
    });
}

[[nodiscard]] inline media_section random_section(random_source& random, std::string mid) {
    media_section made;
    made.kind = random.one_of(kind_names);
    made.port = static_cast<std::uint16_t>(random.u64());
    made.protocol = random.text("UDPTLS/", 1, token_chars_max);
    made.mid = std::move(mid);
    made.direction = random.one_of(direction_names);
    made.bandwidths = random_bandwidths(random);
    for (auto* flag : {&made.bundle_only, &made.rtcp_mux, &made.rtcp_mux_only, &made.rtcp_rsize,
                       &made.extmap_allow_mixed, &made.end_of_candidates}) {
        *flag = random.coin();
    }
    made.ice = random_ice(random);
    made.fingerprints = random.some(3, [&] { return random_fingerprint(random); });
    if (random.coin()) made.setup = random.one_of(setup_names);
    made.candidates = random.some(candidates_per_section_max, [&] { return random_candidate(random); });
    if (made.kind != media_kind::application) made.formats = random_formats(random);
    made.feedback_for_all = random.some(3, [&] { return random.text(visible_characters, 1, 20); });
    auto id = static_cast<std::uint8_t>(random.below(20));
    made.extensions = random.some(16, [&] {
        id = static_cast<std::uint8_t>(id + 1 + random.below(10));
        return extension_map{id, random.text(visible_characters, 1, 100), random.one_of(direction_names)};
    });
    add_streams(random, made);
    if (random.coin()) made.ptime_ms = static_cast<std::uint16_t>(1 + random.below(65535));
    if (random.coin()) made.maxptime_ms = static_cast<std::uint16_t>(1 + random.below(65535));
    if (random.coin()) made.sctp_port = static_cast<std::uint16_t>(random.u64());
    if (random.coin()) made.max_message_bytes = random.u64();
    return made;
}

[[nodiscard]] inline session random_session(random_source& random) {
    session made;
    made.origin = {random.text(visible_characters, 1, 30), random.u64(), random.u64(),
                   random.coin() ? conf::ip_family::v4 : conf::ip_family::v6,
                   random.text(visible_characters, 1, 30)};
    made.name = random.text("aZ09 \xC3\xA4", 1, 40);
    made.bandwidths = random_bandwidths(random);
    made.ice_lite = random.coin();
    made.extmap_allow_mixed = random.coin();
    made.ice = random_ice(random);
    made.fingerprints = random.some(3, [&] { return random_fingerprint(random); });
    if (random.coin()) made.setup = random.one_of(setup_names);
    std::vector<std::string> mids;
    for (auto count = random.below(6); count > 0; --count) {
        auto mid = random.chance(90) ? std::to_string(count) + random.text(identifier_characters, 0, 63) : "";
        made.media.push_back(random_section(random, mid));
        if (!mid.empty()) mids.push_back(std::move(mid));
    }
    made.groups = random.some(3, [&] {
        group of{random.one_of(group_names), {}};
        std::ranges::copy_if(mids, std::back_inserter(of.mids), [&](const auto&) { return random.coin(); });
        return of;
    });
    return made;
}

[[nodiscard]] inline fragment random_fragment(random_source& random) {
    fragment made;
    made.ice_lite = random.coin();
    made.ice = random_ice(random);
    made.end_of_candidates = random.coin();
    made.groups = random.some(2, [&] {
        return group{random.one_of(group_names), random.some(5, [&] { return random_identifier(random); })};
    });
    for (auto count = random.below(6); count > 0; --count) {
        made.media.push_back(
            {.kind = random.one_of(kind_names),
             .mid = std::to_string(count) + random.text(identifier_characters, 0, 63),
             .ice = random_ice(random),
             .candidates = random.some(candidates_per_section_max, [&] { return random_candidate(random); }),
             .end_of_candidates = random.coin()});
    }
    return made;
}

}  // namespace sdp_test
