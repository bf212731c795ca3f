#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/bench/sfu/signalling.hpp"

#include <nlohmann/json.hpp>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace sfu_load {
namespace {

using namespace conf;
using nlohmann::json;

/// One session with a handle for each participant; a message of the socket is one JSON object.
class janus final : public signalling {
public:
    explicit janus(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        if (path.size() >= sizeof at.sun_path) throw std::runtime_error(path + ": too long");
        std::memcpy(at.sun_path, path.data(), path.size());
        const timeval patience{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
            throw std::runtime_error(path + ": no connection to Janus");
        session_ = ask({{"janus", "create"}}).at("data").at("id");
        const auto handle = attach();
        ask(message(handle, {{"request", "create"},
                             {"room", room},
                             {"publishers", 1},
                             {"audiocodec", "opus"},
                             {"videocodec", "vp8"},
                             {"bitrate", 0},
                             {"notify_joining", false}}));
    }
    ~janus() override { ::close(fd_); }

    media::remote_description publish(const media::local_transport& local,
                                      const media::publication& what) override {
        auto request = message(attach(), {{"request", "joinandconfigure"},
                                          {"room", room},
                                          {"ptype", "publisher"},
                                          {"audio", true},
                                          {"video", true}});
        request["jsep"] = {
            {"type", "offer"}, {"trickle", false}, {"sdp", sdp::write(media::publish_offer(local, what))}};
        const auto event = ask(std::move(request), true);
        feed_ = event.at("plugindata").at("data").at("id");
        return media::read_description(sdp_of(event)).value();
    }

    media::remote_description play(const media::local_transport& local) override {
        const auto handle = attach();
        const auto event = ask(message(handle, {{"request", "join"},
                                                {"room", room},
                                                {"ptype", "subscriber"},
                                                {"streams", {{{"feed", feed_}}}}}),
                               true);
        const auto text = sdp_of(event);
        const auto offer = sdp::parse(text);
        if (!offer) throw std::runtime_error("Janus offers what we cannot read: " + offer.error().message());
        auto start = message(handle, {{"request", "start"}});
        start["jsep"] = {
            {"type", "answer"}, {"trickle", false}, {"sdp", sdp::write(media::answer_to(*offer, local))}};
        ask(std::move(start), true);
        return media::read_description(text).value();
    }

private:
    static constexpr int room = 1;

    static std::string sdp_of(const json& event) { return event.at("jsep").at("sdp"); }
    [[nodiscard]] std::uint64_t attach() {
        return ask({{"janus", "attach"}, {"plugin", "janus.plugin.videoroom"}}).at("data").at("id");
    }
    static json message(std::uint64_t handle, json body) {
        return {{"janus", "message"}, {"handle_id", handle}, {"body", std::move(body)}};
    }

    /// Sends and waits for the answer, or for the event that follows an "ack".
    json ask(json request, bool wants_event = false) {
        const auto transaction = std::to_string(++transactions_);
        request["transaction"] = transaction;
        if (session_ != 0) request["session_id"] = session_;
        const auto text = request.dump();
        if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("Janus does not take our request");
        for (;;) {
            const auto got = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
            if (got <= 0) throw std::runtime_error("Janus does not answer: " + text.substr(0, 200));
            auto reply = json::parse(std::string_view(buffer_.data(), static_cast<std::size_t>(got)));
            if (reply.value("transaction", "") != transaction) continue;
            const std::string what = reply.value("janus", "");
            const bool failed = what == "error" || (reply.contains("plugindata") &&
                                                    reply["plugindata"]["data"].contains("error"));
            if (failed) throw std::runtime_error("Janus refuses: " + reply.dump());
            if (what == "event" || (what == "success" && !wants_event)) return reply;
        }
    }

    int fd_;
    std::uint64_t session_ = 0;
    std::uint64_t feed_ = 0;
    std::uint64_t transactions_ = 0;
    std::vector<char> buffer_ = std::vector<char>(256 * 1024);
};

}  // namespace

std::unique_ptr<signalling> make_janus(const std::string& path) {
    return std::make_unique<janus>(path);
}

}  // namespace sfu_load
