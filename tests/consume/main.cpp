// A program of somebody else: what it can use is the public headers and the library.
#include <conf/turn.hpp>
#include <conf/version.hpp>

#include <cstdio>

namespace {

int fail(const char* what) {
    std::printf("%s\n", what);
    return 1;
}

}  // namespace

int main() {
    if (conf::version() != CONF_VERSION_STRING) return fail("headers and library differ in their version");

    conf::turn_options options;
    options.listen = {"udp://127.0.0.1:0"};
    options.relay_address = {"127.0.0.1"};
    const auto without_users = conf::turn_server::create(options);
    if (without_users) return fail("a relay that nobody may use was started");
    if (without_users.error().code() != conf::turn_errc::no_credentials)
        return fail("not the error it should be");

    options.users = {{"ada", "a password of some length"}};
    auto server = conf::turn_server::create(options);
    if (!server) return fail(server.error().message().c_str());
    if (server->status().listening.size() != 1) return fail("it does not say where it listens");
    return 0;
}
