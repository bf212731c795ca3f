/// Random meetings: people who come, go and do whatever comes to mind, the same for the same seed.
#pragma once

#include "tests/room/world.hpp"

#include "libconf/crypto/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace room_test {

class script {
public:
    script(world& in, std::uint64_t seed) : w_(in), random_(conf::crypto::key_from_seed(seed)) {}

    void step() {
        // Slowly enough that most of it is done.
        w_.pass(std::chrono::milliseconds(random_.below(chance(20) ? 40'000 : 400)));
        if (people_.size() < 4 || chance(10)) {
            enter();
        } else if (chance(12)) {
            change_connection();
        } else if (const auto& one = people_[random_.below(people_.size())]; one.link != 0) {
            act(one);
        }
        learn();
    }

    /// Everything any client may say; ids of people and messages that were there once, or never.
    [[nodiscard]] request_body anything() {
        switch (random_.below(request_count)) {
            case 0: return hello{{1}, {}, {}};
            case 1: return join{"Again", false, false, {}};
            case 2: return resume{{1}, "nothing", false, false};
            case 3: return chance(10) ? request_body(leave{}) : request_body(set_away{flip()});
            case 4: return set_media{any_source(), flip()};
            case 5: return set_name{"N" + std::to_string(random_.below(100))};
            case 6: return set_hand{flip()};
            case 7: return lower_hands{flip() ? std::optional(any_id()) : std::nullopt};
            case 8: return react{"!"};
            case 9: return set_away{flip()};
            case 10: return mute{flip() ? std::optional(any_id()) : std::nullopt, any_source()};
            case 11: return ask_unmute{any_id()};
            case 12: return set_role{any_id(), static_cast<role>(random_.below(role_count))};
            case 13: return remove_person{any_id(), flip()};
            case 14: return chance(20) ? request_body(end_meeting{}) : request_body(lower_hands{});
            case 15: return set_locks{{maybe(), maybe(), maybe(), maybe(), maybe(), maybe()}};
            case 16:
                return set_room{.title = flip() ? std::optional<std::string>("T") : std::nullopt,
                                .lobby = maybe()};
            case 17: return admit{flip() ? std::optional(any_id()) : std::nullopt};
            case 18: return refuse{any_id()};
            case 19: return set_lobby_message{"wait " + std::to_string(random_.below(9))};
            case 20: return fresh_ice{};
            case 21:
            case 22: return say();
            case 23: return chat_edit{any_message(), "edited"};
            case 24: return chat_delete{any_message()};
            case 25: return chat_react{any_message(), "e" + std::to_string(random_.below(4)), flip()};
            case 26: return chat_typing{flip(), flip() ? std::optional(any_id()) : std::nullopt};
            case 27: return chat_history{any_message(), 1 + random_.below(200)};
            case 28: return publish{"v=0", {{"0", source::camera}}};
            case 29: return view{{{any_id(), source::camera, 360}}};
            case 30: return receive_answer{1, "v=0"};
            default: return flip() ? request_body(receive_restart{}) : request_body(receive_reset{});
        }
    }

private:
    struct somebody {
        connection_id link = 0;  // 0: away
        participant_id id;
        std::string token;
    };

    [[nodiscard]] bool chance(std::uint64_t percent) { return random_.below(100) < percent; }
    [[nodiscard]] bool flip() { return chance(50); }
    [[nodiscard]] std::optional<bool> maybe() { return flip() ? std::optional(flip()) : std::nullopt; }
    [[nodiscard]] source any_source() { return static_cast<source>(random_.below(source_count)); }
    [[nodiscard]] participant_id any_id() {
        return ids_.empty() ? "nobody" : ids_[random_.below(ids_.size())];
    }
    [[nodiscard]] message_id any_message() {
        return messages_.empty() ? "none" : messages_[random_.below(messages_.size())];
    }
    [[nodiscard]] request_body say() {
        return chat_send{"m" + std::to_string(++said_), "k" + std::to_string(random_.below(1000)),
                         chance(30) ? std::optional(any_id()) : std::nullopt,
                         chance(20) ? std::optional(any_message()) : std::nullopt};
    }

    void enter() {
        const auto number = std::to_string(random_.below(30));
        entry known;
        if (flip()) known.acts_as = static_cast<role>(random_.below(role_count));
        if (flip()) known.external_id = "u" + number;
        if (flip()) known.ban_keys = {"device:" + number};
        somebody made{w_.open(), {}, {}};
        const auto seen = w_.ask(made.link, hello{{1}, {}, {}}, &known);
        if (!std::holds_alternative<door_opened>(seen.what)) return;
        take(made, w_.ask(made.link, join{"P" + number, flip(), flip(), {}}));
        if (!made.token.empty()) people_.push_back(made);
    }

    void change_connection() {
        auto& one = people_[random_.below(people_.size())];
        if (one.link != 0 && flip()) {
            w_.close(one.link);
            one.link = 0;
            return;
        }
        const auto link = w_.open();
        const auto answer = w_.ask(link, resume{{1}, one.token, flip(), flip()});
        if (std::holds_alternative<failure>(answer.what)) return w_.close(link);
        one.link = link;
        take(one, answer);
    }

    void act(const somebody& one) {
        const auto answer = w_.ask(one.link, anything());
        if (const auto* const sent = std::get_if<chat_sent>(&answer.what)) messages_.push_back(sent->message);
    }

    void take(somebody& one, const message& answer) {
        if (const auto* const got = std::get_if<welcome>(&answer.what)) {
            one.id = got->you;
            one.token = got->resume;
        } else if (const auto* const waits = std::get_if<waiting>(&answer.what)) {
            one.token = waits->resume;
        }
    }

    /// Who was let in or sent away meanwhile.
    void learn() {
        for (auto& one : people_) {
            for (auto& got : w_.heard<welcome>(one.link)) take(one, {{}, std::move(got)});
        }
        std::erase_if(people_, [&](const auto& one) { return one.link != 0 && w_.closed(one.link); });
        for (const auto& one : w_.room.people()) {
            if (std::ranges::find(ids_, one.id) == ids_.end()) ids_.push_back(one.id);
        }
        w_.forget_events();
    }

    world& w_;
    conf::crypto::keyed_random random_;
    std::vector<somebody> people_;
    std::vector<participant_id> ids_;
    std::vector<message_id> messages_;
    std::uint64_t said_ = 0;
};

}  // namespace room_test
