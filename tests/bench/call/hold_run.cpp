// People who stay, whatever happens to the server: for scripts, which read a line for each thing that
// happens.
#include "tests/bench/call/crowd.hpp"
#include "tests/bench/call/runs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <string>

namespace call_load {
namespace {

/// Of one person; five a second are allowed. More than ten a second of a whole room, and the browsers that
/// watch the kills on two cores draw chat instead of pictures.
constexpr std::int64_t chat_interval_ns = 1'000'000'000;

/// Lines of standard input, without waiting for them.
class commands final : public pollable {
public:
    explicit commands(poller& by) {
        ::fcntl(STDIN_FILENO, F_SETFL, ::fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
        by.add(STDIN_FILENO, *this, EPOLLIN);
    }
    void on_ready(std::uint32_t) override {
        std::array<char, 4096> buffer;
        const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got > 0) text_.append(buffer.data(), static_cast<std::size_t>(got));
        if (got == 0 || (got < 0 && errno != EAGAIN)) ended = true;
    }
    /// The next whole line; empty: there is none.
    std::string next() {
        const auto end = text_.find('\n');
        if (end == std::string::npos) return {};
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
    }
    bool ended = false;

private:
    std::string text_;
};

void print(const json& line) {
    std::puts(line.dump().c_str());
    std::fflush(stdout);
}

/// What everybody knows, for a script that compares.
void print_state(const crowd& of) {
    json people = json::array();
    for (const auto& one : of.all()) {
        unsigned twice = 0;
        json read = json::array();
        for (const auto& [id, times] : one->read()) {
            twice += times > 1 ? 1 : 0;
            read.push_back(id);
        }
        people.push_back({{"name", one->name()},
                          {"id", one->id()},
                          {"in", one->where() == caller::state::in},
                          {"hears", one->talks_and_hears()},
                          {"unheard", one->unheard()},
                          {"unacknowledged", one->unacknowledged()},
                          {"refused", one->refused()},
                          {"told_twice", twice},
                          {"read", std::move(read)}});
    }
    print({{"event", "state"}, {"people", std::move(people)}});
}

}  // namespace

int run_hold(const settings& asked) {
    crowd everybody(asked.port);
    everybody.around().tell = print;
    for (std::size_t i = 0; i < asked.people; ++i) {
        auto& one = everybody.add({.room = asked.room,
                                   .name = "person " + std::to_string(i),
                                   .sound = asked.sound,
                                   .picture = asked.picture,
                                   .watches = asked.picture,
                                   .hand = i % 2 == 0});
        one.connect();
        // One after the other, so that the first is the moderator.
        everybody.run_until(
            asked.patience,
            [&] {
                everybody.check_nobody_is_out();
                return one.where() == caller::state::in;
            },
            one.name() + " does not come in");
    }
    std::optional<commands> input;
    if (asked.control) input.emplace(everybody.around().sockets);
    bool chats = false;
    std::int64_t chat_at_ns = 0;
    std::size_t next_to_chat = 0;
    for (;;) {
        const auto now = everybody.turn();
        everybody.check_nobody_is_out();
        if (chats && chat_at_ns <= now) {
            everybody.all()[next_to_chat++ % asked.people]->say();
            chat_at_ns = now + chat_interval_ns / static_cast<std::int64_t>(asked.people);
        }
        if (!input) continue;
        for (auto line = input->next(); !line.empty(); line = input->next()) {
            if (line == "chat on") {
                chats = true;
            } else if (line == "chat off") {
                chats = false;
            } else if (line == "state") {
                print_state(everybody);
            } else if (line == "quit") {
                return 0;
            } else {
                throw std::runtime_error("unknown command " + line);
            }
        }
        if (input->ended) return 0;
    }
}

}  // namespace call_load
