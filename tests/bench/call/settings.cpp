#include "tests/bench/call/settings.hpp"

#include "tests/bench/peer/arguments.hpp"

#include <stdexcept>
#include <string_view>

namespace call_load {
namespace {

constexpr std::string_view usage =
    R"(usage: call_load --port N (--room-of N | --burst N | --hold N) [OPTION [VALUE]]...
  --room-of N    one room: N people send, each sees one large and the others small, and hears all
  --burst N      N people come in as fast as they can, and one in each room is there to be heard
  --hold N       N people stay, come back and chat; prints a line for each thing that happens
  --port N       of the server's HTTP on 127.0.0.1
  --pid N        process of the server: its CPU time and memory are measured
  --rooms N      of a burst  (20)
  --seconds S    length of the measurement  (10)
  --warm-up S    before it  (2)
  --patience S   for everybody to be in and to hear everybody  (60)
  --room NAME    of --room-of and --hold  (load)
  --sound-only   nobody sends pictures
  --silent       nobody sends anything
  --control      --hold reads commands: chat on, chat off, state, quit
  --cpu N        core of this program
)";

}  // namespace

settings read_arguments(int count, char** words) {
    settings made;
    bool chosen = false;
    for (int i = 1; i < count; ++i) {
        const std::string_view name = words[i];
        const auto value = [&]() -> std::string_view {
            if (++i == count) throw std::runtime_error(std::string(name) + " needs a value");
            return words[i];
        };
        const auto choose = [&](mode what) {
            made.what = what;
            made.people = bench::number_of<std::size_t>(value());
            chosen = true;
        };
        if (name == "--room-of")
            choose(mode::room);
        else if (name == "--burst")
            choose(mode::burst);
        else if (name == "--hold")
            choose(mode::hold);
        else if (name == "--port")
            made.port = bench::number_of<std::uint16_t>(value());
        else if (name == "--pid")
            made.pid = bench::number_of<int>(value());
        else if (name == "--rooms")
            made.rooms = bench::number_of<std::size_t>(value());
        else if (name == "--seconds")
            made.seconds = bench::number_of<double>(value());
        else if (name == "--warm-up")
            made.warm_up = bench::number_of<double>(value());
        else if (name == "--patience")
            made.patience = bench::number_of<double>(value());
        else if (name == "--room")
            made.room = value();
        else if (name == "--sound-only")
            made.picture = false;
        else if (name == "--silent")
            made.sound = made.picture = false;
        else if (name == "--control")
            made.control = true;
        else if (name == "--cpu")
            made.core = bench::number_of<int>(value());
        else
            throw std::runtime_error("unknown option " + std::string(name) + "\n" + std::string(usage));
    }
    if (!chosen || made.port == 0 || made.people == 0 || made.rooms == 0)
        throw std::runtime_error(std::string(usage));
    return made;
}

}  // namespace call_load
