/// How the values of the model are spelled, for the parser and the writer alike.
#pragma once

#include "libconf/sdp/model.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace conf::sdp {

template <class Enum>
struct spelling {
    std::string_view text;
    Enum value;
};

inline constexpr std::array kind_names{
    spelling<media_kind>{"audio", media_kind::audio},
    spelling<media_kind>{"video", media_kind::video},
    spelling<media_kind>{"application", media_kind::application},
};
inline constexpr std::array direction_names{
    spelling<direction>{"sendrecv", direction::sendrecv},
    spelling<direction>{"sendonly", direction::sendonly},
    spelling<direction>{"recvonly", direction::recvonly},
    spelling<direction>{"inactive", direction::inactive},
};
inline constexpr std::array setup_names{
    spelling<setup_role>{"actpass", setup_role::actpass},
    spelling<setup_role>{"active", setup_role::active},
    spelling<setup_role>{"passive", setup_role::passive},
    spelling<setup_role>{"holdconn", setup_role::holdconn},
};
inline constexpr std::array hash_names{
    spelling<hash_function>{"sha-256", hash_function::sha256},
    spelling<hash_function>{"sha-384", hash_function::sha384},
    spelling<hash_function>{"sha-512", hash_function::sha512},
};
inline constexpr std::array group_names{
    spelling<group_semantics>{"BUNDLE", group_semantics::bundle},
    spelling<group_semantics>{"LS", group_semantics::lip_sync},
};
inline constexpr std::array ssrc_group_names{
    spelling<ssrc_group_semantics>{"FID", ssrc_group_semantics::flow_id},
    spelling<ssrc_group_semantics>{"SIM", ssrc_group_semantics::simulcast},
    spelling<ssrc_group_semantics>{"FEC-FR", ssrc_group_semantics::fec_fr},
};
inline constexpr std::array candidate_transport_names{
    spelling<candidate_transport>{"udp", candidate_transport::udp},
    spelling<candidate_transport>{"tcp", candidate_transport::tcp},
};
inline constexpr std::array candidate_type_names{
    spelling<candidate_type>{"host", candidate_type::host},
    spelling<candidate_type>{"srflx", candidate_type::srflx},
    spelling<candidate_type>{"prflx", candidate_type::prflx},
    spelling<candidate_type>{"relay", candidate_type::relay},
};
inline constexpr std::array tcp_type_names{
    spelling<tcp_type>{"active", tcp_type::active},
    spelling<tcp_type>{"passive", tcp_type::passive},
    spelling<tcp_type>{"so", tcp_type::so},
};
inline constexpr std::array rid_direction_names{
    spelling<rid_direction>{"send", rid_direction::send},
    spelling<rid_direction>{"recv", rid_direction::recv},
};

template <class Enum, std::size_t Size>
[[nodiscard]] constexpr std::optional<Enum> named(const std::array<spelling<Enum>, Size>& names,
                                                  std::string_view text) noexcept {
    for (const auto& name : names) {
        if (name.text == text) return name.value;
    }
    return std::nullopt;
}

/// Precondition: the table has the value.
template <class Enum, std::size_t Size>
[[nodiscard]] constexpr std::string_view name_of(const std::array<spelling<Enum>, Size>& names,
                                                 Enum value) noexcept {
    for (const auto& name : names) {
        if (name.value == value) return name.text;
    }
    return {};
}

/// The size of a hash in bytes.
[[nodiscard]] constexpr std::size_t bytes_of(hash_function hash) noexcept {
    switch (hash) {
        case hash_function::sha256: return 32;
        case hash_function::sha384: return 48;
        case hash_function::sha512: return 64;
    }
    return 0;
}

}  // namespace conf::sdp
