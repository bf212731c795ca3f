// What comes of files and of the store: Excalidraw's JSON and records of boards. What was imported is within
// the tables, can be drawn, written as SVG and as a file again.
#include "libconf/whiteboard/excalidraw.hpp"
#include "libconf/whiteboard/page_json.hpp"
#include "libconf/whiteboard/svg.hpp"
#include "libconf/whiteboard/whiteboard.hpp"
#include "tests/fuzz/target.hpp"

namespace fuzz {
namespace {

using namespace conf::boards;

void as_records(bytes input) {
    source from(input);
    std::vector<conf::rooms::record> kept;
    while (!from.empty()) {
        const auto kind = static_cast<conf::rooms::record_kind>(7 + from.u8() % 6);
        const auto key = from.take(from.u8());
        const auto value = from.take(from.u16());
        kept.push_back({kind, std::string(conf::as_text(key)), std::string(conf::as_text(value))});
    }
    whiteboard board({});
    require(board.restore(kept) <= kept.size());
    for (const auto& document : board.documents()) {
        for (const auto& info : document.pages) {
            const auto* const page = board.find_page({document.number, info.number});
            require(page != nullptr);
            require(!page_to_svg(*page, {.info = info}).empty());
        }
    }
    outputs out;
    board.forget({}, out);
    require(board.documents().empty());
}

}  // namespace

void target::board_file(bytes input) {
    as_records(input);
    auto read = import_excalidraw(conf::as_text(input));
    if (!read) return;
    page on({1, 1});
    committed change{1, 1, wall_time{1}, {1, 1}};
    for (auto& one : read->shapes) {
        require(one.kind == op_kind::put);
        for (const auto& value : one.properties) require(may_have(one.type, value));
        auto indexed = one;
        indexed.properties.insert(indexed.properties.begin(), bytes_value(property::index, "a0"));
        change.ops.push_back(std::move(indexed));
    }
    on.apply(change, nullptr);
    require(on.size() == read->shapes.size());
    require(!page_to_json(on).empty());
    svg_options how;
    how.info.height = 0;
    require(!page_to_svg(on, how).empty());
    const auto again = import_excalidraw(export_excalidraw(on));
    require(again.has_value() || on.size() > 100);
}

}  // namespace fuzz
