/// A blocking client that sends exactly what a test says, over TCP, TLS or a Unix socket.
#pragma once

#include "libconf/base/ip_address.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace conf::test {

/// Every wait ends after 20 seconds with an exception, so a server that hangs fails a test instead of
/// stopping it.
class test_client {
public:
    explicit test_client(const endpoint& to);
    /// @param receive_bytes  size of the kernel's receive buffer, for clients that do not read; 0: the usual
    /// one.
    test_client(const endpoint& to, int receive_bytes);
    explicit test_client(const std::string& unix_path);
    test_client(test_client&& other) noexcept;
    ~test_client();

    struct tls_result {
        bool done = false;        ///< the handshake succeeded
        std::string alpn;         ///< what was negotiated
        std::string common_name;  ///< of the server's certificate
        int chain = 0;            ///< certificates that the server sent
    };
    /// @param alpn  a protocol to ask for; empty: the extension is not sent. @param version_max  0: the
    /// newest.
    tls_result start_tls(const std::string& alpn = "http/1.1", int version_max = 0);

    void send(std::string_view data);
    /// Whether the other side has not closed yet; no waiting.
    [[nodiscard]] bool try_send(std::string_view data);
    void finish_sending();

    /// At least one byte, or nothing at the end of the stream (a reset counts as one).
    std::string read_some();
    std::string read_all();
    std::string read_line();

    struct answer {
        int status = 0;  ///< 0: the connection ended instead
        std::string head;
        std::string body;

        /// The value of a field, name as written by the server; "" where there is none.
        [[nodiscard]] std::string field(std::string_view name) const;
    };
    /// The next answer; interim ones (1xx) are answers too.
    answer read_answer(bool head_only = false);

private:
    void connect(int family, const void* address, unsigned size);

    int socket_ = -1;
    std::string buffered_;
    std::shared_ptr<ssl_ctx_st> context_;
    std::shared_ptr<ssl_st> tls_;
};

}  // namespace conf::test
