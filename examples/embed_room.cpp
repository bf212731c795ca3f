// A meeting inside a program: it invites, greets who comes in, and lets the waiting room in. People use the
// signalling protocol, or the pages where a program has them. usage: example_embed_room [HTTP-PORT]
#include <conf/server.hpp>

#include <iostream>

int main(int argc, char** argv) {
    conf::server_options options;
    options.http.listen = {std::string("127.0.0.1:") + (argc > 1 ? argv[1] : "8080")};
    options.media.listen = {"localhost:0"};
    options.rooms.open = false;  // only who was invited
    auto server = conf::server::create(options);
    if (!server) return std::cerr << server.error().message() << '\n', 1;

    const auto meetings = server->meetings();
    meetings.on_event([meetings](const conf::meeting_event& event) {
        using kind = conf::meeting_event_kind;
        if (event.what == kind::waits) meetings.admit(event.room, event.who);
        if (event.what == kind::came_in) meetings.say(event.room, "Host", "Welcome, " + event.name);
        if (event.what == kind::message) std::cout << event.name << ": " << event.text << std::endl;
    });
    for (const auto role : {conf::meeting_role::moderator, conf::meeting_role::viewer}) {
        auto token = meetings.invite({.room = "board", .role = role});
        std::cout << server->listening().front() << "/signal/board " << token.value() << std::endl;
    }
    server->wait();  // until a signal ends the program
}
