// The examples as programs: each one runs, does what its first lines say, and ends.
#include "tests/host/caller.hpp"
#include "tests/net/temp_folder.hpp"
#include "tests/net/test_client.hpp"
#include "tests/net/turn_client.hpp"
#include "tests/net/wired_peer.hpp"

#include <conf/ice.hpp>

#include <sys/wait.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <signal.h>
#include <unistd.h>

namespace {

using namespace conf;
using conf::test::test_client;
using conf::test::wired_peer;
using engine_test::audio_packet;
using engine_test::offer_of;

/// A program with its stdin and stdout at hand; it is killed if it is still there at the end.
class program {
public:
    explicit program(std::vector<std::string> words) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        REQUIRE((::pipe(in.data()) == 0 && ::pipe(out.data()) == 0));
        id_ = ::fork();
        REQUIRE(id_ >= 0);
        if (id_ == 0) {
            ::dup2(in[0], 0);
            ::dup2(out[1], 1);
            for (const int fd : {in[0], in[1], out[0], out[1]}) ::close(fd);
            std::vector<char*> arguments;
            for (auto& word : words) arguments.push_back(word.data());
            arguments.push_back(nullptr);
            ::execv(arguments.front(), arguments.data());
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        in_ = in[1];
        out_ = out[0];
    }
    ~program() {
        end(SIGKILL);
        ::close(in_);
        ::close(out_);
    }
    program(const program&) = delete;
    program& operator=(const program&) = delete;

    void write(const std::string& text) const {
        REQUIRE(::write(in_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    /// The next line of stdout; "" at its end.
    std::string read_line() {
        for (;;) {
            if (const auto end = read_.find('\n'); end != std::string::npos) {
                auto line = read_.substr(0, end);
                read_.erase(0, end + 1);
                return line;
            }
            std::array<char, 4096> some{};
            REQUIRE(conf::test::wait_for(out_, POLLIN, 20'000));
            const auto size = ::read(out_, some.data(), some.size());
            if (size <= 0) return {};
            read_.append(some.data(), static_cast<std::size_t>(size));
        }
    }
    /// Waits for its end: what it returned, or minus the signal that ended it.
    int end(int signal = 0) {
        if (id_ <= 0) return 0;
        if (signal != 0) ::kill(id_, signal);
        int status = 0;
        REQUIRE(::waitpid(std::exchange(id_, 0), &status, 0) > 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    pid_t id_ = 0;
    int in_ = -1;
    int out_ = -1;
    std::string read_;
};

endpoint address_of(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    return endpoint::parse(url.substr(0, url.find('/'))).value();
}

test_client::answer ask(const endpoint& at, const std::string& method, const std::string& path,
                        const std::string& body = {}) {
    test_client client(at);
    client.send(method + " " + path + " HTTP/1.1\r\nHost: t\r\nContent-Type: application/sdp\r\n" +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.read_answer();
}

endpoint media_of(const std::string& answer) {
    const auto parsed = sdp_test::parsed(answer);
    for (const auto& one : parsed.media.front().candidates) {
        if (one.transport == sdp::candidate_transport::udp) return {one.ip.value(), one.port};
    }
    FAIL("no candidate for UDP");
    return {};
}

/// Publishes `count` packets as ann in "algebra", plays them, and leaves.
void publish_and_leave(const endpoint& http, std::uint16_t count) {
    const auto published = ask(http, "POST", "/whip/algebra/ann", offer_of(sdp_test::publisher));
    REQUIRE(published.status == 201);
    const auto played = ask(http, "POST", "/whep/algebra", offer_of(sdp_test::player()));
    REQUIRE(played.status == 201);
    wired_peer ann(media_of(published.body), false, published.body);
    wired_peer ben(media_of(played.body), false, played.body);
    for (std::uint16_t i = 0; i < count; ++i) ann.self.send_rtp(audio_packet(i), i);
    REQUIRE(ann.turn_until([] { return true; }));
    REQUIRE(ben.turn_until([&] { return ben.self.rtp.size() == count; }));
    REQUIRE(ask(http, "DELETE", played.field("Location")).status == 200);
    REQUIRE(ask(http, "DELETE", published.field("Location")).status == 200);
}

std::vector<std::byte> contents_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto all = as_bytes(text);
    return {all.begin(), all.end()};
}

}  // namespace

TEST_CASE("embed_sfu forwards, and tells who comes and goes") {
    program example({CONF_EMBED_SFU, "0"});
    publish_and_leave(address_of(example.read_line()), 20);
    std::vector<std::string> told;
    for (int i = 0; i < 4; ++i) told.push_back(example.read_line());
    CHECK(told == std::vector<std::string>{"ann joined algebra", "(player) joined algebra",
                                           "(player) left algebra", "ann left algebra"});
    CHECK(example.end(SIGTERM) == -SIGTERM);
}

TEST_CASE("draw_board draws, and exports the page") {
    const conf::test::temp_folder folder;
    const auto path = folder.file("wave.svg");
    program example({CONF_DRAW_BOARD, path});
    CHECK(example.end() == 0);
    std::ifstream file(path);
    const std::string picture{std::istreambuf_iterator<char>(file), {}};
    CHECK(picture.starts_with("<svg"));
    CHECK(picture.find("A damped wave") != std::string::npos);
    CHECK(picture.find("#0b6e4f") != std::string::npos);
}

TEST_CASE("embed_room greets who was invited") {
    program example({CONF_EMBED_ROOM, "0"});
    const auto line = example.read_line();  // of the moderator: an address, then a token
    const auto space = line.find(' ');
    REQUIRE(space != std::string::npos);
    conf::test::caller ada(address_of(line), "board");
    CHECK(ada.enter("Ada", line.substr(space + 1))["people"][0]["role"] == "moderator");
    CHECK(ada.event("chat.message")["message"]["text"] == "Welcome, Ada");
    ada.send(conf::test::chat(3, "Bonjour"));
    REQUIRE(example.read_line().starts_with("http"));  // the viewer's
    CHECK(example.read_line() == "Ada: Bonjour");
    CHECK(example.end(SIGTERM) == -SIGTERM);
}

TEST_CASE("write_pad writes, and says what is there") {
    program example({CONF_WRITE_PAD, "0"});
    CHECK(example.read_line() == "# Minutes");
    CHECK(example.read_line().empty());
    CHECK(example.read_line() == "- [ ] elect a chair");
    CHECK(example.read_line().empty());
    CHECK(example.read_line() == "**Decided:** Ada is the chair.");
    const auto url = example.read_line();
    REQUIRE(url.ends_with("/pad/board/minutes"));
    const auto text = ask(address_of(url), "GET", "/api/v1/rooms/board/pads/minutes/export?format=txt");
    CHECK(text.body == "Minutes\n\n[ ] elect a chair\n\nDecided: Ada is the chair.\n");
    CHECK(example.end(SIGTERM) == -SIGTERM);
}

TEST_CASE("forward_to_file writes what was published in the format of rtpdump") {
    const conf::test::temp_folder folder;
    const auto path = folder.file("stream.rtpdump");
    program example({CONF_FORWARD_TO_FILE, "algebra", "ann", path, "0"});
    const auto url = example.read_line();
    CHECK(url.ends_with("/whip/algebra/ann"));
    publish_and_leave(address_of(url), 20);
    CHECK(example.read_line() == "20 packets");
    CHECK(example.end() == 0);

    const auto file = contents_of(path);
    const std::string head = "#!rtpplay1.0 0.0.0.0/0\n";
    REQUIRE(file.size() > head.size() + 16);
    CHECK(std::equal(head.begin(), head.end(), file.begin(),
                     [](char a, std::byte b) { return static_cast<std::byte>(a) == b; }));
    auto rest = bytes(file).subspan(head.size() + 16);
    std::uint32_t before = 0;
    for (std::uint16_t i = 0; i < 20; ++i) {
        INFO("packet " << i);
        REQUIRE(rest.size() >= 8);
        const std::size_t length = load_u16(rest, 0);
        CHECK(load_u16(rest, 2) + 8U == length);
        CHECK(load_u32(rest, 4) >= before);
        before = load_u32(rest, 4);
        REQUIRE(rest.size() >= length);
        CHECK(std::ranges::equal(rest.subspan(8, length - 8), audio_packet(i)));
        rest = rest.subspan(length);
    }
    CHECK(before < 60'000);
    CHECK(rest.empty());
}

TEST_CASE("forward_to_file says what it does not get") {
    program without({CONF_FORWARD_TO_FILE, "algebra"});
    CHECK(without.end() == 2);
    program bad({CONF_FORWARD_TO_FILE, "a/b", "ann", "/dev/null", "0"});
    CHECK(bad.end() == 1);
}

TEST_CASE("turn_relay relays for whoever has a credential") {
    program example({CONF_TURN_RELAY, "0"});
    const std::string secret = "0123456789abcdef0123456789abcdef";
    example.write(secret + "\n");
    for (const std::string scheme : {"udp", "tcp"}) {
        const auto url = example.read_line();
        INFO(url);
        REQUIRE(url.starts_with(scheme + "://0.0.0.0:"));
        const auto at = scheme + "://127.0.0.1:" + std::to_string(address_of(url).port);
        const auto pass = make_turn_credential(
            secret, "ada",
            std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()) +
                std::chrono::minutes(10));
        conf::test::turn_client client(at, pass.username, pass.password);
        CHECK(client.allocate() == 0);
        CHECK(client.permit({endpoint::parse("192.0.2.7:40000").value()}) == 0);
        CHECK(client.permit({endpoint::parse("192.0.2.8:40000").value()}) == 403);
        conf::test::turn_client stranger(at, pass.username, "something else");
        CHECK(stranger.allocate() == 401);
    }
    CHECK(example.end(SIGTERM) == -SIGTERM);
}
