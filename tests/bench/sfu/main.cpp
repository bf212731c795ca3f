// Publishes one stream into an SFU and plays it with a growing crowd; prints JSON. run.py drives it.
#include "tests/bench/peer/arguments.hpp"
#include "tests/bench/peer/process_usage.hpp"
#include "tests/bench/sfu/crowd.hpp"
#include "tests/bench/sfu/publisher.hpp"

#include "libconf/crypto/random.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace {

using namespace sfu_load;
using nlohmann::json;

constexpr std::string_view usage = R"(usage: sfu_load --pid N (--whip URL | --janus SOCKET) [OPTION VALUE]...
  --whip URL        address of the server: http://127.0.0.1:8080
  --janus SOCKET    path of Janus' Unix socket
  --pid N           process of the server: its CPU time and memory are measured
  --receivers LIST  how many, in growing steps: 50,200,1000  (50)
  --seconds S       length of a step's measurement  (4)
  --warm-up S       from the last receiver's first packet to that  (1)
  --check-every N   one packet of so many is decrypted  (1)
  --joining N       receivers that are being set up at the same time  (4)
  --loss-max P      steps end with the first that loses more, in percent  (100)
  --p99-max MS      or is slower  (1000000)
  --cpu N           core of this program
)";

struct settings {
    std::string whip, janus;
    int pid = 0;
    std::vector<std::size_t> receivers{50};
    double seconds = 4;
    double warm_up = 1;
    std::uint32_t check_every = 1;
    std::size_t joining = 4;
    double loss_max = 100;
    double p99_max_ms = 1e6;
    int cpu = -1;
};

std::vector<std::size_t> list_of(std::string_view text) {
    std::vector<std::size_t> made;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        made.push_back(bench::number_of<std::size_t>(text.substr(0, comma)));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return made;
}

settings read_arguments(int count, char** words) {
    settings made;
    for (int i = 1; i < count; i += 2) {
        const std::string_view name = words[i];
        if (i + 1 == count) throw std::runtime_error(std::string(name) + " needs a value");
        const std::string_view value = words[i + 1];
        if (name == "--whip")
            made.whip = value;
        else if (name == "--janus")
            made.janus = value;
        else if (name == "--pid")
            made.pid = bench::number_of<int>(value);
        else if (name == "--receivers")
            made.receivers = list_of(value);
        else if (name == "--seconds")
            made.seconds = bench::number_of<double>(value);
        else if (name == "--warm-up")
            made.warm_up = bench::number_of<double>(value);
        else if (name == "--check-every")
            made.check_every = bench::number_of<std::uint32_t>(value);
        else if (name == "--joining")
            made.joining = bench::number_of<std::size_t>(value);
        else if (name == "--loss-max")
            made.loss_max = bench::number_of<double>(value);
        else if (name == "--p99-max")
            made.p99_max_ms = bench::number_of<double>(value);
        else if (name == "--cpu")
            made.cpu = bench::number_of<int>(value);
        else
            throw std::runtime_error("unknown option " + std::string(name) + "\n" + std::string(usage));
    }
    if (made.pid == 0 || made.whip.empty() == made.janus.empty() || made.check_every == 0)
        throw std::runtime_error(std::string(usage));
    return made;
}

double seconds_of(std::int64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

template <class Value>
double quantile(const std::vector<Value>& sorted, double part) {
    if (sorted.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
    return static_cast<double>(sorted[at]);
}

class program {
public:
    explicit program(settings chosen)
        : settings_(std::move(chosen)),
          common_(crypto::system_random_key()),
          publisher_(common_),
          crowd_(publisher_, common_, settings_.check_every),
          signalling_(settings_.whip.empty() ? make_janus(settings_.janus)
                                             : make_whip(settings_.whip, "bench")) {}

    json run() {
        publisher_.transport().join(*signalling_, publisher_.publication());
        run_until(10, [&] { return publisher_.transport().connected(); }, "the publisher does not connect");
        publisher_.start(wall_ns());
        sending_ = true;
        run_for(0.5);
        const auto memory_before = bench::memory_kib_of(settings_.pid);
        json steps = json::array();
        for (const auto count : settings_.receivers) {
            auto step = measure(count);
            step["memory_kib_a_receiver"] =
                static_cast<double>(bench::memory_kib_of(settings_.pid) - memory_before) /
                static_cast<double>(count);
            steps.push_back(step);
            if (step["loss_percent"] > settings_.loss_max || step["latency_ms"]["p99"] > settings_.p99_max_ms)
                break;
        }
        return {{"steps", steps},
                {"srtp_profile", srtp::name_of(publisher_.transport().peer().profile())},
                {"key_frames", publisher_.key_frames()}};
    }

private:
    /// One turn of the loop. @return wall time after it.
    std::int64_t turn() {
        auto at = wall_ns();
        auto next = at + 5'000'000;
        if (sending_) next = std::min(next, publisher_.send_due(at));
        crowd_.keep_up(at);
        at = wall_ns();
        crowd_.serve(std::max<std::int64_t>(next - at, 0));
        return wall_ns();
    }
    void run_for(double seconds) {
        const auto end = wall_ns() + static_cast<std::int64_t>(seconds * 1e9);
        while (turn() < end) {}
    }
    template <class Done>
    void run_until(double seconds, Done&& done, const char* else_what) {
        const auto end = wall_ns() + static_cast<std::int64_t>(seconds * 1e9);
        while (!done()) {
            if (turn() > end) throw std::runtime_error(else_what);
        }
    }

    /// Joins receivers until there are so many; set-up times in milliseconds.
    std::vector<double> join_until(std::size_t count) {
        std::vector<client*> joining;
        std::vector<double> took;
        const auto settle = [&] {
            std::erase_if(joining, [&](const client* one) {
                if (one->failed()) throw std::runtime_error("a receiver does not connect");
                if (!one->first_media_ns) return false;
                took.push_back(static_cast<double>(*one->first_media_ns - one->asked_at_ns) / 1e6);
                return true;
            });
        };
        while (crowd_.receivers().size() < count || !joining.empty()) {
            if (crowd_.receivers().size() < count && joining.size() < settings_.joining) {
                auto& made = crowd_.add();
                made.join(*signalling_, {});
                joining.push_back(&made);
            }
            const auto enough = crowd_.receivers().size() < count ? settings_.joining - 1 : std::size_t{0};
            run_until(
                20,
                [&] {
                    settle();
                    return joining.size() <= enough;
                },
                "a receiver waits for its media");
        }
        std::ranges::sort(took);
        return took;
    }

    json measure(std::size_t count) {
        const auto setup = join_until(count);
        run_for(settings_.warm_up);
        [[maybe_unused]] const auto late_before = publisher_.take_late_ns();
        const auto drops_before = crowd_.drops();
        const auto sent_before = publisher_.packets();
        crowd_.begin();
        const auto cpu_before = bench::cpu_seconds_of(settings_.pid);
        const auto own_before = bench::own_cpu_seconds();
        const auto began = wall_ns();
        run_for(settings_.seconds);
        const auto cpu = bench::cpu_seconds_of(settings_.pid) - cpu_before;
        const auto took = seconds_of(wall_ns() - began);
        const auto own = bench::own_cpu_seconds() - own_before;
        const auto got = crowd_.end();
        const auto sent = publisher_.packets() - sent_before;
        const auto received = static_cast<double>(got.received);
        const auto wanted = static_cast<double>(sent) * static_cast<double>(count);
        return {{"receivers", count},
                {"seconds", took},
                {"packets_sent", sent},
                {"packets_received", got.received},
                {"packets_per_second", received / took},
                {"delivered", received / std::max(wanted, 1.0)},
                {"lost", got.lost},
                {"loss_percent", 100 * static_cast<double>(got.lost) / std::max(1.0, double(got.expected))},
                {"starved", got.starved},
                {"checked", got.checked},
                {"refused", got.refused},
                {"unstamped", got.unstamped},
                {"repeated", got.repeated},
                {"load_drops", crowd_.drops() - drops_before},
                {"load_late_ms", static_cast<double>(publisher_.take_late_ns()) / 1e6},
                {"load_busy", own / took},
                {"server_busy", cpu / took},
                {"cpu_us_a_packet", 1e6 * cpu / std::max(received, 1.0)},
                {"latency_ms",
                 {{"p50", quantile(got.latency_us, 0.5) / 1000},
                  {"p99", quantile(got.latency_us, 0.99) / 1000},
                  {"max", quantile(got.latency_us, 1) / 1000}}},
                {"setup_ms",
                 {{"p50", quantile(setup, 0.5)}, {"p95", quantile(setup, 0.95)}, {"count", setup.size()}}}};
    }

    settings settings_;
    common common_;
    publisher publisher_;
    crowd crowd_;
    std::unique_ptr<signalling> signalling_;
    bool sending_ = false;
};

}  // namespace

int main(int count, char** words) {
    try {
        const auto chosen = read_arguments(count, words);
        bench::settle_in(chosen.cpu);
        std::puts(program(chosen).run().dump().c_str());
        return 0;
    } catch (const std::exception& wrong) {
        std::fprintf(stderr, "sfu_load: %s\n", wrong.what());
        return 1;
    }
}
