// Documents of ours for run.mjs, which compares them with documents of yjs. A command a line, an answer a
// line:
//
//   new SEED COUNT FORMATS   COUNT documents, with formats and embedded objects (1) or without (0)
//   edit N                   a random transaction of document N; its update
//   apply N UPDATE           "ok", or why not
//   apply2 N UPDATE          the same in format 2
//   state N                  all of it as an update
//   view N                   what it shows, as JSON
//
// Updates are hexadecimal; client ids are N + 1.
#include "libconf/crdt/json.hpp"
#include "tests/crdt/random_edits.hpp"

#include <iostream>
#include <optional>
#include <sstream>
#include <string>

namespace {

using namespace crdt_test;

buffer from_hex(const std::string& hex) {
    buffer made;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        made.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    return made;
}

std::string to_hex(const buffer& data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made;
    for (const auto each : data) {
        made += digits[std::to_integer<unsigned>(each) >> 4];
        made += digits[std::to_integer<unsigned>(each) & 15];
    }
    return made;
}

std::string view(document& of) {
    any::array steps;
    for (const auto& each : joined(of.get_text("t").to_delta())) {
        any::object step{{"insert", each.what == delta_step::kind::insert ? any(each.text) : each.object}};
        if (!each.format.empty()) step.emplace_back("attributes", each.format);
        steps.push_back(std::move(step));
    }
    return to_json(any::object{{"t", steps},
                               {"m", to_any(of.get_map("m"))},
                               {"a", to_any(of.get_array("a"))},
                               {"x", of.get_xml("x").to_string()}});
}

std::string told(const conf::result<void>& done) {
    return done ? "ok" : done.error().message();
}

}  // namespace

int main() {
    std::optional<replicas> all;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command;
        std::uint32_t number = 0;
        words >> command >> number;
        if (command == "new") {
            std::size_t count = 0;
            bool formats = false;
            words >> count >> formats;
            all.emplace(number, count, document_options{.clean_formats = true}, formats);
            for (std::size_t i = 0; i < count; ++i) static_cast<void>(view((*all)[i]));
            std::cout << "ok" << std::endl;
            continue;
        }
        auto& of = (*all)[number];
        std::string hex;
        words >> hex;
        if (command == "edit") {
            std::cout << to_hex(all->edit(number));
        } else if (command == "apply") {
            std::cout << told(of.apply(from_hex(hex)));
        } else if (command == "apply2") {
            std::cout << told(of.apply_v2(from_hex(hex)));
        } else if (command == "state") {
            std::cout << to_hex(of.encode_state());
        } else {
            std::cout << view(of);
        }
        std::cout << std::endl;
    }
}
