#include "libconf/srtp/protector.hpp"

#include <algorithm>
#include <array>

namespace conf::srtp {
namespace {

struct known_name {
    std::string_view name;
    std::unique_ptr<protector> (*make)();
};
constexpr std::array<known_name, 2> known{{
    {"evp", make_evp_protector},
    {"libsrtp", make_libsrtp_protector},
}};

/// One packet of each profile, compared with EVP's: a back end that is wrong here is wrong everywhere.
bool passes_self_test(protector& tried) {
    constexpr std::size_t payload_bytes = 37;
    std::array<std::byte, 12> header{std::byte{0x80}, std::byte{96}};
    std::array<std::byte, payload_bytes> payload{};
    std::array<std::byte, 32> key{};
    std::array<std::byte, 14> salt{};
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::byte>(i * 7);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(i * 11 + 1);
    for (std::size_t i = 0; i < salt.size(); ++i) salt[i] = static_cast<std::byte>(i * 13 + 2);
    store_u16(header, 2, 0x1234);
    store_u32(header, 8, 0xCAFEBABE);
    const auto reference = make_evp_protector();
    return std::ranges::all_of(
        std::array{profile::aes128_cm_sha1_80, profile::aead_aes_128_gcm, profile::aead_aes_256_gcm},
        [&](profile which) {
            const auto sizes = sizes_of(which);
            const master_key master(which, bytes(key).first(sizes.key), bytes(salt).first(sizes.salt));
            const auto size = header.size() + payload.size() + sizes.tag;
            const auto protect = [&](protector& with) {
                std::array<std::byte, 12 + payload_bytes + tag_bytes_max> out{};
                const auto session_key = with.make_key(master);
                const auto body = bytes(payload);
                const job one{session_key.get(), header, body.first(3), body.subspan(3), 0x1234, out.data()};
                with.protect(std::span(&one, 1));
                std::ranges::fill(mutable_bytes(out).subspan(size), std::byte{0});
                return out;
            };
            return protect(tried) == protect(*reference);
        });
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
