// A pad inside a program: it makes one from a template, adds what was decided, and prints what is there.
// People write in it at the same time, with the pages or with any client of y-websocket. usage:
// example_write_pad [HTTP-PORT]
#include <conf/server.hpp>

#include <iostream>

int main(int argc, char** argv) {
    conf::server_options options;
    options.http.listen = {std::string("127.0.0.1:") + (argc > 1 ? argv[1] : "8080")};
    auto server = conf::server::create(options);
    if (!server) return std::cerr << server.error().message() << '\n', 1;

    const auto pads = server->pads();
    const conf::pad_writer clerk{.person = "clerk", .name = "The clerk"};
    auto done = pads.write("board", "minutes", "# Minutes\n\n- [ ] elect a chair\n",
                           conf::pad_format::markdown, clerk);
    if (done)
        done = pads.append("board", "minutes", "**Decided:** Ada is the chair.\n", conf::pad_format::markdown,
                           clerk);
    const auto text = pads.read("board", "minutes");
    if (!done || !text) return std::cerr << (done ? text.error() : done.error()).message() << '\n', 1;
    std::cout << *text << server->listening().front() << "/pad/board/minutes" << std::endl;

    pads.on_write([](const conf::pad_event& event) { std::cout << event.person << " wrote" << std::endl; });
    server->wait();  // until a signal ends the program
}
