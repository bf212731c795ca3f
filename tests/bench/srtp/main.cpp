// What protecting one packet costs in each protector, for each profile, size of packet and size of batch.
// Every packet of a round goes to another receiver, with a key of its own, so that keys and buffers come from
// further away than the first caches. Ends with 1 if a protector of our own calls malloc for a packet, or the
// one that is chosen by itself is slower than EVP.
//
// usage: srtp_bench [--quick] [PROTECTOR...]
//
// PROTECTOR is a name that make_protector takes, or ipsec_mb/sse, ipsec_mb/avx, ipsec_mb/avx2,
// ipsec_mb/avx512.

#include "libconf/srtp/protector.hpp"
#include "tests/bench/srtp/malloc_counter.hpp"
#include "tests/srtp/packets.hpp"

#include <fmt/core.h>

#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

using namespace conf;

namespace {

constexpr std::size_t receivers = 1000;
constexpr std::size_t room_bytes = 1280;  // as far apart as full packets in the engine's arena

struct point {
    std::size_t size;
    std::size_t batch;
    std::size_t prefix = 0;
};
constexpr std::array<point, 10> points{{{160, 1},
                                        {160, 16},
                                        {160, 50},
                                        {160, 200},
                                        {160, 200, 8},
                                        {1200, 1},
                                        {1200, 16},
                                        {1200, 50},
                                        {1200, 200},
                                        {1200, 200, 8}}};
constexpr std::size_t payload_bytes_max = 1200;

/// Of this thread alone: the machine may do something else meanwhile.
double cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct levelled {
    std::string_view name;
    srtp::cpu_level level;
};
constexpr std::array<levelled, 4> levels{{{"ipsec_mb/sse", srtp::cpu_level::sse},
                                          {"ipsec_mb/avx", srtp::cpu_level::avx},
                                          {"ipsec_mb/avx2", srtp::cpu_level::avx2},
                                          {"ipsec_mb/avx512", srtp::cpu_level::avx512}}};

std::unique_ptr<srtp::protector> make(std::string_view name) {
    for (const auto& one : levels) {
        if (one.name == name) return srtp::make_ipsec_mb_protector(one.level);
    }
    return srtp::make_protector(name);
}

std::size_t heap_bytes() {
    return mallinfo2().uordblks;
}

/// Everything of one protector and profile.
class room {
public:
    room(std::string_view name, srtp::protector& with, srtp::profile which)
        : name_(name), with_(with), which_(which), buffer_(receivers * room_bytes) {
        crypto::keyed_random random(crypto::key_from_seed(1));
        payload_ = test::random_bytes(random, payload_bytes_max);
        headers_.resize(receivers, test::rtp_header(7, 0, 2, random));
        keys_.reserve(receivers);
        const auto before = heap_bytes();
        for (std::size_t i = 0; i < receivers; ++i) {
            keys_.push_back(with_.make_key(test::random_key(which, random)));
        }
        key_bytes_ = (heap_bytes() - before) / receivers;
        jobs_.reserve(receivers);
    }

    /// One packet to each receiver; ns for each.
    double round(const point& at) {
        ++index_;
        const auto mallocs = bench::mallocs_so_far();
        const auto began = cpu_ns();
        std::size_t done = 0;
        for (; done + at.batch <= receivers; done += at.batch) send(done, at);
        const auto took = (cpu_ns() - began) / static_cast<double>(done);
        if (index_ > 1) mallocs_ += bench::mallocs_so_far() - mallocs;
        return took;
    }

    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] std::size_t mallocs() const { return mallocs_; }
    void print(std::span<const double> figures) const {
        fmt::print("{:16} {:18} {:6} {:8}", name_, srtp::name_of(which_), key_bytes_, mallocs_);
        for (const auto one : figures) fmt::print(" {:8.0f}", one);
        fmt::print("\n");
    }

private:
    void send(std::size_t first, const point& at) {
        jobs_.clear();
        for (auto i = first; i < first + at.batch; ++i) {
            store_u16(headers_[i], 2, static_cast<std::uint16_t>(index_));
            const auto body = bytes(payload_).first(at.size);
            jobs_.push_back({keys_[i].get(), headers_[i], body.first(at.prefix), body.subspan(at.prefix),
                             index_, buffer_.data() + i * room_bytes});
        }
        with_.protect(jobs_);
    }

    std::string_view name_;
    srtp::protector& with_;
    srtp::profile which_;
    std::vector<std::byte> buffer_;
    std::vector<std::byte> payload_;
    std::vector<std::vector<std::byte>> headers_;
    std::vector<std::unique_ptr<srtp::sending_key>> keys_;
    std::vector<srtp::job> jobs_;
    std::uint64_t index_ = 0;
    std::size_t key_bytes_ = 0;
    std::size_t mallocs_ = 0;
};

/// Prints "ok NAME" or "FAILED NAME", as every test program here does.
bool claim(bool holds, std::string_view name) {
    fmt::print("{} {}\n", holds ? "ok" : "FAILED", name);
    return holds;
}

bool judge(const std::vector<room>& rooms, const std::vector<std::vector<double>>& best,
           std::string_view profile) {
    constexpr double measuring_error = 1.1;
    auto good = true;
    const auto evp = std::ranges::find(rooms, "evp", &room::name) - rooms.begin();
    for (std::size_t r = 0; r < rooms.size(); ++r) {
        const auto name = rooms[r].name();
        if (name != "libsrtp") {
            good &= claim(rooms[r].mallocs() == 0,
                          fmt::format("bench srtp {} {} calls no malloc", name, profile));
        }
        if (name == "ipsec_mb" && evp < std::ssize(rooms)) {
            const auto not_slower = [](double one, double other) { return one <= other * measuring_error; };
            good &= claim(std::ranges::equal(best[r], best[static_cast<std::size_t>(evp)], not_slower),
                          fmt::format("bench srtp {} {} is not slower than evp", name, profile));
        }
    }
    return good;
}

/// The best round counts, for whatever else happens only ever adds. The protectors take turns, so that a slow
/// minute is slow for all.
bool compare(std::vector<room>& rooms, std::string_view profile, int rounds) {
    std::vector<std::vector<double>> best(rooms.size());
    for (const auto& at : points) {
        for (auto& one : best) one.push_back(std::numeric_limits<double>::max());
        for (int i = 0; i < rounds; ++i) {
            for (std::size_t r = 0; r < rooms.size(); ++r) {
                best[r].back() = std::min(best[r].back(), rooms[r].round(at));
            }
        }
    }
    for (std::size_t r = 0; r < rooms.size(); ++r) rooms[r].print(best[r]);
    return judge(rooms, best, profile);
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::string_view> names(arguments + 1, arguments + count);
    const auto quick = std::erase(names, "--quick") > 0;
    if (names.empty()) names = srtp::protector_names();
    if (quick) std::erase(names, "libsrtp");  // twenty times as slow
    std::vector<std::pair<std::string_view, std::unique_ptr<srtp::protector>>> tried;
    for (const auto name : names) {
        if (auto made = make(name)) {
            tried.emplace_back(name, std::move(made));
        } else {
            fmt::print("{} does not work here\n", name);
        }
    }

    fmt::print(
        "ns of CPU a packet in the best round. Columns: bytes of payload (p: the first 8 as prefix) / "
        "packets a "
        "batch; {} keys in turn\n"
        "{:16} {:18} {:>6} {:>8}",
        receivers, "protector", "profile", "key B", "mallocs");
    for (const auto& at : points) {
        fmt::print(" {:>8}", fmt::format("{}{}/{}", at.size, at.prefix > 0 ? "p" : "", at.batch));
    }
    fmt::print("\n");
    auto good = true;
    for (const auto which : test::profiles) {
        std::vector<room> rooms;
        for (const auto& [name, protector] : tried) rooms.emplace_back(name, *protector, which);
        good &= compare(rooms, srtp::name_of(which), quick ? 10 : 50);
    }
    return good ? 0 : 1;
}
