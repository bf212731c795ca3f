#include "libconf/pad/pad.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"
#include "libconf/pad/tree.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace conf;
using namespace conf::pads;
using namespace std::chrono_literals;

namespace {

const visitor ada{"p:ada", "Ada", right::write};
const visitor bo{"p:bo", "Bo", right::write};
const visitor reader{"p:rey", "Rey", right::read};
const visitor boss{"p:max", "Max", right::manage};

moment at(std::chrono::milliseconds when) {
    return {instant(when), wall_time(1'800'000'000'000) + when};
}

/// A stock client: a document, and what the server told it.
struct client {
    explicit client(crdt::client_id number) : document({.client = number}) {}

    void hear(bytes frame) {
        frame_reader from(frame);
        while (const auto one = from.next()) {
            if (one->on == channel::sync && one->step != sync_step::state_vector) {
                REQUIRE(document.apply(one->payload));
                ++updates;
            }
            if (one->on == channel::sync && one->step == sync_step::state_vector)
                server = crdt::state_vector::decode(one->payload).value();
        }
        if (from.fault() == frame_fault::unknown_channel) {  // the client's reader knows no auth
            crdt::wire_reader raw(frame);
            (void)raw.var_uint();
            const auto kind = static_cast<auth_kind>(raw.var_uint());
            told.emplace_back(kind, std::string(raw.var_string()));
        }
    }
    message type(std::string_view text) {
        const auto update = document.transact([&] {
            auto into = document.get_text("t");
            REQUIRE(into.insert(into.length(), text));
        });
        return sync_message(sync_step::update, update);
    }
    std::string text() { return document.get_text("t").to_string(); }

    crdt::document document;
    std::optional<crdt::state_vector> server;
    std::vector<std::pair<auth_kind, std::string>> told;
    int updates = 0;
};

/// A pad, its store, and who has it open.
struct desk {
    explicit desk(limits with = {}) : within(with) { start(); }

    void start() {
        crypto::random_key key{};
        key.fill(std::byte{static_cast<unsigned char>(++starts)});
        pad = std::make_unique<pads::pad>(within, key);
        std::vector<record> kept;
        for (const auto& [where, value] : store) kept.push_back({where.first, where.second, value});
        REQUIRE(pad->restore(kept) == 0);
    }
    /// The store keeps, then the messages go out.
    void settle() {
        for (auto& one : out.records) {
            if (one.value.empty()) {
                store.erase({one.kind, one.key});
            } else {
                store[{one.kind, one.key}] = one.value;
            }
        }
        for (const auto& one : out.messages) {
            for (const auto to : one.to) {
                if (clients.contains(to)) clients[to]->hear(*one.what);
            }
        }
        closings.insert(closings.end(), out.closings.begin(), out.closings.end());
        refusals.insert(refusals.end(), out.refusals.begin(), out.refusals.end());
        out.clear();
    }
    client& open(connection_id number, const visitor& who, std::chrono::milliseconds when = 0ms) {
        auto& one = *(clients[number] = std::make_unique<client>(1000 + number));
        pad->handle_opened(number, who, at(when), out);
        settle();
        say(number, sync_message(sync_step::state_vector, one.document.states().encode()), when);
        return one;
    }
    void say(connection_id from, const message& what, std::chrono::milliseconds when = 0ms) {
        pad->handle(from, what, at(when), out);
        settle();
    }
    void ring(std::chrono::milliseconds when) {
        pad->handle_timeout(at(when), out);
        settle();
    }

    limits within;
    std::unique_ptr<pads::pad> pad;
    std::map<std::pair<record_kind, std::string>, std::string> store;
    std::map<connection_id, std::unique_ptr<client>> clients;
    std::vector<closing> closings;
    std::vector<refusal> refusals;
    outputs out;
    unsigned char starts = 0;
};

message update_of(crdt::client_id client, std::string_view text) {
    crdt::document one({.client = client});
    return sync_message(sync_step::update, one.transact([&] { REQUIRE(one.get_text("t").insert(0, text)); }));
}

}  // namespace

TEST_CASE("what one writes the others have, and the writer hears it back", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    auto& two = on.open(2, bo);
    CHECK(one.server);
    const auto heard = one.updates;
    on.say(1, one.type("hello"));
    CHECK(two.text() == "hello");
    CHECK(one.updates == heard + 1);
    auto& three = on.open(3, reader);
    CHECK(three.text() == "hello");
    CHECK(on.refusals.empty());
}

TEST_CASE("nothing is passed on in a turn before its record", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    on.open(2, bo);
    on.pad->handle(1, one.type("a"), at(0ms), on.out);
    REQUIRE(on.out.records.size() == 2);  // the author, the update
    CHECK(on.out.messages.size() == 1);
    on.settle();
    // In the next milliseconds edits gather, and a newcomer is told only with their record.
    on.pad->handle(1, one.type("b"), at(5ms), on.out);
    CHECK(on.out.records.empty());
    CHECK(on.out.messages.empty());
    on.pad->handle_opened(3, bo, at(6ms), on.out);
    CHECK(on.out.records.size() == 1);
    on.settle();
    on.start();
    CHECK(on.pad->update() == one.document.encode_state());
}

TEST_CASE("edits of a tick become one record and one message", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    auto& two = on.open(2, bo);
    on.say(1, one.type("a"));
    const auto heard = two.updates;
    const auto kept = on.store.size();
    on.say(1, one.type("b"), 1ms);
    on.say(2, two.type("c"), 2ms);
    on.say(1, one.type("d"), 3ms);
    CHECK(two.updates == heard);
    CHECK(on.pad->deadline() == at(gather_time).now);
    on.ring(gather_time);
    CHECK(two.updates == heard + 1);
    CHECK(on.store.size() == kept + 2);  // one update, and one author who is new
    CHECK(one.text() == two.text());
    CHECK(one.text().size() == 4);
}

TEST_CASE("authors stay in the order of their first words", "[pad]") {
    desk on;
    on.say(9, on.open(9, ada).type("first"));
    on.say(2, on.open(2, bo).type("second"));
    on.start();
    const auto all = on.pad->authors().all();
    REQUIRE(all.size() == 2);
    CHECK(all[0].person == "p:ada");
    CHECK(all[1].person == "p:bo");
}

TEST_CASE("an acknowledged edit survives a kill", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    for (int edit = 0; edit < 30; ++edit) on.say(1, one.type("x"), edit * 100ms);
    const auto state = one.document.encode_state();
    on.start();
    CHECK(on.pad->update() == state);
    CHECK(on.pad->authors().find("p:ada")->clients == std::vector<crdt::client_id>{1001});
    // A client id stays its owner's.
    on.open(2, bo);
    on.say(2, update_of(1001, std::string(40, 'y')), 5s);
    CHECK(on.refusals == std::vector{refusal::foreign_client});
    CHECK(on.pad->update() == state);
}

TEST_CASE("updates that cannot be are refused whole", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    on.open(2, bo);
    on.say(1, one.type("mine"));
    const auto before = on.pad->update();
    const auto good = update_of(1002, "fine");

    struct bad_case {
        std::string why;
        message frame;
        refusal expected;
    };
    const std::vector<bad_case> cases{
        {"cut off", sync_message(sync_step::update, bytes(good).subspan(3, good.size() - 5)),
         refusal::unreadable},
        {"not an update", sync_message(sync_step::update, as_bytes("hello, world")), refusal::unreadable},
        {"a frame that is cut off", message(good.begin(), good.end() - 1), refusal::unreadable},
        {"a state vector that is none", sync_message(sync_step::state_vector, as_bytes("\xFF\xFF")),
         refusal::unreadable},
        {"what somebody else wrote", update_of(1001, "not mine, but longer"), refusal::foreign_client},
        {"no state", awareness_message(as_bytes("\x01")), refusal::awareness},
    };
    for (const auto& c : cases) {
        INFO(c.why);
        on.refusals.clear();
        on.say(2, c.frame, 1s);
        CHECK(on.refusals == std::vector{c.expected});
        CHECK(on.pad->update() == before);
        REQUIRE_FALSE(on.clients[2]->told.empty());
        CHECK(on.clients[2]->told.back().first == auth_kind::refused);
        CHECK(on.clients[2]->told.back().second.starts_with(to_string(c.expected)));
    }
    CHECK(on.closings.empty());
    on.say(2, good, 2s);
    on.ring(3s);
    CHECK(one.text().size() == 8);
    // What everybody knows already may come from anybody.
    on.refusals.clear();
    on.say(2, sync_message(sync_step::missing, before), 3s);
    CHECK(on.refusals.empty());
}

TEST_CASE("who goes on sending what is refused is sent away", "[pad]") {
    desk on;
    on.within.refusals_max = 3;
    on.start();
    on.open(1, ada);
    for (int at = 0; at < 3; ++at) on.say(1, message{std::byte{0}, std::byte{9}});
    CHECK(on.closings.empty());
    on.say(1, message{std::byte{0}, std::byte{9}});
    REQUIRE(on.closings.size() == 1);
    CHECK(on.closings[0].code == close_code::refused);
    CHECK(on.pad->connections() == 0);
    on.say(1, message{std::byte{0}, std::byte{9}});  // nobody's any more
    CHECK(on.refusals.size() == 4);
}

TEST_CASE("the right to write is judged at each update", "[pad]") {
    desk on;
    auto& rey = on.open(1, reader);
    auto& one = on.open(2, ada);
    auto& max = on.open(3, boss);
    CHECK(rey.told == std::vector<std::pair<auth_kind, std::string>>{
                          {auth_kind::denied, "read_only: you may read here, not write"}});
    on.say(1, rey.type("no"));
    CHECK(on.refusals == std::vector{refusal::read_only});
    CHECK(on.pad->update() == std::vector<std::byte>{std::byte{0}, std::byte{0}});

    SECTION("an empty answer to the server's first step is no write") {
        on.say(1, sync_message(sync_step::missing, std::vector<std::byte>(2, std::byte{0})));
        CHECK(on.refusals.size() == 1);
    }
    SECTION("a locked pad is the moderators'") {
        on.pad->change_rules({.locked = true, .barred = {}}, on.out);
        on.settle();
        CHECK(one.told.back().first == auth_kind::denied);
        CHECK(max.told.empty());
        on.say(2, one.type("late"), 1s);
        CHECK(on.refusals.size() == 2);
        on.say(3, max.type("yes"), 2s);
        CHECK(on.refusals.size() == 2);
        on.pad->change_rules({}, on.out);
        on.settle();
        CHECK(one.told.back().first == auth_kind::granted);
        // What was refused comes with the next sync: the client kept it.
        on.say(2, sync_message(sync_step::missing, one.document.encode_state()), 3s);
        on.ring(4s);
        CHECK(max.text().find("late") != std::string::npos);
    }
    SECTION("one person may be barred") {
        on.pad->change_rules({.locked = false, .barred = {"p:ada", "p:max"}}, on.out);
        on.settle();
        CHECK(one.told.back().first == auth_kind::denied);
        CHECK(max.told.empty());
    }
    SECTION("and sent away") {
        on.pad->dismiss("p:ada", on.out);
        on.settle();
        REQUIRE(on.closings.size() == 1);
        CHECK(on.closings[0].code == close_code::forbidden);
        CHECK(on.pad->connections() == 2);
    }
}

TEST_CASE("sizes have limits", "[pad]") {  // SEC-COL-4
    limits within;
    within.text_bytes_max = 1000;
    within.update_bytes_max = 600;
    desk on(within);
    auto& one = on.open(1, ada);
    const auto typed = [&](std::size_t count) {
        on.say(1, one.type(std::string(count, 'a')), 1s);
        const auto refused = on.refusals.size();
        on.refusals.clear();
        return refused == 0;
    };
    CHECK_FALSE(typed(600));  // with its head it is over the limit of an update
    on.start();
    on.clients.clear();
    auto& again = on.open(2, ada);
    const auto say = [&](std::size_t count) {
        on.refusals.clear();
        on.say(2, again.type(std::string(count, 'a')), 1s);
        return on.refusals.empty();
    };
    CHECK(say(500));
    CHECK(say(500));
    CHECK_FALSE(say(1));
    CHECK(on.refusals == std::vector{refusal::too_large});
}

TEST_CASE("as many as may have a pad open", "[pad]") {
    limits within;
    within.connections_max = 2;
    desk on(within);
    on.open(1, ada);
    CHECK_FALSE(on.pad->is_full());
    on.open(2, bo);
    CHECK(on.pad->is_full());
    on.pad->handle_closed(1, at(0ms), on.out);
    CHECK_FALSE(on.pad->is_full());
}

TEST_CASE("a long log becomes a state, with what was deleted", "[pad]") {
    desk on;
    auto& one = on.open(1, ada);
    std::size_t most = 0;
    for (std::size_t edit = 0; edit < log_updates_max + 50; ++edit) {
        on.say(1, one.type("ab"), std::chrono::seconds(edit));
        most = std::max(most, on.store.size());
    }
    CHECK(most <= log_updates_max + 20);
    CHECK(on.store.contains({record_kind::state, ""}));
    CHECK(on.store.size() < 100);
    const auto state = on.pad->update();
    on.start();
    CHECK(on.pad->update() == state);
}

TEST_CASE("versions say who wrote, and can be had back", "[pad]") {
    desk on;
    REQUIRE(on.pad->replace(ada, *from_markdown("first\n"), at(0s), on.out));
    on.settle();
    on.ring(version_pause);
    REQUIRE(on.pad->replace(bo, *from_markdown("second **two**\n"), at(100s), on.out));
    on.settle();
    on.ring(100s + version_pause);
    const auto list = on.pad->history().list(0, 10).versions;
    REQUIRE(list.size() == 2);
    CHECK(list[1]->authors == std::vector<std::string>{"p:ada"});
    CHECK(list[0]->authors == std::vector<std::string>{"p:bo"});
    CHECK(list[0]->at == at(100s).wall);
    CHECK(to_markdown(*on.pad->read_version(1)) == "first\n");

    SECTION("by anybody who may write, as an edit of his") {
        auto& one = on.open(1, reader);
        REQUIRE(on.pad->restore_version(boss, 1, at(200s), on.out));
        on.settle();
        CHECK(to_markdown(on.pad->read()) == "first\n");
        CHECK(to_markdown(read_tree(one.document)) == "first\n");
        CHECK(to_markdown(*on.pad->read_version(2)) == "second **two**\n");
        CHECK(on.pad->authors().find("p:max") != nullptr);
    }
    SECTION("after a restart") {
        on.start();
        CHECK(to_markdown(*on.pad->read_version(1)) == "first\n");
        CHECK(to_markdown(on.pad->read()) == "second **two**\n");
    }
    SECTION("not by others, not what is not there") {
        CHECK(on.pad->restore_version(reader, 1, at(200s), on.out).error().code() == pad_errc::read_only);
        CHECK(on.pad->restore_version(boss, 9, at(200s), on.out).error().code() == pad_errc::unknown_version);
        on.pad->change_rules({.locked = true, .barred = {}}, on.out);
        CHECK(on.pad->append(ada, *from_markdown("x"), at(200s), on.out).error().code() == pad_errc::locked);
    }
}

TEST_CASE("carets are passed on together, and end with their connection", "[pad]") {
    desk on;
    on.open(1, ada);
    on.open(2, bo);
    crdt::wire_writer state;
    state.var_uint(1);
    state.var_uint(1001);
    state.var_uint(1);
    state.var_string(R"({"user":{"name":"Eve"}})");
    on.pad->handle(1, awareness_message(state.written()), at(0s), on.out);
    REQUIRE(on.out.messages.size() == 1);
    CHECK(on.out.messages[0].to.size() == 2);  // the sender, too: it keeps his socket alive
    CHECK(as_text(*on.out.messages[0].what).find("Ada") != std::string_view::npos);
    on.settle();
    on.pad->handle_closed(1, at(10ms), on.out);
    CHECK(on.out.messages.empty());
    on.ring(awareness_time + 10ms);
    CHECK(on.pad->connections() == 1);
}

// The law of the whole: whatever is lost, repeated or late, and however often the server dies, all end equal.
TEST_CASE("writers on bad lines and a server that is killed end equal", "[pad]") {
    const auto seed = GENERATE(range(1U, 13U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    desk on;
    std::map<connection_id, std::unique_ptr<client>> people;
    for (connection_id one = 1; one <= 4; ++one) people[one] = std::make_unique<client>(2000 + one);
    const visitor who[] = {ada, bo, boss, {"p:cy", "Cy", right::write}};
    auto now = 0ms;
    const auto connect = [&](connection_id one) {
        on.clients[one] = std::move(people[one]);
        auto& mine = *on.clients[one];
        on.pad->handle_opened(one, who[one - 1], at(now), on.out);
        on.settle();
        on.say(one, sync_message(sync_step::state_vector, mine.document.states().encode()), now);
        on.say(one, sync_message(sync_step::missing, mine.document.encode_state(*mine.server)), now);
    };
    const auto drop = [&](connection_id one) {
        people[one] = std::move(on.clients[one]);
        on.clients.erase(one);
        on.pad->handle_closed(one, at(now), on.out);
        on.settle();
    };
    for (int step = 0; step < 400; ++step) {
        now += std::chrono::milliseconds(random() % 15);
        on.ring(now);
        if (on.pad->is_quiet()) {
            std::vector<record> kept;
            for (const auto& [where, value] : on.store) kept.push_back({where.first, where.second, value});
            pads::pad twin(on.within, crypto::random_key{});
            REQUIRE(twin.restore(kept) == 0);
            REQUIRE(twin.update() == on.pad->update());
        }
        const connection_id one = 1 + random() % 4;
        const bool here = on.clients.contains(one);
        switch (random() % 8) {
            case 0: here ? drop(one) : connect(one); break;
            case 1:
                if (random() % 6 == 0) {  // killed: what was not kept is gone
                    on.out.clear();
                    for (auto& [id, each] : on.clients) people[id] = std::move(each);
                    on.clients.clear();
                    on.start();
                }
                break;
            default: {
                auto& mine = here ? *on.clients[one] : *people[one];
                auto said = mine.type(std::string(1 + random() % 3, static_cast<char>('a' + one)));
                if (random() % 3 == 0 && mine.text().size() > 4) {
                    said = sync_message(sync_step::update, mine.document.transact([&] {
                        REQUIRE(
                            mine.document.get_text("t").erase(static_cast<std::uint32_t>(random() % 3), 1));
                    }));
                    // What was typed before travels with the next sync, as after a lost frame.
                }
                if (here) on.say(one, said, now);
            }
        }
    }
    for (connection_id one = 1; one <= 4; ++one) {
        if (on.clients.contains(one)) drop(one);
        now += 100ms;
        on.ring(now);
        connect(one);
    }
    now += 1s;
    on.ring(now);
    const auto text = on.clients[1]->text();
    CHECK_FALSE(text.empty());
    for (auto& [id, each] : on.clients) {
        // Those who came first hear what the later ones brought.
        CHECK(each->text() == text);
        CHECK(each->document.states() == on.clients[1]->document.states());
    }
    for (const auto why : on.refusals) CHECK(to_string(why) == "none");
    on.start();
    crdt::document copy({.client = 1});
    REQUIRE(copy.apply(on.pad->update()));
    CHECK(copy.get_text("t").to_string() == text);
}
