#include "libconf/net/tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <fstream>
#include <string_view>
#include <utility>

namespace conf::net {
namespace {

// A chain of a dozen certificates is under 40 kB; more is a wrong file.
constexpr std::size_t pem_bytes_max = 1 << 20;

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;

// AEAD with forward secrecy only, for TLS 1.2; those of TLS 1.3 are all of that kind.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

conf::error failure(tls_errc code, const std::string& file) {
    ERR_clear_error();
    return {make_error_code(code), file};
}

result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(pem_bytes_max + 1, '\0');
    if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
    // A directory opens and then fails to read; what reads and is over the limit is not a certificate.
    if (!in.eof() || in.bad()) return failure(tls_errc::unreadable, path);
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

bio_ptr view_of(const std::string& text) {
    return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without this OpenSSL would ask on the terminal.
int refuse_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

result<std::vector<x509_ptr>> parse_chain(const std::string& text, const std::string& file) {
    const auto in = view_of(text);
    if (!in) return failure(tls_errc::internal, file);
    std::vector<x509_ptr> chain;
    bool asked = false;
    while (x509_ptr certificate{PEM_read_bio_X509(in.get(), nullptr, refuse_passphrase, &asked)}) {
        chain.push_back(std::move(certificate));
    }
    const auto ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (!ended) return failure(tls_errc::bad_certificate, file);
    ERR_clear_error();
    if (chain.empty()) return failure(tls_errc::no_certificate, file);
    return chain;
}

result<key_ptr> parse_key(const std::string& text, const std::string& file) {
    const auto in = view_of(text);
    if (!in) return failure(tls_errc::internal, file);
    bool asked = false;
    key_ptr key{PEM_read_bio_PrivateKey(in.get(), nullptr, refuse_passphrase, &asked)};
    if (key) return key;
    if (asked) return failure(tls_errc::encrypted_key, file);
    const auto has_key = text.find("PRIVATE KEY-----") != std::string::npos;
    return failure(has_key ? tls_errc::bad_key : tls_errc::no_key, file);
}

std::chrono::sys_seconds expiry(const X509* certificate) {
    std::tm utc{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc) != 1) return {};
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&utc)));
}

// The ALPN list in the form of RFC 7301 §3.1, owned by the SSL_CTX: connections may outlive the tls_context.
using alpn_list = std::vector<unsigned char>;

void free_alpn_list(void*, void* list, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<alpn_list*>(list);
}

int alpn_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_alpn_list);
    return slot;
}

int select_alpn(SSL*, const unsigned char** chosen, unsigned char* chosen_bytes, const unsigned char* offered,
                unsigned int offered_bytes, void* list) {
    const auto& ours = *static_cast<const alpn_list*>(list);
    unsigned char* found = nullptr;
    const auto verdict = SSL_select_next_proto(
        &found, chosen_bytes, ours.data(), static_cast<unsigned int>(ours.size()), offered, offered_bytes);
    if (verdict != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

bool offer_alpn(SSL_CTX* context, const std::vector<std::string>& protocols) {
    auto list = std::make_unique<alpn_list>();
    for (const auto& name : protocols) {
        if (name.empty() || name.size() > 255) return false;
        list->push_back(static_cast<unsigned char>(name.size()));
        list->insert(list->end(), name.begin(), name.end());
    }
    if (SSL_CTX_set_ex_data(context, alpn_slot(), list.get()) != 1) return false;
    SSL_CTX_set_alpn_select_cb(context, select_alpn, list.release());
    return true;
}

std::shared_ptr<SSL_CTX> make_context(const tls_options& options) {
    const auto stream = options.transport == tls_transport::stream;
    std::shared_ptr<SSL_CTX> made(SSL_CTX_new(stream ? TLS_server_method() : DTLS_server_method()),
                                  SSL_CTX_free);
    if (!made) return nullptr;
    auto* context = made.get();
    SSL_CTX_set_min_proto_version(context, stream ? TLS1_2_VERSION : DTLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // Idle connections give their 16 kB record buffers back.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Sessions resume by tickets; a cache would keep state for clients that never come back.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    if (SSL_CTX_set_cipher_list(context, ciphers) != 1) return nullptr;
    if (!options.alpn.empty() && !offer_alpn(context, options.alpn)) return nullptr;
    return made;
}

result<tls_context::material> read_material(const tls_options& options, const tls_files& files) {
    auto certificate_text = read_file(files.certificate);
    if (!certificate_text) return certificate_text.error();
    auto key_text = read_file(files.key);
    if (!key_text) return key_text.error();
    auto chain = parse_chain(*certificate_text, files.certificate);
    if (!chain) return chain.error();
    auto key = parse_key(*key_text, files.key);
    OPENSSL_cleanse(key_text->data(), key_text->size());
    if (!key) return key.error();

    for (std::size_t at = 0; at < chain->size(); ++at) {
        if (X509_check_private_key((*chain)[at].get(), key->get()) == 1) {
            if (at != 0) return failure(tls_errc::wrong_order, files.certificate);
            break;
        }
        if (at + 1 == chain->size()) return failure(tls_errc::key_mismatch, files.key);
    }
    ERR_clear_error();

    auto context = make_context(options);
    if (!context) return failure(tls_errc::internal, files.certificate);
    const auto& own = chain->front();
    if (SSL_CTX_use_certificate(context.get(), own.get()) != 1)
        return failure(tls_errc::too_weak, files.certificate);
    for (std::size_t at = 1; at < chain->size(); ++at) {
        if (SSL_CTX_add1_chain_cert(context.get(), (*chain)[at].get()) != 1) {
            return failure(tls_errc::too_weak, files.certificate);
        }
    }
    if (SSL_CTX_use_PrivateKey(context.get(), key->get()) != 1) return failure(tls_errc::bad_key, files.key);
    if (options.configure) options.configure(context.get());
    return tls_context::material{files, std::move(context), expiry(own.get())};
}

class tls_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.tls"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<tls_errc>(code)) {
            case tls_errc::unreadable: return "the file cannot be read; check its path and permissions";
            case tls_errc::no_certificate: return "no PEM certificate in the file";
            case tls_errc::bad_certificate: return "a certificate in the file is damaged";
            case tls_errc::no_key: return "no PEM private key in the file";
            case tls_errc::encrypted_key: return "the private key has a passphrase; store it without one";
            case tls_errc::bad_key: return "the private key is damaged or of an unknown kind";
            case tls_errc::key_mismatch: return "the private key does not belong to the certificate";
            case tls_errc::wrong_order:
                return "the certificate that belongs to the private key must come first";
            case tls_errc::too_weak:
                return "the certificate is refused as too weak: use RSA of 2048 bits or P-256";
            case tls_errc::internal: return "the TLS library failed";
        }
        return "unknown TLS error";
    }
};

}  // namespace

result<std::shared_ptr<tls_context>> tls_context::load(tls_options options) {
    auto first = read_material(options, options.files);
    if (!first) return first.error();
    return std::shared_ptr<tls_context>(new tls_context(std::move(options), std::move(*first)));
}

tls_context::tls_context(tls_options options, material first)
    : options_(std::move(options)), current_(std::move(first)) {}

result<tls_context::material> tls_context::prepare(const tls_files& files) const {
    return read_material(options_, files);
}

void tls_context::install(material fresh) {
    const std::lock_guard lock(mutex_);
    std::swap(current_, fresh);  // the old one is released after the lock
}

result<void> tls_context::reload(const tls_files& files) {
    auto fresh = prepare(files);
    if (!fresh) return fresh.error();
    install(std::move(*fresh));
    return {};
}

std::shared_ptr<ssl_ctx_st> tls_context::current() const {
    const std::lock_guard lock(mutex_);
    return current_.context;
}

std::chrono::sys_seconds tls_context::not_after() const {
    const std::lock_guard lock(mutex_);
    return current_.not_after;
}

tls_files tls_context::files() const {
    const std::lock_guard lock(mutex_);
    return current_.files;
}

const std::error_category& tls_category() noexcept {
    static const tls_error_category category;
    return category;
}

}  // namespace conf::net
