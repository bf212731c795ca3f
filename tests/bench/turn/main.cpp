/// turn_load: puts a load on a TURN server and prints what that cost the server as one JSON object. See
/// README.md.
#include "clients.hpp"
#include "json.hpp"
#include "probe.hpp"
#include "traffic.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace turn_load {
namespace {

constexpr int peer_buffer_bytes = 32 << 20;
constexpr int client_buffer_bytes = 4 << 20;
constexpr std::int64_t lag_limit_ns = 5'000'000;  // a load further behind than this makes bursts of its own

struct options {
    std::string mode = "paced";
    account who{{0x7f000001, 0}, "bench", "bench"};
    pid_t process = 0;
    int cpu = -1;
    std::size_t clients = 1;
    std::size_t parallel = 64;
    double rate = 50'000;
    double rate_max = 1'000'000;
    double seconds = 1.5;
    double warm_up = 0.3;
    bool syscalls = false;
    traffic_options traffic;
};

constexpr const char* help_text =
    "turn_load --mode paced|closed|search|allocate --port PORT --pid PID [options]\n"
    "  --user NAME --password TEXT   long-term credential (bench, bench)\n"
    "  --cpu N                       run on this core only\n"
    "  --clients N --burst N --payload BYTES --kind channel|indication --direction both|up|down\n"
    "  --rate PACKETS --seconds S --warm-up S --rate-max PACKETS (search)\n"
    "  --window N --flow-window N    closed loop: packets under way, in all and of one allocation and "
    "direction\n"
    "  --gso | --gro | --latency | --syscalls\n"
    "  --parallel N                  allocations under way at a time\n";

std::size_t to_size(const std::string& text, std::size_t least, std::size_t most) {
    return std::clamp<std::size_t>(std::stoul(text), least, most);
}

template <class Value>
Value choose(const std::map<std::string, Value>& choices, const std::string& name) {
    const auto found = choices.find(name);
    if (found == choices.end()) throw std::invalid_argument(name + " is not known (--help)");
    return found->second;
}

options parse(int count, char** words) {
    options result;
    auto& traffic = result.traffic;
    const std::map<std::string, bool*> switches{{"--gso", &traffic.gso},
                                                {"--gro", &traffic.gro},
                                                {"--latency", &traffic.latency},
                                                {"--syscalls", &result.syscalls}};
    using text = const std::string&;
    constexpr std::size_t many = 1'000'000;
    const std::map<std::string, std::function<void(text)>> setters{
        {"--mode", [&](text value) { result.mode = value; }},
        {"--port",
         [&](text value) { result.who.server.port = static_cast<std::uint16_t>(to_size(value, 1, 65535)); }},
        {"--pid", [&](text value) { result.process = std::stoi(value); }},
        {"--user", [&](text value) { result.who.user = value; }},
        {"--password", [&](text value) { result.who.password = value; }},
        {"--cpu", [&](text value) { result.cpu = std::stoi(value); }},
        {"--clients", [&](text value) { result.clients = to_size(value, 1, many); }},
        {"--parallel", [&](text value) { result.parallel = to_size(value, 1, many); }},
        {"--rate", [&](text value) { result.rate = std::stod(value); }},
        {"--rate-max", [&](text value) { result.rate_max = std::stod(value); }},
        {"--seconds", [&](text value) { result.seconds = std::stod(value); }},
        {"--warm-up", [&](text value) { result.warm_up = std::stod(value); }},
        {"--burst", [&](text value) { traffic.burst = to_size(value, 1, sender::batch_max); }},
        {"--payload", [&](text value) { traffic.payload_bytes = to_size(value, sizeof(stamp), 1400); }},
        {"--window", [&](text value) { traffic.window = to_size(value, 1, many); }},
        {"--flow-window", [&](text value) { traffic.flow_window = to_size(value, 1, many); }},
        {"--kind",
         [&](text value) {
             traffic.kind = choose<carriage>(
                 {{"channel", carriage::channel}, {"indication", carriage::indication}}, value);
         }},
        {"--direction",
         [&](text value) {
             traffic.way = choose<direction>(
                 {{"both", direction::both}, {"up", direction::up}, {"down", direction::down}}, value);
         }},
    };
    for (int i = 1; i < count; ++i) {
        const std::string name = words[i];
        if (name == "--help") {
            std::fputs(help_text, stdout);
            std::exit(0);
        }
        if (const auto found = switches.find(name); found != switches.end()) {
            *found->second = true;
            continue;
        }
        const auto set = choose(setters, name);
        if (i + 1 == count) throw std::invalid_argument(name + " needs a value");
        set(words[++i]);
    }
    if (result.process == 0 || result.who.server.port == 0)
        throw std::invalid_argument("--pid and --port are needed");
    traffic.window = std::max(traffic.window, traffic.burst);
    traffic.flow_window = std::max(traffic.flow_window, traffic.burst);
    return result;
}

void prepare_process(const options& chosen) {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::max<rlim_t>(files.rlim_max, 65'536);
    files.rlim_max = files.rlim_cur;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) {  // not root: take what we may have
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (chosen.cpu < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(chosen.cpu), &set);
    sched_setaffinity(0, sizeof set, &set);
}

double percentile(std::vector<std::int64_t>& sorted, double part) {
    if (sorted.empty()) return 0;
    const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
    return static_cast<double>(sorted[index]) / 1e3;
}

json_object drops_json(const socket_drops& before, const socket_drops& after) {
    const auto sums = after.since(before);
    json_object result;
    result.field("listening", sums.listening);
    result.field("relay", sums.relay);
    return result;
}

json_object threads_json(const std::vector<thread_time>& before, const std::vector<thread_time>& after) {
    json_object result;
    for (const auto& each : after) {
        auto spent = each.cpu_ns;
        for (const auto& old : before) {
            if (old.id == each.id) spent -= old.cpu_ns;
        }
        if (spent > 1'000'000) result.field(each.name + " " + std::to_string(each.id), spent);
    }
    return result;
}

json_object setup_json(const setup_report& setup, std::size_t count) {
    json_object result;
    result.field("clients", count);
    result.field("seconds", static_cast<double>(setup.elapsed_ns) / 1e9);
    result.field("retransmissions", setup.retransmissions);
    result.field("refused", setup.refused);
    result.field("last_error", setup.last_error);
    return result;
}

void run_allocate(const options& chosen, json_object& out) {
    constexpr std::size_t first_touch =
        32;  // so that code and arenas are not counted as memory of allocations
    const server_probe server(chosen.process, chosen.who.server.port);
    client_pool pool(chosen.who, {0x7f000003, 9}, chosen.clients + first_touch, 16'384);
    pool.bring_to(goal::permission, 0, first_touch, 8);
    const auto memory = server.resident_bytes();
    const auto cpu = server.cpu_ns();
    const auto threads = server.threads();
    const auto setup =
        pool.bring_to(goal::permission, first_touch, first_touch + chosen.clients, chosen.parallel);
    const auto spent = server.cpu_ns() - cpu;
    const auto count = static_cast<double>(chosen.clients);
    out.field("setup", setup_json(setup, chosen.clients));
    out.field("allocations_per_second", count / (static_cast<double>(setup.elapsed_ns) / 1e9));
    out.field("cpu_us_an_allocation", static_cast<double>(spent) / 1e3 / count);
    out.field("bytes_an_allocation", static_cast<double>(server.resident_bytes() - memory) / count);
    out.field("server_busy", static_cast<double>(spent) / static_cast<double>(setup.elapsed_ns));
    out.field("threads_ns", threads_json(threads, server.threads()));
}

/// The pool, the peer and the traffic between them, ready to send.
struct scene {
    explicit scene(const options& chosen)
        : server(chosen.process, chosen.who.server.port),
          peer_socket(open_udp_socket({0x7f000003, 0}, peer_buffer_bytes)),
          pool(chosen.who, {0x7f000003, bound_port(peer_socket)}, chosen.clients, client_buffer_bytes) {
        const auto target = chosen.traffic.kind == carriage::channel ? goal::channel : goal::permission;
        setup = pool.bring_to(target, 0, chosen.clients, chosen.parallel);
        if (setup.refused != 0) {
            throw std::runtime_error("the server refused a client with " + std::to_string(setup.last_error));
        }
        flow = std::make_unique<traffic>(pool, peer_socket, server, chosen.traffic);
    }
    ~scene() {
        try {  // the next run should find the server as this one did
            pool.bring_to(goal::released, 0, pool.clients().size(), 32);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "turn_load: releasing the allocations: %s\n", error.what());
        }
        close(peer_socket);
    }
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    static std::uint16_t bound_port(int socket) {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    server_probe server;
    int peer_socket;
    client_pool pool;
    setup_report setup;
    std::unique_ptr<traffic> flow;
};

void run_phase(const options& chosen, json_object& out) {
    scene stage(chosen);
    auto& flow = *stage.flow;
    const bool paced = chosen.mode == "paced";
    const auto drops = stage.server.drops();
    const auto own_drops = flow.own_drops();
    const auto run = [&](double seconds) {
        return paced ? flow.run_paced(chosen.rate, seconds) : flow.run_closed_loop(seconds);
    };
    if (chosen.traffic.latency)
        flow.latencies_ns().reserve(static_cast<std::size_t>(chosen.rate * chosen.seconds * 2));
    run(chosen.warm_up);
    flow.forget_latencies();

    std::unique_ptr<syscall_counter> counter;
    if (chosen.syscalls) counter = std::make_unique<syscall_counter>(chosen.process);
    const auto threads = stage.server.threads();
    const auto ticks = stage.server.user_system_ticks();
    const auto report = run(chosen.seconds);
    const auto ticks_after = stage.server.user_system_ticks();
    const auto threads_after = stage.server.threads();
    if (counter) {
        json_object calls;
        for (const auto& [name, count] : counter->read()) {
            if (count != 0)
                calls.field(name, static_cast<double>(count) / static_cast<double>(report.delivered()));
        }
        if (counter->why_not().empty())
            out.field("syscalls_a_packet", calls);
        else
            out.field("syscalls_not_counted", counter->why_not());
    }
    flow.settle();

    const auto user = ticks_after.first - ticks.first;
    const auto system = ticks_after.second - ticks.second;
    out.field("setup", setup_json(stage.setup, chosen.clients));
    out.field("seconds", report.seconds());
    out.field("sent_rate", report.sent_rate());
    out.field("delivered_rate", report.delivered_rate());
    out.field("delivered_up", report.end.up - report.begin.up);
    out.field("delivered_down", report.end.down - report.begin.down);
    out.field("cpu_us_a_packet", report.cpu_us_a_packet());
    out.field("server_busy", report.server_busy());
    out.field("server_user_part",
              static_cast<double>(user) / static_cast<double>(std::max(user + system, 1L)));
    out.field("threads_ns", threads_json(threads, threads_after));
    out.field("sent", flow.sent());
    out.field("lost", flow.lost());
    out.field("server_drops", drops_json(drops, stage.server.drops()));
    out.field("load_drops", flow.own_drops() - own_drops);
    out.field("load_refused", flow.refused());
    out.field("load_lag_ms", static_cast<double>(report.lag_max_ns) / 1e6);
    out.field("stalls", report.stalls);
    out.field("reordered", flow.reordered());
    out.field("malformed", flow.malformed());
    if (paced)
        out.field("pace_held", report.sent_rate() >= 0.99 * chosen.rate && report.lag_max_ns <= lag_limit_ns);
    if (chosen.traffic.latency) {
        auto& values = flow.latencies_ns();
        std::ranges::sort(values);
        json_object latency;
        latency.field("p50", percentile(values, 0.5));
        latency.field("p90", percentile(values, 0.9));
        latency.field("p99", percentile(values, 0.99));
        latency.field("p999", percentile(values, 0.999));
        latency.field("max", percentile(values, 1));
        out.field("latency_us", latency);
    }
}

enum class verdict { passed, lost, load_limited };

verdict try_rate(scene& stage, const options& chosen, double rate, std::string& steps) {
    auto& flow = *stage.flow;
    const auto lost = flow.lost();
    const auto drops = stage.server.drops();
    const auto own = flow.own_drops() + flow.refused();
    const auto report = flow.run_paced(rate, chosen.seconds);
    flow.settle();
    const auto now_lost = flow.lost() - lost;
    const auto own_lost = flow.own_drops() + flow.refused() - own;
    const bool late = report.sent_rate() < 0.985 * rate || report.lag_max_ns > lag_limit_ns;
    const auto result = late || (now_lost != 0 && now_lost == own_lost) ? verdict::load_limited
                        : now_lost != 0                                 ? verdict::lost
                                                                        : verdict::passed;
    json_object step;
    step.field("rate", rate);
    step.field("verdict", result == verdict::passed ? "passed" : result == verdict::lost ? "lost" : "load");
    step.field("sent_rate", report.sent_rate());
    step.field("lost", now_lost);
    step.field("server_drops", drops_json(drops, stage.server.drops()));
    step.field("load_drops", own_lost);
    step.field("load_lag_ms", static_cast<double>(report.lag_max_ns) / 1e6);
    step.field("server_busy", report.server_busy());
    steps += (steps.empty() ? "" : ", ") + step.text();
    return result;
}

/// Doubles the rate until something is lost, then halves the gap in ratio. A lossy step is given a second
/// chance.
void run_search(const options& chosen, json_object& out) {
    constexpr double precision = 1.04;
    constexpr double lowest = 2'500;
    scene stage(chosen);
    std::string steps;
    stage.flow->run_paced(20'000, chosen.warm_up);
    stage.flow->settle();
    bool load_limited = false;
    const auto passes = [&](double rate) {
        auto answer = try_rate(stage, chosen, rate, steps);
        if (answer != verdict::passed) answer = try_rate(stage, chosen, rate, steps);
        load_limited = answer == verdict::load_limited;
        return answer == verdict::passed;
    };
    double good = 0;
    double bad = 0;
    bool bad_is_load = false;
    for (double rate = 40'000; rate <= chosen.rate_max; rate *= 2) {
        if (!passes(rate)) {
            bad = rate;
            bad_is_load = load_limited;
            break;
        }
        good = rate;
    }
    for (double rate = 20'000; good == 0 && rate >= lowest; rate /= 2) {
        if (passes(rate))
            good = rate;
        else
            bad = rate;
    }
    while (good != 0 && bad != 0 && bad / good > precision) {
        const double middle = std::sqrt(bad * good);
        if (passes(middle)) {
            good = middle;
        } else {
            bad = middle;
            bad_is_load = load_limited;
        }
    }
    out.field("setup", setup_json(stage.setup, chosen.clients));
    out.field("lossless_rate", good);
    out.field("load_limited", bad == 0 || bad_is_load);
    out.field("malformed", stage.flow->malformed());
    out.raw("steps", "[" + steps + "]");
}

int run(int count, char** words) {
    const auto chosen = parse(count, words);
    prepare_process(chosen);
    json_object out;
    if (chosen.mode == "allocate")
        run_allocate(chosen, out);
    else if (chosen.mode == "search")
        run_search(chosen, out);
    else if (chosen.mode == "paced" || chosen.mode == "closed")
        run_phase(chosen, out);
    else
        throw std::invalid_argument("--mode " + chosen.mode + " is not known (--help)");
    std::printf("%s\n", out.text().c_str());
    return 0;
}

}  // namespace
}  // namespace turn_load

int main(int count, char** words) try {
    return turn_load::run(count, words);
} catch (const std::exception& error) {
    std::fprintf(stderr, "turn_load: %s\n", error.what());
    return 2;
}
