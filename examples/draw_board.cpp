// A board without a browser: a program draws on it, reads what lies there, and exports the page.
// usage: example_draw_board [FILE.svg]   without a file the picture goes to standard output
#include <conf/server.hpp>

#include <cmath>
#include <fstream>
#include <iostream>

namespace {

/// A curve by hand: 200 points of a damped wave.
conf::board_shape wave() {
    conf::board_shape made{.type = "pen", .x = 220, .y = 620, .colour = "#0b6e4f", .stroke_width = 6};
    for (int i = 0; i < 200; ++i) {
        made.points.push_back({5.0 * i, -180 * std::exp(-i / 80.0) * std::sin(i / 8.0), {}});
    }
    return made;
}

int run(const char* file) {
    conf::server_options options;
    options.http.listen = {"127.0.0.1:0"};
    const auto server = conf::server::create(options).value();
    const auto board = server.board("physics").value();

    const auto page = board.add_document(conf::board_kind::blank, "A damped wave").value();
    board
        .draw(page, {{.type = "arrow", .x = 200, .y = 620, .points = {{0, 0, {}}, {1060, 0, {}}}},
                     {.type = "text",
                      .x = 200,
                      .y = 200,
                      .colour = "#7a1f1f",
                      .text = "A damped wave",
                      .font_size = 72},
                     wave()})
        .value();
    board.stage(page).value();  // who comes into the room sees it

    for (const auto& shape : board.shapes(page).value()) {
        std::clog << shape.type << " at " << shape.x << ", " << shape.y << '\n';
    }
    const auto picture = board.svg(page).value();
    if (file == nullptr) {
        std::cout << picture << '\n';
    } else {
        std::ofstream(file) << picture;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc > 1 ? argv[1] : nullptr);
    } catch (const std::exception& wrong) {
        return std::cerr << wrong.what() << '\n', 1;
    }
}
