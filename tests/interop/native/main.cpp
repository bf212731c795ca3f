// A participant of ours behind libnice: publishes by WHIP, or plays by WHEP and checks what it gets.
//
// usage: interop_native publish|play URL [--name VALUE]...
//   --frames N     end after so many frames, and a second of audio (play: 100; publish: none)
//   --seconds N    end after so long, in failure where --frames was not reached (30)
//   --codec C      vp8 or vp9 (vp8)
//   --size WxH     of the test card (320x180)
//   --bitrate N    bits/s of the video (400000)
//   --file PATH    an IVF file instead of the test card; then pictures have no number
//   --relay T      through the TURN server alone that the endpoint names, over udp or tcp
//   --loss N       drop N percent of the media packets in both directions
//   --local IP     to send from (127.0.0.1)
//   --token TEXT   for "Authorization: Bearer"
// Says "connected PROFILE by CANDIDATE" and at its end one line of JSON; exit status 0 when it got what it
// was to.
#include "libconf/media/participant.hpp"
#include "libconf/media/whip_client.hpp"
#include "tests/bench/sfu/http_fetch.hpp"
#include "tests/interop/native/nice_path.hpp"

#include <fmt/core.h>
#include <glib-unix.h>
#include <glib.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>

namespace {

using namespace conf;

struct arguments {
    media::participant_role role{};
    std::string url;
    std::map<std::string, std::string> named{
        {"frames", ""}, {"seconds", "30"}, {"codec", "vp8"}, {"size", "320x180"},    {"bitrate", "400000"},
        {"file", ""},   {"relay", ""},     {"loss", "0"},    {"local", "127.0.0.1"}, {"token", ""}};

    [[nodiscard]] unsigned number(const std::string& name) const {
        return static_cast<unsigned>(std::stoul(named.at(name)));
    }
};

arguments read(int argc, char** argv) {
    arguments made;
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() < 2 || (words[0] != "publish" && words[0] != "play") || words.size() % 2 != 0)
        throw std::runtime_error("usage: interop_native publish|play URL [--name VALUE]...");
    made.role = words[0] == "play" ? media::participant_role::play : media::participant_role::publish;
    made.url = words[1];
    for (std::size_t i = 2; i < words.size(); i += 2) {
        const auto at = made.named.find(words[i].starts_with("--") ? words[i].substr(2) : "");
        if (at == made.named.end()) throw std::runtime_error(words[i] + ": no such option");
        at->second = words[i + 1];
    }
    return made;
}

instant now() {
    return instant{duration(g_get_monotonic_time())};
}

constexpr guint tick_ms = 5;
constexpr std::uint64_t audio_packets_wanted = 50;  // a second

class runner {
public:
    explicit runner(const arguments& from);
    ~runner();
    runner(const runner&) = delete;
    runner& operator=(const runner&) = delete;

    [[nodiscard]] bool run();
    [[nodiscard]] std::string report() const;

private:
    [[nodiscard]] media::participant_options options() const;
    [[nodiscard]] std::string post(media::whip_client& by, const std::string& offer);
    [[nodiscard]] std::optional<native::relay> find_relay();
    void begin();
    void received(mutable_bytes datagram);
    void tick();
    void flush();
    [[nodiscard]] bool lose(bytes datagram);
    [[nodiscard]] bool satisfied() const;
    void fail(const std::string& why) {
        if (why_.empty()) why_ = why;
        ended_ = true;
    }

    arguments arguments_;
    std::vector<char> file_bytes_;
    std::optional<media::ivf_file> file_;
    crypto::keyed_random random_{crypto::system_random_key()};
    dtls::context dtls_{dtls::certificate::generate(
        std::chrono::sys_seconds{std::chrono::seconds(g_get_real_time() / 1'000'000)})};
    std::unique_ptr<srtp::protector> protector_ = srtp::make_protector("auto");
    std::optional<media::participant> participant_;
    std::optional<media::whip_client> whip_;
    media::http_response last_reply_;
    media::packet_list out_;
    std::uint64_t dropped_ = 0;
    bool gathered_ = false;  // which may be before there is a path_
    bool said_ = false;
    bool ended_ = false;
    std::string why_;
    std::optional<native::nice_path> path_;  // last: it calls the rest
};

runner::runner(const arguments& from) : arguments_(from) {
    if (const auto& name = from.named.at("file"); !name.empty()) {
        std::ifstream stream(name, std::ios::binary);
        file_bytes_.assign(std::istreambuf_iterator(stream), {});
        file_ = media::ivf_file::read(std::as_bytes(std::span(file_bytes_))).value();
    }
    crypto::random_key key;
    random_.fill(key);
    participant_.emplace(options(), dtls_, *protector_, key);
    whip_.emplace(media::http_url::parse(from.url).value(), from.named.at("token"));
    const auto forced = from.named.at("relay").empty() ? std::nullopt : find_relay();
    path_.emplace(native::nice_path::callbacks{.gathered = [this] { gathered_ = true; },
                                               .ready = [this] { participant_->start(now(), out_); },
                                               .failed = [this] { fail("ICE failed"); },
                                               .received = [this](mutable_bytes one) { received(one); }},
                  from.named.at("local"), forced);
}

runner::~runner() {
    participant_->close(out_);
    flush();
    path_.reset();
    try {
        if (whip_->has_session())
            static_cast<void>(sfu_load::fetch(whip_->target(), whip_->delete_request()));
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
    }
}

media::participant_options runner::options() const {
    media::participant_options made;
    made.role = arguments_.role;
    made.format.codec = arguments_.named.at("codec") == "vp9" ? sdp::codec::vp9 : sdp::codec::vp8;
    const auto& size = arguments_.named.at("size");
    made.format.width = static_cast<unsigned>(std::stoul(size));
    made.format.height = static_cast<unsigned>(std::stoul(size.substr(size.find('x') + 1)));
    made.format.bitrate_bps = arguments_.number("bitrate");
    made.file = file_ ? &*file_ : nullptr;
    made.wall_offset = duration(g_get_real_time() - g_get_monotonic_time());
    return made;
}

std::string runner::post(media::whip_client& by, const std::string& offer) {
    last_reply_ = sfu_load::fetch(by.target(), by.post_request(offer));
    return by.take_post(last_reply_).value();
}

// The servers are told with an answer (RFC 9725 §4.6), so it takes a first session to have them for the real
// one.
std::optional<native::relay> runner::find_relay() {
    auto first = *whip_;
    static_cast<void>(post(first, participant_->offer(ice::make_credentials(random_, 0))));
    static_cast<void>(sfu_load::fetch(first.target(), first.delete_request()));
    const auto& over = arguments_.named.at("relay");
    const std::regex wanted(R"(<turn:([^>]+):(\d+)\?transport=)" + over +
                            R"re(>.*username="([^"]+)".*credential="([^"]+)")re");
    for (const auto& [name, value] : last_reply_.fields) {
        std::smatch found;
        if (name != "link" || !std::regex_search(value, found, wanted)) continue;
        using transport = native::relay::transport;
        return native::relay{found[1], static_cast<std::uint16_t>(std::stoul(found[2])),
                             over == "tcp" ? transport::tcp : transport::udp, found[3], found[4]};
    }
    throw std::runtime_error("the endpoint names no TURN server over " + over);
}

void runner::begin() {
    if (whip_->has_session()) return;
    const auto answer = post(*whip_, participant_->offer(path_->credentials()));
    path_->connect(participant_->accept(answer, now()).value());
}

bool runner::lose(bytes datagram) {
    const bool media = !datagram.empty() && load_u8(datagram, 0) >= 128;
    if (!media || random_.below(100) >= arguments_.number("loss")) return false;
    ++dropped_;
    return true;
}

void runner::received(mutable_bytes datagram) {
    if (lose(datagram)) return;
    participant_->handle(datagram, now(), out_);
    flush();
}

void runner::flush() {
    out_.for_each_datagram([this](bytes one) {
        if (!lose(one)) path_->send(one);
    });
    out_.clear();
}

void runner::tick() {
    if (gathered_) begin();
    participant_->handle_timeout(now(), out_);
    flush();
    if (participant_->connected() && !std::exchange(said_, true)) {
        fmt::print("connected {} by {}\n", srtp::name_of(participant_->peer().profile()),
                   path_->local_type());
        std::fflush(stdout);
    }
    if (participant_->ended()) fail("DTLS ended");
    if (satisfied()) ended_ = true;
}

bool runner::satisfied() const {
    if (arguments_.named.at("frames").empty() && arguments_.role == media::participant_role::publish)
        return false;
    const auto wanted = arguments_.named.at("frames").empty() ? 100 : arguments_.number("frames");
    if (arguments_.role == media::participant_role::publish) return participant_->sent().frames >= wanted;
    const auto got = participant_->received();
    return got.frames >= wanted && got.audio_packets >= audio_packets_wanted;
}

bool runner::run() {
    const auto ticking =
        g_timeout_add(tick_ms, [](gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);
    const auto stop = [](gpointer self) -> gboolean {
        static_cast<runner*>(self)->ended_ = true;
        return G_SOURCE_CONTINUE;
    };
    const auto terminated = g_unix_signal_add(SIGTERM, stop, this);
    const auto interrupted = g_unix_signal_add(SIGINT, stop, this);
    const auto until = now() + std::chrono::seconds(arguments_.number("seconds"));
    while (!ended_ && now() < until) {
        g_main_context_iteration(nullptr, TRUE);
        tick();  // here, because it may throw, which no callback may
    }
    for (const auto source : {ticking, terminated, interrupted}) g_source_remove(source);
    if (!why_.empty()) fmt::print(stderr, "{}\n", why_);
    const bool play = arguments_.role == media::participant_role::play;
    return why_.empty() && participant_->connected() && (!play || satisfied());
}

std::string runner::report() const {
    nlohmann::json made;
    made["dropped"] = dropped_;
    made["refused"] = participant_->refused();
    made["path"] = path_->local_type();
    if (participant_->connected()) made["profile"] = srtp::name_of(participant_->peer().profile());
    if (arguments_.role == media::participant_role::publish) {
        const auto sent = participant_->sent();
        made.update({{"frames", sent.frames},
                     {"key_frames", sent.key_frames},
                     {"key_frames_asked_for", sent.key_frames_asked_for},
                     {"packets", sent.packets},
                     {"repeated", sent.repeated},
                     {"counter", sent.counter}});
        return made.dump();
    }
    const auto got = participant_->received();
    made.update({{"frames", got.frames},
                 {"key_frames", got.key_frames},
                 {"key_frames_asked_for", got.key_frames_asked_for},
                 {"undecodable", got.undecodable},
                 {"unreadable", got.unreadable},
                 {"skipped", got.skipped},
                 {"backwards", got.backwards},
                 {"width", got.width},
                 {"height", got.height},
                 {"video_packets", got.video_packets},
                 {"lost", got.video_lost},
                 {"nacked", got.nacked},
                 {"repeated", got.repeated},
                 {"repaired", got.repaired},
                 {"audio_packets", got.audio_packets},
                 {"concealed", got.concealed},
                 {"level_dbfs", got.level_dbfs},
                 {"tone_share", got.tone_share},
                 {"malformed", got.malformed}});
    if (got.counter) made["counter"] = *got.counter;
    return made.dump();
}

}  // namespace

int main(int argc, char** argv) try {
    runner one(read(argc, argv));
    const bool good = one.run();
    fmt::print("{}\n", one.report());
    std::fflush(stdout);
    return good ? 0 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
