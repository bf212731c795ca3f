/// Published vectors: RFC 1321, RFC 2202, RFC 4231, FIPS 180, RFC 4648.
#include "libconf/crypto/digest.hpp"
#include "libconf/crypto/base64.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace conf::crypto {
namespace {

std::string hex(bytes data) {
    std::string text;
    for (const auto b : data) {
        text += "0123456789abcdef"[std::to_integer<unsigned>(b) >> 4];
        text += "0123456789abcdef"[std::to_integer<unsigned>(b) & 0xF];
    }
    return text;
}

}  // namespace

TEST_CASE("MD5", "[crypto]") {
    CHECK(hex(md5({})) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hex(md5({as_bytes("abc")})) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hex(md5({as_bytes("message "), as_bytes(""), as_bytes("digest")})) ==
          "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST_CASE("SHA-256", "[crypto]") {
    CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha256({as_bytes("a"), as_bytes("bc")})) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA1", "[crypto]") {
    CHECK(hex(hmac_sha1(as_bytes("Jefe"), {as_bytes("what do ya want "), as_bytes("for nothing?")})) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    const std::string long_key(80, '\xAA');
    CHECK(hex(hmac_sha1(as_bytes(long_key),
                        {as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")})) ==
          "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    // An empty key is a key, whatever was used before it.
    CHECK(hex(hmac_sha1({}, {})) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
    CHECK(hex(hmac_sha1(as_bytes("Jefe"), {})) != hex(hmac_sha1({}, {})));
}

TEST_CASE("HMAC-SHA256", "[crypto]") {
    CHECK(hex(hmac_sha256(as_bytes("Jefe"), {as_bytes("what do ya want for nothing?")})) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac_sha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("comparison looks at everything", "[crypto]") {
    CHECK(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
    CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
    CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("xbc")));
    CHECK_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("ab")));
    CHECK(equal_in_constant_time({}, {}));
}

TEST_CASE("a wiped secret is zeros", "[crypto]") {
    std::array<std::byte, 8> secret;
    secret.fill(std::byte{0x5A});
    wipe(secret);
    CHECK(std::ranges::all_of(secret, [](std::byte b) { return b == std::byte{0}; }));
}

TEST_CASE("base64", "[crypto]") {
    CHECK(base64({}).empty());
    CHECK(base64(as_bytes("f")) == "Zg==");
    CHECK(base64(as_bytes("fo")) == "Zm8=");
    CHECK(base64(as_bytes("foo")) == "Zm9v");
    CHECK(base64(as_bytes("foobar")) == "Zm9vYmFy");
    CHECK(base64(as_bytes("\xFB\xFF")) == "+/8=");
}

}  // namespace conf::crypto
