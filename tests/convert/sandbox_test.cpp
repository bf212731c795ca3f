// What a program in the sandbox can do, tried by programs in the sandbox.
#include "tests/convert/converting.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <cstdlib>

using namespace conf;
using namespace conf::convert;
using namespace std::chrono_literals;
using test::has_sandbox;
using test::temp_folder;

namespace {

/// A server that would be glad of any connection.
struct bait {
    descriptor listening{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::uint16_t port = 0;

    bait() {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listening.get(), 8) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port = ntohs(at.sin_port);
    }
    [[nodiscard]] bool taken() const {
        pollfd one{listening.get(), POLLIN, 0};
        return poll(&one, 1, 0) == 1;
    }
};

std::vector<std::string> shell(const std::string& script) {
    return {"/usr/bin/bash", "-c", script};
}

}  // namespace

TEST_CASE("SEC-DOC-1: no socket leaves the sandbox", "[convert]") {
    if (!has_sandbox()) return;
    const bait here;
    const auto script = fmt::format("exec 3<>/dev/tcp/127.0.0.1/{} && echo connected", here.port);
    const auto inside = run_in_sandbox({}, shell(script));
    CHECK(inside.how == child_end::kind::ended);
    CHECK(inside.out.empty());
    CHECK(inside.status != 0);
    CHECK_FALSE(here.taken());
    // The same program outside of it: it is the sandbox that says no.
    CHECK(run_child(shell(script), {}).out == "connected\n");
    CHECK(here.taken());
}

TEST_CASE("the filter of calls refuses sockets by itself", "[convert]") {
    if (!has_sandbox()) return;
    // perl-base is on every Debian. 2: AF_INET, 16: AF_NETLINK, 1: AF_UNIX.
    const auto try_socket = [](int family) {
        return run_in_sandbox({}, {"/usr/bin/perl", "-MSocket", "-e",
                                   fmt::format("socket(my $s, {}, 1, 0) or print $!+0", family)})
            .out;
    };
#if defined(__x86_64__) || defined(__aarch64__)
    CHECK(try_socket(2) == std::to_string(EPERM));
    CHECK(try_socket(16) == std::to_string(EPERM));
#endif
    CHECK(try_socket(1).empty());
    const auto more = run_in_sandbox({}, {"/usr/bin/unshare", "--user", "/usr/bin/true"});
    CHECK(more.status != 0);
}

TEST_CASE("SEC-DOC-1: only its own input and folder are there", "[convert]") {
    if (!has_sandbox()) return;
    const temp_folder host;
    const auto secret = host.write("secret", "the server's key");
    const auto input = host.write("input", "the document");
    std::filesystem::create_directory(host.file("out"));
    const sandbox_rules rules{.inputs = {{input, "source.txt"}}, .out = host.file("out")};
    CHECK(run_in_sandbox(rules, {"/usr/bin/cat", "/in/source.txt"}).out == "the document");
    for (const auto& path :
         {secret, std::string("/etc/passwd"), std::string("/etc/shadow"), std::string("/var/lib/dpkg"),
          std::string("/home"), std::string("/proc/1/root/etc/passwd"), std::string("/sys/kernel")}) {
        INFO(path);
        CHECK(run_in_sandbox(rules, shell("ls -d " + path + " && cat " + path)).out.empty());
    }
    // One folder takes what it writes, and nothing else does.
    CHECK(run_in_sandbox(rules, shell("echo x >/out/file; echo x >/tmp/file && cat /tmp/file")).out == "x\n");
    CHECK(std::filesystem::exists(host.file("out/file")));
    for (const auto* const place :
         {"/in/source.txt", "/in/other", "/usr/bin/other", "/other", "/etc/other"}) {
        INFO(place);
        CHECK(run_in_sandbox(rules, shell(fmt::format("echo x >{} && echo written", place))).out.empty());
    }
    // Nobody else's processes, nothing of our environment, no privilege.
    CHECK(run_in_sandbox(rules, shell("ls /proc | grep -c '^[0-9]'")).out.size() <= 2);
    CHECK(run_in_sandbox(rules, {"/usr/bin/env"}).out.find("PATH=/usr/bin\n") != std::string::npos);
    CHECK(run_in_sandbox(rules, shell("id -u; grep CapEff /proc/self/status")).out ==
          "65534\nCapEff:\t0000000000000000\n");
}

TEST_CASE("what a tool may take is limited", "[convert]") {
    if (!has_sandbox()) return;
    const temp_folder host;
    const sandbox_rules rules{.out = host.file("."), .memory_bytes = 100'000'000, .time = 20s};
    // Memory: perl asks for 200 MB in one piece.
    CHECK(run_in_sandbox(rules, {"/usr/bin/perl", "-e", "my $x = 'a' x 200_000_000; print 'had it'"})
              .out.empty());
    // One file.
    const auto large = run_in_sandbox(rules, shell("head -c 300000000 /dev/zero >/out/large"));
    CHECK(large.status != 0);
    CHECK(std::filesystem::file_size(host.file("large")) <= documents::tool_file_bytes_max);
    // Its own memory file system.
    CHECK(run_in_sandbox(rules,
                         shell("head -c 300000000 /dev/zero >/tmp/a; head -c 300000000 /dev/zero >/tmp/b; "
                               "cat /tmp/a /tmp/b | wc -c"))
              .out.size() <= 10);
    // Processes. The kernel counts none for root, so the sandbox is begun by somebody else then.
    auto many = sandbox_command({},
                                {"/usr/bin/perl", "-e",
                                 "$n = 0; for (1..200) { $p = fork; last unless defined $p; "
                                 "if (!$p) { sleep 5; exit } $n++ } print $n"},
                                -1);
    if (geteuid() == 0) {
        const std::vector<std::string> as_nobody{"/usr/bin/setpriv", "--reuid=65534", "--regid=65534",
                                                 "--clear-groups", "--"};
        many.insert(many.begin(), as_nobody.begin(), as_nobody.end());
    }
    const auto counted = run_child(many, {});
    INFO(counted.out << counted.error);
    CHECK(std::atoi(counted.out.c_str()) > 10);
    CHECK(std::atoi(counted.out.c_str()) < static_cast<int>(documents::tool_processes_max));
}

TEST_CASE("a tool that takes too long or that nobody waits for is killed", "[convert]") {
    const auto slow = run_child({"/usr/bin/sleep", "1000"}, {.time = 50ms});
    CHECK(slow.how == child_end::kind::too_slow);
    CHECK(slow.status == 128 + SIGKILL);
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const descriptor read_end(ends[0]);
    descriptor(ends[1]).reset();
    CHECK(run_child({"/usr/bin/sleep", "1000"}, {.cancel = read_end.get()}).how ==
          child_end::kind::cancelled);
    CHECK(run_child({"/usr/bin/no-such-program"}, {}).how == child_end::kind::not_started);
    const auto loud =
        run_child(shell("yes | head -c 5000; echo done >&2; exit 7"), {.output_bytes_max = 1000});
    CHECK(loud.how == child_end::kind::ended);
    CHECK(loud.out.size() == 1000);
    CHECK(loud.error == "done\n");
    CHECK(loud.status == 7);
    if (!has_sandbox()) return;
    CHECK(run_in_sandbox({.time = 300ms}, {"/usr/bin/sleep", "1000"}).how == child_end::kind::too_slow);
}

TEST_CASE("a link that a tool leaves behind is not followed", "[convert]") {
    const temp_folder host;
    const auto secret = host.write("secret", "the server's key");
    std::filesystem::create_symlink(secret, host.file("link"));
    CHECK_FALSE(read_file(host.file("link"), 1000));
    CHECK_FALSE(file_bytes(host.file("link")));
    REQUIRE(mkfifo(host.file("pipe").c_str(), 0600) == 0);
    CHECK_FALSE(read_file(host.file("pipe"), 1000));
    CHECK(read_file(secret, 16) == "the server's key");
    CHECK_FALSE(read_file(secret, 15));
}
