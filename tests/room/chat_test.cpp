#include "tests/room/world.hpp"

#include "libconf/room/limits.hpp"

using namespace room_test;

namespace {

struct talk : world {
    explicit talk(settings with = {}) : world(std::move(with)) { forget_events(); }

    member host = enter("Host", role::moderator);
    member ana = enter("Ana");
    member bo = enter("Bo");
    int keys = 0;

    message_id say(const member& who, std::string text, std::optional<participant_id> to = {}) {
        const auto key = "k" + std::to_string(++keys);
        return want<chat_sent>(who.link, chat_send{std::move(text), key, std::move(to), {}}).message;
    }
};

}  // namespace

TEST_CASE("a message goes to everybody, its key to its sender", "[room][chat]") {
    talk w;
    const auto sent = w.want<chat_sent>(w.ana.link, chat_send{"hi\nall", "mine", {}, {}});
    CHECK(sent.at == w.at.wall);
    chat_message message{
        .id = sent.message, .from = w.ana.id, .name = "Ana", .text = "hi\nall", .at = sent.at};
    for (const auto link : {w.host.link, w.bo.link}) {
        CHECK(w.heard<chat_came>(link) == std::vector{chat_came{message}});
    }
    message.key = "mine";
    CHECK(w.heard<chat_came>(w.ana.link) == std::vector{chat_came{message}});
    CHECK(w.want<welcome>(w.at_door(), join{"C", false, false, {}}).messages[0].key == std::nullopt);
    CHECK(w.come_back(w.ana).messages == std::vector{message});
}

TEST_CASE("the same key is the same message", "[room][chat]") {
    talk w;
    const auto first = w.want<chat_sent>(w.ana.link, chat_send{"hi", "k", {}, {}});
    w.pass(1s);
    w.forget_events();
    CHECK(w.want<chat_sent>(w.ana.link, chat_send{"hi", "k", {}, {}}) == first);
    w.want<done>(w.host.link, set_locks{{.chat = true}});
    CHECK(w.want<chat_sent>(w.ana.link, chat_send{"hi", "k", {}, {}}) ==
          first);  // that it is kept, a lock changes not
    CHECK(w.heard<chat_came>(w.bo.link).empty());
    CHECK(w.want<chat_sent>(w.host.link, chat_send{"hi", "k", {}, {}}) != first);  // another sender
}

TEST_CASE("a private message is for two", "[room][chat]") {
    talk w;
    const auto id = w.say(w.ana, "psst", w.bo.id);
    CHECK(w.heard<chat_came>(w.bo.link).size() == 1);
    CHECK(w.heard<chat_came>(w.ana.link).size() == 1);
    CHECK(w.heard<chat_came>(w.host.link).empty());
    CHECK(w.come_back(w.host).messages.empty());
    CHECK(w.come_back(w.bo).messages.size() == 1);
    CHECK(w.refused(w.host.link, chat_delete{id}) == error_code::unknown_message);
    CHECK(w.refused(w.host.link, chat_react{id, "!", true}) == error_code::unknown_message);
    CHECK(w.refused(w.host.link, chat_history{id, 1}) == error_code::unknown_message);
    CHECK(w.refused(w.host.link, chat_edit{id, "x"}) == error_code::unknown_message);
    CHECK(w.refused(w.ana.link, chat_send{"x", "y", w.ana.id, {}}) == error_code::unknown_participant);
    CHECK(w.refused(w.ana.link, chat_send{"x", "y", "nobody", {}}) == error_code::unknown_participant);
    // An answer in public would tell that there was a question.
    CHECK(w.refused(w.bo.link, chat_send{"x", "y", {}, id}) == error_code::unknown_message);
    CHECK(w.refused(w.bo.link, chat_send{"x", "y", w.host.id, id}) == error_code::unknown_message);
    w.want<chat_sent>(w.bo.link, chat_send{"x", "y", w.ana.id, id});
}

TEST_CASE("private messages go when both people are gone for good", "[room][chat]") {
    talk w;
    w.say(w.ana, "psst", w.bo.id);
    w.say(w.ana, "all");
    w.want<done>(w.ana.link, leave{});
    CHECK(w.come_back(w.bo).messages.size() == 2);
    w.want<done>(w.bo.link, leave{});
    CHECK(std::ranges::count_if(w.kept,
                                [](const auto& one) { return one.first.first == record_kind::chat; }) == 1);
}

TEST_CASE("one's own messages are edited and deleted, moderators delete any", "[room][chat]") {
    talk w;
    const auto id = w.say(w.ana, "helo");
    w.forget_events();
    w.pass(1s);
    w.want<done>(w.ana.link, chat_edit{id, "hello"});
    const auto changed = w.heard<conf::rooms::chat_changed>(w.bo.link);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].message.text == "hello");
    CHECK(changed[0].message.edited == w.at.wall);
    CHECK_FALSE(changed[0].message.key);
    CHECK(w.heard<conf::rooms::chat_changed>(w.ana.link)[0].message.key);
    CHECK(w.refused(w.bo.link, chat_edit{id, "x"}) == error_code::forbidden);
    CHECK(w.refused(w.bo.link, chat_delete{id}) == error_code::forbidden);
    CHECK(w.refused(w.host.link, chat_edit{id, "x"}) == error_code::forbidden);
    w.want<done>(w.bo.link, chat_react{id, "+", true});
    w.forget_events();
    w.want<done>(w.host.link, chat_delete{id});
    const auto gone = w.heard<conf::rooms::chat_changed>(w.bo.link).at(0).message;
    CHECK(gone.deleted);
    CHECK(gone.text.empty());
    CHECK(gone.reactions.empty());
    CHECK(gone.id == id);
    w.want<done>(w.ana.link, chat_delete{id});  // repeated without harm
    CHECK(w.heard<conf::rooms::chat_changed>(w.bo.link).empty());
    CHECK(w.refused(w.ana.link, chat_edit{id, "again"}) == error_code::forbidden);
    CHECK(w.refused(w.bo.link, chat_react{id, "+", true}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_delete{"never"}) == error_code::unknown_message);
    for (const auto& [place, value] : w.kept) CHECK(value.find("hello") == std::string::npos);
}

TEST_CASE("reactions come and go, twenty kinds of them", "[room][chat]") {
    talk w;
    const auto id = w.say(w.ana, "hi");
    w.forget_events();
    w.want<done>(w.bo.link, chat_react{id, "+", true});
    w.want<done>(w.host.link, chat_react{id, "+", true});
    w.want<done>(w.bo.link, chat_react{id, "+", true});
    const auto events = w.heard<conf::rooms::chat_changed>(w.bo.link);
    REQUIRE(events.size() == 2);
    CHECK(events[1].message.reactions.at("+") == std::vector{w.bo.id, w.host.id});
    w.want<done>(w.bo.link, chat_react{id, "+", false});
    w.want<done>(w.host.link, chat_react{id, "+", false});
    CHECK(w.heard<conf::rooms::chat_changed>(w.bo.link).back().message.reactions.empty());
    for (std::size_t i = 0; i < reaction_kinds_per_message_max; ++i) {
        w.pass(1s);
        w.want<done>(w.bo.link, chat_react{id, "e" + std::to_string(i), true});
    }
    CHECK(w.refused(w.host.link, chat_react{id, "one more", true}) == error_code::forbidden);
    w.want<done>(w.host.link, chat_react{id, "e3", true});
}

TEST_CASE("chat locks keep viewers away, but not from moderators", "[room][chat]") {
    talk w;
    const auto pat = w.enter("Pat", role::presenter);
    const auto public_one = w.say(w.ana, "a");
    const auto private_one = w.say(w.ana, "b", w.bo.id);
    const auto to_host = w.say(w.ana, "c", w.host.id);
    w.want<done>(w.ana.link, chat_typing{true, {}});
    w.want<done>(w.host.link, set_locks{{.chat = true}});
    CHECK(w.heard<typing>(w.bo.link) == std::vector{typing{w.ana.id, true}, typing{w.ana.id, false}});
    CHECK(w.refused(w.ana.link, chat_send{"x", "x", {}, {}}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_edit{public_one, "x"}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_typing{true, {}}) == error_code::forbidden);
    w.want<done>(w.ana.link, chat_typing{false, {}});
    w.want<done>(w.ana.link, chat_delete{public_one});
    w.say(w.ana, "private still goes", w.bo.id);
    w.say(pat, "presenters write");
    w.want<done>(w.host.link, set_locks{{.chat = false, .private_chat = true}});
    CHECK(w.refused(w.ana.link, chat_send{"x", "x", w.bo.id, {}}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_send{"x", "x", pat.id, {}}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_edit{private_one, "x"}) == error_code::forbidden);
    CHECK(w.refused(w.ana.link, chat_typing{true, w.bo.id}) == error_code::forbidden);
    w.say(w.ana, "help", w.host.id);
    w.want<done>(w.ana.link, chat_edit{to_host, "please"});
    w.say(w.ana, "public");
    w.say(pat, "hi", w.ana.id);
}

TEST_CASE("typing goes to the others and ends by itself", "[room][chat]") {
    talk w;
    w.want<done>(w.ana.link, chat_typing{true, {}});
    CHECK(w.heard<typing>(w.bo.link) == std::vector{typing{w.ana.id, true}});
    CHECK(w.heard<typing>(w.ana.link).empty());
    w.pass(4s);
    w.want<done>(w.ana.link, chat_typing{true, {}});
    w.heard<typing>(w.bo.link);
    w.pass(typing_time - 1ms);
    CHECK(w.heard<typing>(w.bo.link).empty());
    w.pass(1ms);
    CHECK(w.heard<typing>(w.bo.link) == std::vector{typing{w.ana.id, false}});
    w.want<done>(w.ana.link, chat_typing{true, w.bo.id});
    CHECK(w.heard<typing>(w.bo.link) == std::vector{typing{w.ana.id, true, w.bo.id}});
    CHECK(w.heard<typing>(w.host.link).size() == 3);
    w.say(w.ana, "done", w.bo.id);
    CHECK(w.heard<typing>(w.bo.link) == std::vector{typing{w.ana.id, false, w.bo.id}});
    w.want<done>(w.ana.link, chat_typing{true, {}});
    w.close(w.ana.link);
    CHECK(w.heard<typing>(w.bo.link).back() == typing{w.ana.id, false});
}

TEST_CASE("history comes in pages that hold what one may read", "[room][chat]") {
    talk w({.chat_messages_max = 500});
    std::vector<message_id> ids;
    for (int i = 0; i < 250; ++i) {
        w.pass(200ms);
        ids.push_back(w.say(w.ana, std::to_string(i)));
        if (i % 10 == 0) {
            w.pass(200ms);
            w.say(w.ana, "between us", w.host.id);
        }
    }
    const auto got = w.come_back(w.bo);
    CHECK(got.messages.size() == welcome_messages);
    CHECK(got.more_messages);
    CHECK(got.messages.front().text == "150");
    CHECK(got.messages.back().text == "249");
    const auto page = w.want<chat_page>(w.bo.link, chat_history{got.messages.front().id, 100});
    CHECK(page.messages.size() == 100);
    CHECK(page.more);
    CHECK(page.messages.front().text == "50");
    const auto last = w.want<chat_page>(w.bo.link, chat_history{page.messages.front().id, 50});
    CHECK(last.messages.size() == 50);
    CHECK_FALSE(last.more);
    CHECK(w.want<chat_page>(w.bo.link, chat_history{ids[0], 50}) == chat_page{});
    CHECK(w.refused(w.bo.link, chat_history{"never", 50}) == error_code::unknown_message);
}

TEST_CASE("the newest messages are kept", "[room][chat]") {
    talk w({.chat_messages_max = 3});
    const auto first = w.say(w.ana, "0");
    w.want<done>(w.bo.link, chat_react{first, "+", true});
    for (const auto* text : {"1", "2"}) w.say(w.ana, text);
    w.want<chat_page>(w.ana.link, chat_history{first, 1});
    w.say(w.ana, "3");
    CHECK(w.refused(w.ana.link, chat_history{first, 1}) == error_code::unknown_message);
    CHECK(w.come_back(w.bo).messages.size() == 3);
    CHECK(std::ranges::count_if(w.kept, [](const auto& one) {
              return one.first.first == record_kind::chat || one.first.first == record_kind::reactions;
          }) == 3);
}

TEST_CASE("direction overrides do not reach the readers", "[room][chat]") {
    talk w;
    w.say(w.ana,
          "a\xE2\x80\xAE"
          "b");
    CHECK(w.heard<chat_came>(w.bo.link)[0].message.text == "ab");
    CHECK(w.want<failure>(w.ana.link, chat_send{"\xE2\x80\xAE", "k", {}, {}}).field == "text");
}
