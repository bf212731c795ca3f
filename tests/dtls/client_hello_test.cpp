#include "libconf/dtls/client_hello.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace conf;

namespace {

struct hello_parts {
    std::size_t session_id = 0;
    std::size_t cookie = 0;
    std::vector<std::uint16_t> ciphers;
};

std::vector<std::byte> body_of(const hello_parts& from) {
    std::vector<std::byte> made(2 + 32, std::byte{0xFE});
    made.push_back(static_cast<std::byte>(from.session_id));
    made.resize(made.size() + from.session_id);
    made.push_back(static_cast<std::byte>(from.cookie));
    made.resize(made.size() + from.cookie);
    const auto at = made.size();
    made.resize(at + 2 + 2 * from.ciphers.size());
    store_u16(made, at, static_cast<std::uint16_t>(2 * from.ciphers.size()));
    for (std::size_t i = 0; i < from.ciphers.size(); ++i) store_u16(made, at + 2 + 2 * i, from.ciphers[i]);
    made.resize(made.size() + 40);  // compression, extensions
    return made;
}

}  // namespace

TEST_CASE("SEC-DTLS-1 a ClientHello is worth an answer where it names one of our ciphers", "[dtls]") {
    struct row {
        hello_parts parts;
        bool expected;
    };
    for (const auto& [parts, expected] : std::vector<row>{
             {{0, 0, {0xC02B}}, true},
             {{0, 0, {0xC02C}}, true},
             {{0, 0, {0xCCA9}}, true},
             {{32, 255, {0x1301, 0xC02B, 0x00FF}}, true},
             {{32, 0, {0x1301, 0x1302, 0xC02C}}, true},
             {{33, 0, {0xC02B}}, false},  // RFC 5246 §7.4.1.2: session_id<0..32>
             {{0, 0, {}}, false},
             {{0, 0, {0x0000}}, false},          // TLS_NULL_WITH_NULL_NULL
             {{0, 0, {0xC006}}, false},          // TLS_ECDHE_ECDSA_WITH_NULL_SHA
             {{0, 0, {0xC02F, 0xC013}}, false},  // RSA certificates alone
             {{0, 0, {0x2BC0, 0xC0, 0x2B00}}, false},
         }) {
        const auto body = body_of(parts);
        INFO(parts.session_id << " " << parts.cookie << " " << parts.ciphers.size());
        CHECK(dtls::names_our_ciphers(body) == expected);
    }
}

TEST_CASE("a ClientHello that is cut is judged by what is there", "[dtls]") {
    const auto body = body_of({5, 7, {0x1301, 0xC02B, 0x00FF}});
    const auto there = 2U + 32 + 1 + 5 + 1 + 7 + 2 + 2 * 2;
    for (std::size_t size = 0; size <= body.size(); ++size) {
        INFO(size);
        const std::vector<std::byte> cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(dtls::names_our_ciphers(cut) == (size >= there));
    }
    auto lies = body;
    store_u16(lies, there - 6, 0xFFFF);
    CHECK(dtls::names_our_ciphers(lies));  // the list goes on in the next fragment, for all we know
}
