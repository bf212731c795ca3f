// A TURN relay to one media server. Start it as: openssl rand -hex 32 | example_turn_relay [PORT]
#include <conf/turn.hpp>

#include <iostream>

#include <unistd.h>

int main(int argc, char** argv) {
    const std::string port = argc > 1 ? argv[1] : "3478";
    conf::turn_options options;
    options.listen = {"udp://0.0.0.0:" + port, "tcp://0.0.0.0:" + port};
    options.sfu_addresses = {"192.0.2.7:40000"};
    std::getline(std::cin, options.secrets.emplace_back());
    auto relay = conf::turn_server::create(options);
    if (!relay) return std::cerr << relay.error().message() << '\n', 1;
    for (const auto& url : relay->status().listening) std::cout << url << std::endl;
    pause();  // the relay works in threads of its own, until a signal ends the program
}
