/// One world for many inputs, for targets whose world takes longer to make than an input takes.
#pragma once

#include "libconf/base/check.hpp"
#include "tests/fuzz/target.hpp"

#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {

/// A World is made without arguments; it has `run(bytes)`, `is_reusable()` and `end()`, which checks what
/// must hold at the end of the world. After each input it is nearly as it was, so an input usually fails
/// alone as well. Where it does not, the file that the last words leave repeats it: a history, the inputs one
/// after the other, each behind its size.
template <typename World>
class long_life {
public:
    static void run_input(bytes input, const char* target) {
        static long_life shared;
        static std::string file;
        file = std::string(target) + "-history";
        last_words = [] { shared.write_history(file); };
        conf::set_check_handler([](const std::source_location&) noexcept { shared.write_history(file); });
        if (is_history) {
            source in(input);
            long_life own;
            while (!in.empty()) own.run(in.take(in.u16()));
            own.end();
        } else {
            shared.run(input.first(std::min<std::size_t>(input.size(), 0xFFFF)));
        }
    }

private:
    void run(bytes input) {
        if (!world_ || seen_.size() >= inputs_max || !world_->is_reusable()) {
            end();
            world_.emplace();
        }
        seen_.emplace_back(input.begin(), input.end());
        world_->run(input);
    }
    void end() {
        if (world_) world_->end();
        world_.reset();
        seen_.clear();
    }
    void write_history(const std::string& file) const {
        std::ofstream out(file, std::ios::binary);
        for (const auto& input : seen_) {
            out.put(static_cast<char>(input.size() >> 8)).put(static_cast<char>(input.size()));
            out.write(reinterpret_cast<const char*>(input.data()),
                      static_cast<std::streamsize>(input.size()));
        }
    }

    static constexpr std::size_t inputs_max = 200;

    std::optional<World> world_;
    std::vector<std::vector<std::byte>> seen_;
};

}  // namespace fuzz
