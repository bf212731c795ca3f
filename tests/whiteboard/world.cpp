#include "tests/whiteboard/world.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace board_test {

namespace {
conf::boards::settings with_assets(conf::boards::settings with) {
    if (!with.has_asset) with.has_asset = [](const std::string& asset) { return asset.starts_with("asset"); };
    return with;
}
}  // namespace

world::world(boards::settings with) : board(with_assets(with)), options(with_assets(std::move(with))) {
    board.add_document(boards::document_kind::blank, "Board", std::nullopt, at, out);
    take_outputs();
}

client& world::add(std::string id, role acts_as) {
    auto& made = clients_[id];
    made.link = next_link_++;
    made.who = {id, "name of " + id, acts_as};
    return made;
}

void world::open(client& who) {
    ask(who, boards::board_open{});
}

void world::look(client& who, boards::place where) {
    ask(who, boards::board_look{where, std::nullopt});
}

client& world::enter(std::string id, role acts_as) {
    auto& made = add(std::move(id), acts_as);
    open(made);
    look(made);
    return made;
}

bool world::ask(client& who, boards::request_body what) {
    const bool good = board.handle(who.link, who.who, {who.next_request++, std::move(what)}, at, out);
    take_outputs();
    return good;
}

bool world::send(client& who, const boards::client_frame& what) {
    return send_raw(who, encode(what));
}

bool world::send_raw(client& who, std::string_view bytes) {
    const bool good = board.handle_frame(who.link, who.who, conf::as_bytes(bytes), at, out);
    take_outputs();
    return good;
}

boards::change_verdict world::change(client& who, std::vector<boards::op> ops, std::uint64_t gesture,
                                     boards::place where) {
    const auto number = who.next_change++;
    send(who, boards::change_frame{number, gesture, where, std::move(ops)});
    const auto& all = got_[who.link];
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        const auto* const frame = std::get_if<boards::server_frame>(&*at);
        const auto* const verdict = frame != nullptr ? std::get_if<boards::change_verdict>(frame) : nullptr;
        if (verdict != nullptr && verdict->number == number) return *verdict;
    }
    FAIL("no verdict");
    return {};
}

void world::leave(client& who) {
    board.handle_closed(who.link, at, out);
    take_outputs();
    who.link = next_link_++;
}

void world::wait(std::chrono::milliseconds time) {
    const auto end = at.now + time;
    for (auto due = board.deadline(); due && *due <= end; due = board.deadline()) {
        const auto now = std::max(*due, at.now);
        at.wall += std::chrono::duration_cast<boards::wall_time>(now - at.now);
        at.now = now;
        board.handle_timeout(at, out);
        take_outputs();
    }
    at.wall += std::chrono::duration_cast<boards::wall_time>(end - at.now);
    at.now = end;
}

void world::restart() {
    std::vector<conf::rooms::record> kept;
    for (const auto& [key, value] : store) kept.push_back({key.first, key.second, value});
    board = boards::whiteboard(options);
    unreadable = board.restore(kept);
    out.clear();
    got_.clear();
    for (auto& [id, one] : clients_) one.link = next_link_++;
}

std::string world::failure(const client& who) const {
    const auto all = heard<boards::failure>(who);
    return all.empty() ? std::string() : std::string(name_of(all.back().code));
}

void world::take_outputs() {
    for (const auto& one : out.records) {
        if (one.value.empty()) {
            store.erase({one.kind, one.key});
        } else {
            store[{one.kind, one.key}] = one.value;
        }
    }
    for (auto& one : out.wishes) wishes.push_back(one);
    for (const auto& one : out.messages) {
        std::vector<boards::server_frame> read;
        if (const auto* const frame = std::get_if<boards::shared_frame>(&one.what)) {
            ++frames;
            auto decoded = boards::decode_server_frames(conf::as_bytes(**frame));
            REQUIRE(decoded.has_value());
            read = std::move(*decoded);
        }
        for (const auto to : *one.to) {
            if (to == one.but) continue;
            for (const auto& frame : read) got_[to].emplace_back(frame);
            if (const auto* const message = std::get_if<boards::message>(&one.what))
                got_[to].emplace_back(*message);
        }
    }
    out.clear();
}

boards::op put(boards::shape_id id, boards::shape_type type, std::vector<boards::property_value> values) {
    std::ranges::sort(values, {}, &boards::property_value::which);
    return {boards::op_kind::put, id, type, std::move(values), {}};
}
boards::op patch(boards::shape_id id, std::vector<boards::property_value> values) {
    std::ranges::sort(values, {}, &boards::property_value::which);
    return {boards::op_kind::patch, id, {}, std::move(values), {}};
}
boards::op remove(boards::shape_id id) {
    return {boards::op_kind::remove, id, {}, {}, {}};
}
boards::op stroke(boards::shape_id id, std::size_t points) {
    return put(id, boards::shape_type::pen,
               {boards::bytes_value(boards::property::points, diagonal(points))});
}
boards::op box(boards::shape_id id, std::int64_t x) {
    return put(id, boards::shape_type::rectangle,
               {x_is(x), boards::number_value(boards::property::width, 1600),
                boards::number_value(boards::property::height, 800)});
}
boards::property_value x_is(std::int64_t units) {
    return boards::signed_value(boards::property::x, units * boards::per_unit);
}
boards::property_value colour_is(std::uint64_t colour) {
    return boards::number_value(boards::property::colour, colour);
}
boards::property_value locked_is(bool on) {
    return boards::number_value(boards::property::locked, on ? 1 : 0);
}
std::string diagonal(std::size_t points, std::int64_t step) {
    boards::point_list list;
    for (std::size_t at = 0; at < points; ++at) {
        list.all.push_back({static_cast<std::int64_t>(at) * step, static_cast<std::int64_t>(at) * step});
    }
    return encode_points(list);
}
std::string id_bytes(boards::shape_id id) {
    std::string to;
    boards::append_id(to, id);
    return to;
}

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
    }
    return bytes;
}
std::string to_hex(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        hex += "0123456789abcdef"[static_cast<std::uint8_t>(c) >> 4];
        hex += "0123456789abcdef"[static_cast<std::uint8_t>(c) & 0xF];
    }
    return hex;
}
std::string read_file(std::string_view path) {
    std::ifstream file(std::string(CONF_TESTS_DIR) + "/" + std::string(path), std::ios::binary);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace board_test
