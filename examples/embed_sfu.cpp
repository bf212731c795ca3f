// An SFU in a program: browsers publish at /whip/ROOM/NAME and play at /whep/ROOM; /play/ROOM is a page for
// both. usage: example_embed_sfu [HTTP-PORT]
#include <conf/server.hpp>

#include <iostream>

int main(int argc, char** argv) {
    conf::server_options options;
    options.http.listen = {std::string("127.0.0.1:") + (argc > 1 ? argv[1] : "8080")};
    options.media.listen = {"localhost:0"};
    auto server = conf::server::create(options);
    if (!server) return std::cerr << server.error().message() << '\n', 1;

    server->on_event([](const conf::room_event& event) {
        const auto who = event.who ? event.who->name().value_or("(player)") : "";
        switch (event.what) {
            case conf::room_event_kind::participant_joined: std::cout << who << " joined "; break;
            case conf::room_event_kind::participant_left: std::cout << who << " left "; break;
            case conf::room_event_kind::speaker_changed: std::cout << who << " speaks in "; break;
            default: return;
        }
        std::cout << event.where.name() << std::endl;
    });
    std::cout << server->listening().front() << std::endl;
    server->wait();  // until a signal ends the program
}
