#include "libconf/signalling/codec.hpp"
#include "tests/room/world.hpp"
#include "tests/signalling/samples.hpp"

#include <nlohmann/json.hpp>

#include <string>

using namespace room_test;
using conf::signalling::decode;
using conf::signalling::encode;
using conf::signalling::undecodable;
using nlohmann::json;

namespace {

/// Changes valid messages as an attacker would: bytes, and the meaning of fields.
class mutator {
public:
    explicit mutator(std::uint64_t seed) : random_(conf::crypto::key_from_seed(seed)) {}

    std::string change(std::string text) {
        if (random_.below(2) == 0) return change_fields(json::parse(text));
        for (std::uint64_t n = 0; n <= random_.below(4); ++n) change_bytes(text);
        return text;
    }

private:
    void change_bytes(std::string& text) {
        if (text.empty()) return;
        const auto at = random_.below(text.size());
        switch (random_.below(4)) {
            case 0: text[at] = static_cast<char>(random_.below(256)); break;
            case 1: text.erase(at, 1 + random_.below(8)); break;
            case 2: text.insert(at, text.substr(random_.below(text.size()), random_.below(20))); break;
            default: text.resize(at); break;
        }
    }

    json anything() {
        switch (random_.below(12)) {
            case 0: return nullptr;
            case 1: return true;
            case 2: return -1;
            case 3: return 0;
            case 4: return 9007199254740992ULL;
            case 5: return 1.5;
            case 6: return "";
            case 7: return std::string(70'000, 'x');
            case 8: return json::array({1, "x", json::object()});
            case 9: return json::object({{"__proto__", json::object()}, {"constructor", 1}});
            case 10: return "\xF0\x9F\x91\x8D\xE2\x80\xAE";
            default: return "viewer";
        }
    }

    /// What might have stood there.
    json another(const json& of) {
        if (of.is_boolean()) return !of.get<bool>();
        if (of.is_number()) return random_.below(5);
        if (of.is_string()) return random_.below(2) == 0 ? json("viewer") : json("h3k");
        return of;
    }

    std::string change_fields(json object) {
        for (std::uint64_t n = 0; n <= random_.below(3); ++n) {
            if (object.empty()) break;
            auto at = object.begin();
            std::advance(at, static_cast<std::ptrdiff_t>(random_.below(object.size())));
            // Without these there is no request.
            if ((at.key() == "type" || at.key() == "id") && random_.below(8) != 0) continue;
            auto* where = &at.value();
            while (where->is_structured() && !where->empty() && random_.below(2) == 0)
                where = &where->front();
            if (random_.below(4) == 0 && where == &at.value()) {
                object.erase(at);
            } else {
                *where = random_.below(2) == 0 ? another(*where) : anything();
            }
        }
        return object.dump();
    }

    conf::crypto::keyed_random random_;
};

}  // namespace

TEST_CASE("no message, however bent, throws, hangs, or touches others", "[signalling][room]") {  // SEC-WS-5
    mutator bend(1);
    std::size_t understood = 0;
    for (const auto& what : signalling_test::all_requests()) {
        world w;
        const auto watcher = w.enter("Watcher", role::moderator);
        const auto valid = encode(request{1'000'000, what});
        INFO(valid);
        world::member sender = w.enter("Sender");
        for (int i = 0; i < 500; ++i) {
            const auto text = bend.change(valid);
            const auto got = decode(text);
            // The one who sends it may be outside, waiting, inside or over; at worst he loses the connection.
            if (!w.room.participant_of(sender.link)) sender = w.enter("Sender");
            if (const auto* const bad = std::get_if<undecodable>(&got)) {
                static_cast<void>(encode(message{bad->id, bad->why}));
                w.room.handle_bad(sender.link, w.at, w.out);
            } else {
                const auto& asked = std::get<request>(got);
                CHECK(decode(encode(asked)).index() == 0);
                w.room.handle(sender.link, asked, nullptr, w.at, w.out);
                ++understood;
            }
            for (const auto& one : w.out.messages) static_cast<void>(encode(one.what));
            w.out.clear();
            w.at.now += 200ms;
            w.room.handle_timeout(w.at, w.out);
            w.out.clear();
        }
        REQUIRE(w.room.is_in(watcher.id));
        CHECK(w.room.find_person(watcher.id)->acts_as == role::moderator);
        w.want<chat_sent>(watcher.link, chat_send{"still here", "k", {}, {}});
    }
    CHECK(understood > 2000);
}
