#include "libconf/pad/wire.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf;
using namespace conf::pads;

namespace {

std::vector<std::byte> hex(std::string_view text) {
    std::vector<std::byte> made;
    const auto digit = [](char one) { return one <= '9' ? one - '0' : one - 'a' + 10; };
    for (std::size_t at = 0; at + 1 < text.size(); at += 2)
        made.push_back(static_cast<std::byte>(digit(text[at]) * 16 + digit(text[at + 1])));
    return made;
}

struct frame_case {
    std::string why;
    std::string frame;
    std::size_t messages;
    frame_fault fault;
};

}  // namespace

TEST_CASE("a frame is read message by message", "[pad]") {
    const auto c = GENERATE(values<frame_case>({
        {"sync step 1 of an empty client", "00000100", 1, frame_fault::none},
        {"step 2 with the empty update", "0001020000", 1, frame_fault::none},
        {"two in one frame",
         "00000100"
         "0002020000",
         2, frame_fault::none},
        {"a query, and an update hidden behind it",
         "03"
         "0002020000",
         2, frame_fault::none},
        {"awareness", "010100", 1, frame_fault::none},
        {"nothing", "", 0, frame_fault::none},
        {"a payload that is shorter than it says", "00000500", 0, frame_fault::truncated},
        {"a number that never ends", "ffffffffffffffffffff", 0, frame_fault::unknown_channel},
        {"no step", "00", 0, frame_fault::truncated},
        {"a step that does not exist", "00030100", 0, frame_fault::unknown_step},
        {"a channel of later clients", "0700", 0, frame_fault::unknown_channel},
        {"what stands before the fault counts",
         "00000100"
         "07",
         1, frame_fault::unknown_channel},
    }));
    INFO(c.why);
    const auto data = hex(c.frame);
    frame_reader from(data);
    std::size_t count = 0;
    while (from.next()) ++count;
    CHECK(count == c.messages);
    // A number beyond 2^53 is no channel at all; either way nothing of it is taken.
    CHECK((from.fault() == c.fault ||
           (c.fault == frame_fault::unknown_channel && from.fault() != frame_fault::none)));
}

TEST_CASE("what is written is read again", "[pad]") {
    const auto update = hex("0000");
    const auto made = sync_message(sync_step::update, update);
    CHECK(made == hex("0002020000"));
    frame_reader from(made);
    const auto one = from.next();
    REQUIRE(one);
    CHECK(one->on == channel::sync);
    CHECK(one->step == sync_step::update);
    CHECK(std::vector(one->payload.begin(), one->payload.end()) == update);
    CHECK(auth_message(auth_kind::denied, "no") == hex("0200026e6f"));
    CHECK(awareness_message(hex("00")) == hex("010100"));
}
