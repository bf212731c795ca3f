#include "libconf/dtls/certificate.hpp"

#include <catch2/catch.hpp>

#include <openssl/x509.h>

#include <array>
#include <string>

using namespace conf;
using namespace std::chrono_literals;

TEST_CASE("a certificate of our own", "[dtls]") {
    const std::chrono::sys_seconds now(1'790'000'000s);
    const auto made = dtls::certificate::generate(now);
    auto* x509 = made.x509();
    CHECK(X509_verify(x509, made.key()) == 1);
    const auto before = static_cast<time_t>((now - 24h).time_since_epoch().count());
    const auto after = static_cast<time_t>((now + dtls::certificate::lifetime).time_since_epoch().count());
    CHECK(ASN1_TIME_cmp_time_t(X509_get0_notBefore(x509), before) == 0);
    CHECK(ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), after) == 0);
    const auto other = dtls::certificate::generate(now);
    CHECK(made.fingerprint_with(dtls::hash_function::sha256).to_string() !=
          other.fingerprint_with(dtls::hash_function::sha256).to_string());
}

TEST_CASE("fingerprints as SDP spells them", "[dtls]") {
    const std::vector<std::byte> digest(64, std::byte{0xA5});
    struct fingerprint_case {
        std::string name;
        std::size_t bytes;
        std::string expected;  // of its first hash and byte; empty: refused
    };
    for (const auto& [name, size, expected] : std::vector<fingerprint_case>{
             {"sha-256", 32, "sha-256 A5"},
             {"SHA-256", 32, "sha-256 A5"},
             {"sha-384", 48, "sha-384 A5"},
             {"sha-512", 64, "sha-512 A5"},
             {"sha-256", 31, ""},
             {"sha-256", 33, ""},
             {"sha-1", 20, ""},
             {"md5", 16, ""},
             {"sha-2567", 32, ""},
             {"", 0, ""},
         }) {
        INFO(name << ' ' << size);
        const auto made = dtls::fingerprint::make(name, bytes(digest).first(size));
        REQUIRE(made.has_value() == !expected.empty());
        if (!made) continue;
        CHECK(made->to_string().starts_with(expected));
        CHECK(made->to_string().size() == made->hash_name().size() + size * 3);
    }
}
