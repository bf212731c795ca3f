#include "libconf/net/tls_context.hpp"

#include "tests/net/temp_folder.hpp"
#include "tests/net/test_certificate.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <set>
#include <string>

using namespace conf;
using net::tls_context;
using net::tls_errc;
using net::tls_files;

namespace {

std::error_code load_code(const tls_files& files) {
    const auto made = tls_context::load({files, net::tls_transport::stream, {"http/1.1"}, {}});
    return made ? std::error_code() : made.error().code();
}

}  // namespace

TEST_CASE("a certificate and its key are loaded, or it is said what is wrong", "[net][tls]") {
    const test::temp_folder folder;
    const auto root = test::make_certificate("root.test");
    const auto leaf = test::make_certificate("leaf.test", 3600, &root);
    const auto other = test::make_certificate("other.test");
    const auto certificate = folder.write("leaf.pem", leaf.certificate_pem());
    const auto key = folder.write("leaf.key", leaf.key_pem());
    const auto file = [&](const char* name, const std::string& text) { return folder.write(name, text); };

    CHECK_FALSE(load_code({certificate, key}));
    CHECK_FALSE(load_code({file("chain.pem", leaf.certificate_pem() + root.certificate_pem()), key}));
    const auto both = file("both.pem", leaf.key_pem() + leaf.certificate_pem());
    CHECK_FALSE(load_code({both, both}));

    CHECK(load_code({folder.file("absent.pem"), key}) == tls_errc::unreadable);
    CHECK(load_code({certificate, folder.file("absent.key")}) == tls_errc::unreadable);
    CHECK(load_code({"", ""}) == tls_errc::unreadable);
    CHECK(load_code({folder.file(""), key}) == tls_errc::unreadable);
    CHECK(load_code({file("huge.pem", std::string((1 << 20) + 1, 'x')), key}) == tls_errc::unreadable);
    CHECK(load_code({file("empty.pem", ""), key}) == tls_errc::no_certificate);
    CHECK(load_code({key, key}) == tls_errc::no_certificate);
    CHECK(load_code({certificate, certificate}) == tls_errc::no_key);
    CHECK(load_code({certificate, file("locked.key", leaf.key_pem("secret"))}) == tls_errc::encrypted_key);
    CHECK(load_code({certificate, file("other.key", other.key_pem())}) == tls_errc::key_mismatch);
    CHECK(load_code({file("order.pem", root.certificate_pem() + leaf.certificate_pem()), key}) ==
          tls_errc::wrong_order);

    auto broken = leaf.certificate_pem();
    broken.replace(broken.size() / 2, 4, "!!!!");
    CHECK(load_code({file("broken.pem", broken), key}) == tls_errc::bad_certificate);
    CHECK(load_code({file("half.pem", leaf.certificate_pem() + broken), key}) == tls_errc::bad_certificate);
    broken = leaf.key_pem();
    broken.replace(broken.size() / 2, 4, "!!!!");
    CHECK(load_code({certificate, file("broken.key", broken)}) == tls_errc::bad_key);

    const auto weak = test::make_weak_certificate("weak.test");
    CHECK(load_code({file("weak.pem", weak.certificate_pem()), file("weak.key", weak.key_pem())}) ==
          tls_errc::too_weak);
}

TEST_CASE("an error of a certificate names the file", "[net][tls]") {
    const test::temp_folder folder;
    const auto own = test::make_certificate("own.test");
    const auto other = test::make_certificate("other.test");
    const auto certificate = folder.write("own.pem", own.certificate_pem());
    const auto key = folder.write("other.key", other.key_pem());
    const auto made = tls_context::load({{certificate, key}, net::tls_transport::stream, {}, {}});
    REQUIRE_FALSE(made);
    CHECK(made.error().message() == key + ": the private key does not belong to the certificate");
}

TEST_CASE("a certificate is exchanged, and a bad new one is not", "[net][tls]") {
    using namespace std::chrono_literals;
    const test::temp_folder folder;
    const auto first = test::make_certificate("first.test", 1000);
    const auto second = test::make_certificate("second.test", 2000);
    const tls_files files{folder.write("c.pem", first.certificate_pem()),
                          folder.write("k.pem", first.key_pem())};
    const auto made = tls_context::load({files, net::tls_transport::stream, {}, {}}).value();
    const auto before = made->current();
    const auto expires = made->not_after();
    CHECK(expires > std::chrono::system_clock::now() + 900s);
    CHECK(expires <= std::chrono::system_clock::now() + 1000s);

    folder.write("c.pem", second.certificate_pem());  // the key is still that of the first
    CHECK_FALSE(made->reload(files));
    CHECK(made->current() == before);
    CHECK(made->not_after() == expires);

    folder.write("k.pem", second.key_pem());
    CHECK(made->reload(files));
    CHECK(made->current() != before);
    CHECK(made->not_after() > expires);
    CHECK(made->files() == files);
}

TEST_CASE("preparing a certificate changes nothing", "[net][tls]") {
    const test::temp_folder folder;
    const auto own = test::make_certificate("own.test");
    const tls_files files{folder.write("c.pem", own.certificate_pem()), folder.write("k.pem", own.key_pem())};
    int configured = 0;
    const auto made =
        tls_context::load({files, net::tls_transport::datagram, {}, [&](ssl_ctx_st*) { ++configured; }})
            .value();
    CHECK(configured == 1);
    const auto before = made->current();
    auto fresh = made->prepare(files);
    REQUIRE(fresh);
    CHECK(configured == 2);
    CHECK(made->current() == before);
    made->install(std::move(*fresh));
    CHECK(made->current() != before);
}

TEST_CASE("every TLS error has a text", "[net][tls]") {
    std::set<std::string> texts;
    for (int code = 1; code <= 10; ++code) texts.insert(net::tls_category().message(code));
    CHECK(texts.size() == 10);
    CHECK(net::tls_category().message(11) == "unknown TLS error");
    CHECK_FALSE(texts.contains("unknown TLS error"));
}
