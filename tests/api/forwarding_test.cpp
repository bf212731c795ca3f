// The library's face: rooms, participants, tracks, rules and taps of a server with real sockets.
#include <conf/server.hpp>

#include "tests/net/wired_peer.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace {

using namespace conf;
using namespace std::chrono_literals;
using conf::test::wired_peer;
using engine_test::audio_packet;
using engine_test::offer_of;
using enum room_event_kind;

server make_server(std::uint32_t shards = 1, std::uint32_t participants = 500) {
    server_options options;
    options.media.listen = {"127.0.0.1:0"};
    options.media.shards = shards;
    options.rooms.limits.participants = participants;
    return server::create(std::move(options)).value();
}

endpoint media_at(const server& from, std::size_t shard = 0) {
    const auto all = from.listening();
    return endpoint::parse(std::string_view(all.at(shard)).substr(std::string_view("media://").size()))
        .value();
}

std::string publisher_offer() {
    return offer_of(sdp_test::publisher);
}

std::string player_offer() {
    return offer_of(sdp_test::player());
}

/// Hands over between a callback's thread and the test's.
template <class Item>
class mailbox {
public:
    void put(Item one) {
        const std::scoped_lock lock(mutex_);
        items_.push_back(std::move(one));
        changed_.notify_all();
    }
    Item take() {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, 10s, [&] { return !items_.empty(); }));
        auto one = std::move(items_.front());
        items_.pop_front();
        return one;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> items_;
};

media_errc errc_of(const auto& made) {
    REQUIRE_FALSE(made);
    CHECK(made.error().code().category() == media_category());
    return static_cast<media_errc>(made.error().code().value());
}

}  // namespace

TEST_CASE("face: publish and play without HTTP, and look at what there is", "[api]") {
    auto here = make_server();
    const auto media = here.media();
    auto published = media.publish("algebra", "ann", publisher_offer()).value();
    auto played = media.play("algebra", player_offer()).value();
    wired_peer ann(media_at(here), false, published.answer);
    wired_peer ben(media_at(here), false, played.answer);
    ann.self.send_rtp(audio_packet(1), 1);
    REQUIRE(ann.turn_until([] { return true; }));
    REQUIRE(ben.turn_until([&] { return ben.self.rtp.size() == 1; }));

    CHECK(published.who.name() == "ann");
    CHECK_FALSE(played.who.name());
    CHECK(played.who.room_name() == "algebra");
    CHECK(published.who.id() != played.who.id());
    CHECK(played.who.connected().value());
    const auto room = here.find_room("algebra").value();
    CHECK(room.info().value().participants == 2);
    CHECK(here.rooms().value().size() == 1);
    const auto all = room.participants().value();
    REQUIRE(all.size() == 2);
    CHECK(all[0] == published.who);
    CHECK(all[1] == played.who);
    const auto tracks = all[0].tracks().value();
    REQUIRE(tracks.size() == 1);
    CHECK(tracks[0].kind() == media_kind::audio);
    const auto info = tracks[0].info().value();
    CHECK(info.codecs.at(0).name == "opus");
    CHECK(info.codecs.at(0).clock_rate_hz == 48'000);
    CHECK(info.layers.size() == 1);
    CHECK(all[1].tracks().value().empty());
    CHECK(tracks[0].request_key_frame());

    REQUIRE(played.who.set_subscription(0, {.paused = true}));
    ann.self.send_rtp(audio_packet(2), 2);
    REQUIRE(ann.turn_until([] { return true; }));
    REQUIRE(played.who.set_subscription(0, {}));
    REQUIRE(played.who.set_rule(forward_rule{forward_rule::kind::only_named, {"ann"}}));
    CHECK(errc_of(played.who.set_subscription(9, {})) == media_errc::no_section);
    CHECK(errc_of(published.who.set_rule(std::nullopt)) == media_errc::no_section);
    REQUIRE(room.set_rule({forward_rule::kind::only_named, {}}));

    CHECK(room.close().value() == 2);
    CHECK(errc_of(room.info()) == media_errc::no_room);
    CHECK(errc_of(all[0].connected()) == media_errc::no_participant);
    CHECK(errc_of(all[0].remove()) == media_errc::no_participant);
    CHECK(errc_of(tracks[0].info()) == media_errc::no_participant);
    CHECK(errc_of(tracks[0].request_key_frame()) == media_errc::no_participant);
    CHECK(errc_of(all[0].restart_ice("a=ice-lite\r\n")) == media_errc::no_participant);
    CHECK(room.close().value() == 0);
}

TEST_CASE("face: ICE restarts by a call", "[api]") {
    auto here = make_server();
    const auto who = here.media().publish("algebra", "ann", publisher_offer()).value().who;
    CHECK(errc_of(who.restart_ice("nonsense")) == media_errc::bad_sdp);
    CHECK(errc_of(who.restart_ice("a=ice-ufrag:Yf+0\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n")) ==
          media_errc::not_restarted);
    const auto answer = who.restart_ice("a=ice-ufrag:Nw+1\r\na=ice-pwd:abcdefghijklmnopqrstuvwy\r\n").value();
    CHECK(answer.find("a=ice-ufrag:") != std::string::npos);
}

TEST_CASE("face: what cannot be done says why", "[api]") {
    auto here = make_server(1, 1);
    const auto media = here.media();
    const std::string long_name(65, 'a');
    CHECK(errc_of(media.publish("", "ann", publisher_offer())) == media_errc::bad_name);
    CHECK(errc_of(media.publish(long_name, "ann", publisher_offer())) == media_errc::bad_name);
    CHECK(errc_of(media.publish("a", "a b", publisher_offer())) == media_errc::bad_name);
    CHECK(errc_of(media.play("..", player_offer())) == media_errc::bad_name);
    CHECK(errc_of(here.find_room("a/b")) == media_errc::bad_name);
    CHECK(errc_of(media.listen({.room = "/"}, [](const rtp_packet&) {})) == media_errc::bad_name);
    const auto wrong = media.publish("a", "ann", "v=1\r\n");
    CHECK(errc_of(wrong) == media_errc::bad_sdp);
    CHECK(wrong.error().message().find("line 1") != std::string::npos);
    CHECK(errc_of(media.play("a", player_offer(), {.only = "ann"})) == media_errc::not_publishing);
    REQUIRE(media.publish("a", "ann", publisher_offer()));
    CHECK(errc_of(media.publish("a", "ann", publisher_offer())) == media_errc::name_taken);
    CHECK(errc_of(media.publish("a", "ben", publisher_offer())) == media_errc::full);
    for (int code = 1; code <= static_cast<int>(media_errc::wrong_thread); ++code) {
        CHECK(media_category().message(code) != media_category().message(0));
    }
    here.drain();
    here.wait();
    CHECK(errc_of(media.publish("b", "ann", publisher_offer())) == media_errc::stopped);
    CHECK(errc_of(media.play("b", player_offer())) == media_errc::stopped);

    auto without = server::create({}).value();
    CHECK(errc_of(without.find_room("a")) == media_errc::no_media);
    CHECK(errc_of(without.media().play("a", player_offer())) == media_errc::no_media);
    CHECK(without.rooms().value().empty());
}

TEST_CASE("face: events tell a room's story in order", "[api]") {
    auto here = make_server();
    mailbox<room_event> told;
    here.on_event([&](const room_event& one) {
        if (one.what == room_opened) CHECK(one.where.info());  // calls are legal here
        told.put(one);
    });
    const auto next = [&](room_event_kind what) {
        auto one = told.take();
        CHECK(one.what == what);
        CHECK(one.where.name() == "algebra");
        CHECK(one.lost == 0);
        return one;
    };
    auto published = here.media().publish("algebra", "ann", publisher_offer()).value();
    next(room_opened);
    CHECK(next(participant_joined).who == published.who);
    wired_peer ann(media_at(here), false, published.answer);
    next(participant_connected);
    ann.self.send_rtp(audio_packet(1), 1);
    REQUIRE(ann.turn_until([] { return true; }));
    const auto added = next(track_added);
    REQUIRE(added.of);
    CHECK(added.of->kind() == media_kind::audio);
    CHECK(added.who->tracks().value().at(0) == *added.of);
    REQUIRE(published.who.remove());
    CHECK(next(track_removed).of == added.of);
    const auto left = next(participant_left);
    CHECK(left.why == "removed");
    CHECK(left.who->name() == "ann");
    next(room_closed);

    here.on_event({});
    REQUIRE(here.media().publish("algebra", "ann", publisher_offer()));
}

TEST_CASE("face: a handler that is too slow loses events and learns how many", "[api]") {
    std::promise<void> go_on;
    const auto may_go_on = go_on.get_future().share();
    mailbox<std::uint64_t> lost;
    std::atomic<std::size_t> calls{0};
    auto here = make_server();  // the last: it may call the handler until it ends
    here.on_event([&](const room_event& one) {
        if (calls++ == 0) may_go_on.wait();
        if (one.lost > 0) lost.put(one.lost);
    });
    const auto media = here.media();
    // Two events to begin with, two to end; the first one is with the handler.
    for (std::size_t i = 0; i < room_events_max / 4 + 1; ++i) {
        REQUIRE(media.publish("algebra", "ann", publisher_offer()).value().who.remove());
    }
    go_on.set_value();
    // The next one that gets through tells it.
    while (calls < room_events_max) std::this_thread::yield();
    REQUIRE(media.publish("algebra", "ben", publisher_offer()));
    CHECK(lost.take() >= 3);
}

TEST_CASE("face: a tap hears a room before it begins and until it is stopped", "[api]") {
    auto here = make_server();
    const auto media = here.media();
    struct heard {
        std::string publisher;
        std::string codec;
        std::vector<std::byte> whole;
        std::uint64_t participant;
        std::size_t payload_bytes;
        bool starts;
    };
    mailbox<heard> told;
    auto tap = media
                   .listen({.room = "algebra"},
                           [&](const rtp_packet& one) {
                               told.put({std::string(one.publisher),
                                         std::string(one.codec),
                                         {one.whole.begin(), one.whole.end()},
                                         one.participant,
                                         one.payload.size(),
                                         one.starts_key_frame});
                           })
                   .value();
    auto published = media.publish("algebra", "ann", publisher_offer()).value();
    wired_peer ann(media_at(here), false, published.answer);
    ann.self.send_rtp(audio_packet(1), 1);
    REQUIRE(ann.turn_until([] { return true; }));
    const auto one = told.take();
    CHECK(one.publisher == "ann");
    CHECK(one.codec == "opus");
    CHECK(one.whole == audio_packet(1));
    CHECK(one.participant == published.who.id());
    CHECK(one.payload_bytes == 30);
    CHECK(one.starts);
    tap.stop();
    tap.stop();
    const auto before = tap.stats();
    CHECK(before.packets == 1);
    CHECK(before.bytes == audio_packet(1).size());
    ann.self.send_rtp(audio_packet(2), 2);
    REQUIRE(ann.turn_until([] { return true; }));
    CHECK(published.who.connected().value());
    CHECK(tap.stats().packets == before.packets);
}

TEST_CASE("face: a tap's callback may call, stop its own tap and close its room", "[api]") {
    auto here = make_server();
    const auto media = here.media();
    const auto room = here.find_room("algebra").value();
    std::optional<tap> mine;
    mailbox<bool> done;
    std::promise<void> ready;
    const auto is_ready = ready.get_future().share();
    mine = media
               .listen({.room = "algebra"},
                       [&](const rtp_packet&) {
                           is_ready.wait();
                           const bool all_good = room.participants() && room.close().value() == 1;
                           mine->stop();
                           done.put(all_good);
                       })
               .value();
    ready.set_value();
    auto published = media.publish("algebra", "ann", publisher_offer()).value();
    wired_peer ann(media_at(here), false, published.answer);
    ann.self.send_rtp(audio_packet(1), 1);
    ann.self.send_rtp(audio_packet(2), 2);
    REQUIRE(ann.turn_until([] { return true; }));
    CHECK(done.take());
    CHECK(errc_of(room.info()) == media_errc::no_room);
    // DTLS close_notify was sent out of the callback.
    CHECK(ann.turn_until([&] { return !ann.self.connected(); }));
}

TEST_CASE("face: callbacks on two media threads never wait for each other", "[api]") {
    auto here = make_server(2);
    const auto media = here.media();
    // Two rooms on two threads.
    std::vector<std::string> rooms;
    std::vector<media_session> sessions;
    for (int i = 0; rooms.size() < 2; ++i) {
        const auto name = "room-" + std::to_string(i);
        const auto shard = std::hash<std::string_view>{}(name) % 2;
        if (shard == rooms.size()) rooms.push_back(name);
    }
    mailbox<media_errc> told;
    const auto other = here.find_room(rooms[1]).value();
    auto elsewhere =
        std::make_unique<tap>(media.listen({.room = rooms[1]}, [](const rtp_packet&) {}).value());
    auto tap = media
                   .listen({.room = rooms[0]},
                           [&](const rtp_packet&) {
                               const auto asked = other.info();
                               elsewhere->stop();  // does not wait
                               told.put(asked ? media_errc{}
                                              : static_cast<media_errc>(asked.error().code().value()));
                           })
                   .value();
    auto published = media.publish(rooms[0], "ann", publisher_offer()).value();
    wired_peer ann(media_at(here, 0), false, published.answer);
    ann.self.send_rtp(audio_packet(1), 1);
    REQUIRE(ann.turn_until([] { return true; }));
    CHECK(told.take() == media_errc::wrong_thread);
}

TEST_CASE("face: handles outlive their server", "[api]") {
    std::optional<server> here = make_server();
    const auto media = here->media();
    const auto room = here->find_room("algebra").value();
    const auto who = media.publish("algebra", "ann", publisher_offer()).value().who;
    auto tap = media.listen({.room = "algebra"}, [](const rtp_packet&) {}).value();
    here.reset();
    CHECK(errc_of(room.info()) == media_errc::stopped);
    CHECK(errc_of(room.close()) == media_errc::stopped);
    CHECK(errc_of(who.connected()) == media_errc::stopped);
    CHECK(errc_of(media.play("algebra", player_offer())) == media_errc::stopped);
    tap.stop();
    CHECK(tap.stats().packets == 0);
}
