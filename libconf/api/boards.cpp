#include "libconf/api/boards.hpp"

#include "libconf/host/board_api.hpp"
#include "libconf/signalling/shape_json.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/page.hpp"

#include <conf/track.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <future>
#include <mutex>
#include <utility>
#include <variant>

namespace conf {
namespace api {
namespace {

using json = nlohmann::ordered_json;

class board_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.board"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<board_errc>(code)) {
            case board_errc::bad_room:
                return R"(a room's name has 1 to 64 letters (A to Z), digits, "-", "_" or ".")";
            case board_errc::unknown_page: return "there is no such page";
            case board_errc::bad_shape: return "a shape can not be so";
            case board_errc::bad_file: return "this is no file of Excalidraw";
            case board_errc::full: return "the room has as many documents as it may";
            case board_errc::not_saved: return "the store can not write now";
        }
        return "unknown board error";
    }
};

std::string id_text(std::uint64_t id) {
    return boards::text_of(id);
}

std::uint64_t id_of(const json& text) {
    std::uint64_t made = 0;
    const auto& hex = text.get_ref<const std::string&>();
    std::from_chars(hex.data(), hex.data() + hex.size(), made, 16);
    return made;
}

bool has(const board_shape& what, boards::property which) {
    for (std::size_t at = 1; at <= boards::shape_type_count; ++at) {
        const auto type = static_cast<boards::shape_type>(at);
        if (boards::name_of(type) == what.type) return boards::has_property(type, which);
    }
    return false;
}

/// A put of the HTTP API: so there is one place that judges values.
json op_of(const board_shape& what) {
    using enum boards::property;
    json made{{"op", "put"}, {"type", what.type}};
    if (what.id != 0) made["id"] = id_text(what.id);
    const auto put = [&](boards::property which, auto value) {
        if (has(what, which)) made[std::string(boards::rule_of(which).name)] = std::move(value);
    };
    put(x, what.x);
    put(y, what.y);
    put(rotation, what.rotation);
    put(width, what.width);
    put(height, what.height);
    put(colour, what.colour);
    put(stroke_width, what.stroke_width);
    put(dash, what.dash);
    put(fill, what.fill);
    put(fill_colour, what.fill_colour);
    put(opacity, what.opacity);
    put(text, what.text);
    put(font_size, what.font_size);
    put(title, what.title);
    if (!what.points.empty() && has(what, points)) {
        auto& all = made["points"] = json::array();
        for (const auto& one : what.points) {
            auto& at = all.emplace_back(json::array({one.x, one.y}));
            if (one.pressure) at.push_back(*one.pressure);
        }
    }
    return made;
}

board_shape shape_of(const json& from) {
    board_shape made;
    made.id = id_of(from["id"]);
    made.type = from["type"];
    made.author = from["author"];
    made.version = from["version"];
    const auto read = [&](const char* name, auto& into) {
        if (const auto found = from.find(name); found != from.end()) found->get_to(into);
    };
    read("x", made.x);
    read("y", made.y);
    read("rotation", made.rotation);
    read("width", made.width);
    read("height", made.height);
    read("colour", made.colour);
    read("stroke_width", made.stroke_width);
    read("dash", made.dash);
    read("fill", made.fill);
    read("fill_colour", made.fill_colour);
    read("opacity", made.opacity);
    read("text", made.text);
    read("font_size", made.font_size);
    read("title", made.title);
    if (const auto found = from.find("points"); found != from.end()) {
        for (const auto& one : *found) {
            made.points.push_back({one[0], one[1], {}});
            if (one.size() > 2) made.points.back().pressure = one[2].get<int>();
        }
    }
    return made;
}

conf::error error_of(const host::api_refusal& why) {
    auto code = board_errc::bad_shape;
    if (why.code == "unknown_page") code = board_errc::unknown_page;
    if (why.code == "bad_file") code = board_errc::bad_file;
    return {make_error_code(code), why.field.empty() ? why.message : why.field + ": " + why.message};
}

boards::place place_of(const board_page& from) {
    return {from.document, from.page};
}

}  // namespace

result<void> board_link::run(
    const std::string& room,
    const std::function<result<void>(boards::whiteboard&, const rooms::moment&, boards::outputs&)>& what) {
    const std::shared_lock lock(mutex);
    if (!server) return conf::error(media_errc::stopped);
    if (server->loop.is_here()) return conf::error(media_errc::wrong_thread);
    // Copied and shared: the caller may be gone before `set_value` has returned.
    const auto done = std::make_shared<std::promise<result<void>>>();
    server->loop.post([this, room, &what, done] {
        const auto how = std::make_shared<result<void>>();
        server->boards.with_board(
            room,
            [&what, how](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
                *how = what(on, at, out);
            },
            [done, how](bool saved) {
                const bool lost = how->has_value() && !saved;
                done->set_value(lost ? result<void>(conf::error(make_error_code(board_errc::not_saved)))
                                     : *how);
            });
    });
    return done->get_future().get();
}

host::board_host::files::pictures board_link::pictures(const std::string& room, const boards::place& of) {
    using made = host::board_host::files::pictures;
    const std::shared_lock lock(mutex);
    if (!server || server->loop.is_here()) return {};
    const auto done = std::make_shared<std::promise<made>>();
    server->loop.post([this, room, of, done] {
        server->boards.fetch_pictures(room, of, [done](const made& got) { done->set_value(got); });
    });
    return done->get_future().get();
}

std::uint64_t board_link::draw_number() {
    return random() | 1;
}

void board_link::cut() {
    const std::unique_lock lock(mutex);
    server.reset();
}

}  // namespace api

inline namespace v0 {

const std::error_category& board_category() noexcept {
    static const api::board_error_category category;
    return category;
}

board::board(std::shared_ptr<impl> state) noexcept : impl_(std::move(state)) {}

result<std::vector<board_document>> board::documents() const {
    std::vector<board_document> all;
    const auto done = impl_->link->run(impl_->room, [&](auto& on, const auto&, auto&) -> result<void> {
        for (const auto& one : on.documents()) {
            auto& made = all.emplace_back();
            made.number = one.number;
            made.kind = boards::name_of(one.kind);
            made.title = one.title;
            made.state = boards::name_of(one.state);
            for (const auto& page : one.pages) made.pages.push_back({one.number, page.number});
        }
        return {};
    });
    if (!done) return done.error();
    return all;
}

result<board_page> board::add_document(board_kind kind, std::string_view title) const {
    board_page made;
    const auto done = impl_->link->run(impl_->room, [&](auto& on, const auto& at, auto& out) -> result<void> {
        const auto as =
            kind == board_kind::blank ? boards::document_kind::blank : boards::document_kind::infinite;
        const auto number = on.add_document(as, std::string(title), std::nullopt, at, out);
        if (!number) return conf::error(make_error_code(board_errc::full));
        made = {*number, on.find_document(*number)->pages.front().number};
        return {};
    });
    if (!done) return done.error();
    return made;
}

result<void> board::stage(const board_page& where) const {
    return impl_->link->run(impl_->room, [&](auto& on, const auto& at, auto& out) -> result<void> {
        if (on.find_page(api::place_of(where)) == nullptr)
            return conf::error(make_error_code(board_errc::unknown_page));
        on.stage(api::place_of(where), at, out);
        return {};
    });
}

result<std::vector<std::uint64_t>> board::draw(const board_page& where,
                                               const std::vector<board_shape>& shapes) const {
    api::json ops = api::json::array();
    for (const auto& one : shapes) ops.push_back(api::op_of(one));
    const api::json all{{"ops", std::move(ops)}};
    return change(where, all.dump(-1, ' ', false, api::json::error_handler_t::replace));
}

result<std::vector<std::uint64_t>> board::change(const board_page& where, std::string_view ops_json) const {
    std::vector<std::uint64_t> ids;
    const auto done = impl_->link->run(impl_->room, [&](auto& on, const auto& at, auto& out) -> result<void> {
        const auto read = signalling::decode_ops(ops_json, [&] { return impl_->link->draw_number(); });
        if (const auto* const bad = std::get_if<signalling::bad_ops>(&read))
            return conf::error(make_error_code(board_errc::bad_shape), bad->field + ": " + bad->why);
        auto drawn = host::draw_ops(on, api::place_of(where), std::get<0>(read), at, out);
        if (const auto* const why = std::get_if<host::api_refusal>(&drawn)) return api::error_of(*why);
        ids = std::get<0>(std::move(drawn));
        return {};
    });
    if (!done) return done.error();
    return ids;
}

result<std::size_t> board::clear(const board_page& where) const {
    std::size_t removed = 0;
    const auto done = impl_->link->run(impl_->room, [&](auto& on, const auto& at, auto& out) -> result<void> {
        if (on.find_page(api::place_of(where)) == nullptr)
            return conf::error(make_error_code(board_errc::unknown_page));
        removed = host::clear_page(on, api::place_of(where), at, out);
        return {};
    });
    if (!done) return done.error();
    return removed;
}

result<std::size_t> board::import_excalidraw(const board_page& where, std::string_view file) const {
    std::size_t made = 0;
    const auto done = impl_->link->run(impl_->room, [&](auto& on, const auto& at, auto& out) -> result<void> {
        if (file.size() > boards::import_bytes_max)
            return conf::error(make_error_code(board_errc::bad_file), "it has more than 900 000 bytes");
        const auto got =
            host::import_into(on, api::place_of(where), file, impl_->link->draw_number(), at, out);
        if (const auto* const why = std::get_if<host::api_refusal>(&got)) return api::error_of(*why);
        made = std::get<host::import_result>(got).made;
        return {};
    });
    if (!done) return done.error();
    return made;
}

namespace {

result<std::string> page_as(const board::impl& of, const board_page& where, std::string_view format) {
    std::string made;
    host::board_host::files::pictures pictures;
    if (format != "json") pictures = of.link->pictures(of.room, api::place_of(where));
    const auto done = of.link->run(of.room, [&](auto& on, const auto&, auto&) -> result<void> {
        auto got = host::page_as(on, api::place_of(where), {.format = format, .pictures = &pictures});
        if (const auto* const why = std::get_if<host::api_refusal>(&got)) return api::error_of(*why);
        made = std::move(std::get<host::page_text>(got).text);
        return {};
    });
    if (!done) return done.error();
    return made;
}

}  // namespace

result<std::string> board::json(const board_page& where) const {
    return page_as(*impl_, where, "json");
}

result<std::string> board::svg(const board_page& where) const {
    return page_as(*impl_, where, "svg");
}

result<std::string> board::excalidraw(const board_page& where) const {
    return page_as(*impl_, where, "excalidraw");
}

result<std::vector<board_shape>> board::shapes(const board_page& where) const {
    const auto text = json(where);
    if (!text) return text.error();
    std::vector<board_shape> all;
    const auto whole = api::json::parse(*text);
    for (const auto& one : whole["shapes"]) all.push_back(api::shape_of(one));
    return all;
}

}  // namespace v0
}  // namespace conf
