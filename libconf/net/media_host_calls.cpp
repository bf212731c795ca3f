// The media host's face to calls: each command goes to the thread that has the room.
#include "libconf/net/media_host.hpp"

#include <functional>
#include <optional>
#include <utility>

namespace conf::net {
namespace {

std::string reason_of(const sdp::refusal& why) {
    // What the description is not to blame for has no place in it.
    const bool of_description = why.status < 409 || why.status == 422;
    return of_description ? why.message() : why.why;
}

}  // namespace

template <class Command>
void media_host::tell(const std::string& room, Command command) {
    tell_shard(std::hash<std::string_view>{}(room) % shards_.size(),
               [command = std::move(command)](media_shard& media) {
                   const auto now = media.fresh_now();
                   command(media.engine(), now, media.out());
                   media.finish_turn();
               });
}

template <class Command>
void media_host::ask_call(const std::string& room, Command command, call_media::callback done) {
    tell_shard(std::hash<std::string_view>{}(room) % shards_.size(),
               [this, command = std::move(command), done = std::move(done)](media_shard& media) {
                   const auto now = media.fresh_now();
                   auto made = command(media.engine(), now, media.out());
                   media.finish_turn();
                   around_.post_back([done, made = std::move(made)]() mutable { done(std::move(made)); });
               });
}

void media_host::send(std::string room, std::string name, std::string offer,
                      std::vector<std::pair<std::string, std::string>> labels, std::vector<std::string> open,
                      call_media::callback done) {
    ask_call(
        room,
        [room, name = std::move(name), offer = std::move(offer), labels = std::move(labels),
         open = std::move(open)](engine::media_engine& engine, instant now, engine::outputs& out) -> reply {
            auto answer = engine.send(room, name, offer, labels, open, now, out);
            if (!answer) return {.sdp = {}, .why = reason_of(answer.error())};
            return {.sdp = *std::move(answer), .why = {}};
        },
        std::move(done));
}

void media_host::open_track(std::string room, std::string name, std::string label, bool open) {
    tell(room, [room, name = std::move(name), label = std::move(label), open](engine::media_engine& engine,
                                                                              instant now, engine::outputs&) {
        (void)engine.open_track(room, name, label, open, now);  // who does not send yet says it when he does
    });
}

void media_host::stop_sending(std::string room, std::string name) {
    tell(room,
         [room, name = std::move(name)](engine::media_engine& engine, instant now, engine::outputs& out) {
             (void)engine.stop_sending(room, name, now, out);
         });
}

void media_host::add_receiver(std::string room, std::string name) {
    tell(room, [room, name = std::move(name)](engine::media_engine& engine, instant now, engine::outputs&) {
        engine.add_receiver(room, name, now);
    });
}

void media_host::remove_receiver(std::string room, std::string name) {
    tell(room,
         [room, name = std::move(name)](engine::media_engine& engine, instant now, engine::outputs& out) {
             engine.remove_receiver(room, name, now, out);
         });
}

void media_host::set_wishes(std::string room, std::string name, std::vector<engine::wish> wishes) {
    tell(room, [room, name = std::move(name), wishes = std::move(wishes)](engine::media_engine& engine,
                                                                          instant now, engine::outputs&) {
        engine.set_wishes(room, name, wishes, now);
    });
}

void media_host::take_answer(std::string room, std::string name, std::uint64_t number, std::string answer,
                             call_media::callback done) {
    ask_call(
        room,
        [room, name = std::move(name), number, answer = std::move(answer)](
            engine::media_engine& engine, instant now, engine::outputs& out) -> reply {
            const auto refused = engine.take_answer(room, name, number, answer, now, out);
            return {.sdp = {}, .why = refused ? reason_of(*refused) : std::string()};
        },
        std::move(done));
}

void media_host::restart_receiver(std::string room, std::string name) {
    tell(room, [room, name = std::move(name)](engine::media_engine& engine, instant now, engine::outputs&) {
        engine.restart_receiver(room, name, now);
    });
}

void media_host::reset_receiver(std::string room, std::string name) {
    tell(room,
         [room, name = std::move(name)](engine::media_engine& engine, instant now, engine::outputs& out) {
             engine.reset_receiver(room, name, now, out);
         });
}

void media_host::look(std::string room, std::string name,
                      std::function<void(bool sends, bool receives)> done) {
    tell_shard(std::hash<std::string_view>{}(room) % shards_.size(),
               [this, room, name = std::move(name), done = std::move(done)](media_shard& media) {
                   const bool sends = media.engine().sends(room, name);
                   const bool receives = media.engine().receives(room, name);
                   media.engine().repeat_receiver(room, name, media.out());
                   around_.post_back([done, sends, receives] { done(sends, receives); });
                   media.finish_turn();
               });
}

}  // namespace conf::net
