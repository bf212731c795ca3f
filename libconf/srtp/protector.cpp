#include "libconf/srtp/protector.hpp"

#include <algorithm>
#include <array>

namespace conf::srtp {
namespace {

struct known_name {
    std::string_view name;
    std::unique_ptr<protector> (*make)();
};
constexpr std::array<known_name, 3> known{{
    {"ipsec_mb", make_ipsec_mb_protector},
    {"evp", make_evp_protector},
    {"libsrtp", make_libsrtp_protector},
}};

constexpr std::size_t known_header_bytes = 12;
constexpr std::size_t known_payload_bytes = 37;
using known_packet = std::array<std::byte, known_header_bytes + known_payload_bytes + tag_bytes_max>;
/// More packets than any processor does side by side, so that all of its ways are tried.
using known_packets = std::array<known_packet, 20>;

/// The same packet for many keys, first all at once and then the last of them alone.
known_packets protect_known(protector& with, profile which) {
    std::array<std::byte, 32 + 14> material{};
    std::array<std::byte, known_header_bytes> header{std::byte{0x80}, std::byte{96}};
    std::array<std::byte, known_payload_bytes> payload{};
    for (std::size_t i = 0; i < material.size(); ++i) material[i] = static_cast<std::byte>(i * 11 + 1);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::byte>(i * 7);
    store_u16(header, 2, 0x1234);
    store_u32(header, 8, 0xCAFEBABE);

    const auto sizes = sizes_of(which);
    const auto body = bytes(payload);
    known_packets out{};
    std::array<std::unique_ptr<sending_key>, out.size()> keys;
    std::array<job, out.size()> jobs{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        material[0] = static_cast<std::byte>(i);
        keys[i] = with.make_key(
            {which, bytes(material).first(sizes.key), bytes(material).subspan(sizes.key, sizes.salt)});
        jobs[i] = {keys[i].get(), header, body.first(i % 4), body.subspan(i % 4), 0x1234, out[i].data()};
    }
    with.protect(jobs);
    with.protect(std::span(jobs).last(1));
    return out;
}

/// Compared with EVP's: a back end that is wrong here is wrong everywhere.
bool passes_self_test(protector& tried) {
    const auto reference = make_evp_protector();
    return std::ranges::all_of(
        std::array{profile::aes128_cm_sha1_80, profile::aead_aes_128_gcm, profile::aead_aes_256_gcm},
        [&](profile which) { return protect_known(tried, which) == protect_known(*reference, which); });
}

}  // namespace

std::vector<std::string_view> protector_names() {
    std::vector<std::string_view> names;
    for (const auto& one : known) names.push_back(one.name);
    return names;
}

std::unique_ptr<protector> make_protector(std::string_view name) {
    for (const auto& one : known) {
        if (name != "auto" && name != one.name) continue;
        auto made = one.make();
        if (made && passes_self_test(*made)) return made;
    }
    return nullptr;
}

}  // namespace conf::srtp
