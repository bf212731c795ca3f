// Writes what somebody publishes by WHIP at /whip/ROOM/NAME into a file, until she leaves: all RTP packets,
// decrypted, in the format of rtpdump (rtptools; Wireshark reads it too). usage: example_forward_to_file ROOM
// NAME FILE [HTTP-PORT]
#include <conf/server.hpp>

#include <array>
#include <cstdint>
#include <fstream>
#include <future>
#include <iostream>

namespace {

/// The file: a line of text; the start in seconds and microseconds, address and port of the source, all of
/// them zero here; then for each packet its length with these eight bytes, its own length, the milliseconds
/// since the start, and the packet. Numbers are big-endian.
class rtpdump {
public:
    explicit rtpdump(const std::string& path) : file_(path, std::ios::binary) {
        file_ << "#!rtpplay1.0 0.0.0.0/0\n";
        for (int i = 0; i < 4; ++i) put(0, 4);
    }
    void write(const conf::rtp_packet& packet) {
        if (count_++ == 0) begun_ = packet.arrival;
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(packet.arrival - begun_);
        put(packet.whole.size() + 8, 2);
        put(packet.whole.size(), 2);
        put(static_cast<std::uint64_t>(since.count()), 4);
        file_.write(reinterpret_cast<const char*>(packet.whole.data()),
                    static_cast<std::streamsize>(packet.whole.size()));
    }
    [[nodiscard]] bool close() { return file_.flush().good(); }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    void put(std::uint64_t number, int bytes) {
        while (--bytes >= 0) file_.put(static_cast<char>(number >> (8 * bytes) & 0xFF));
    }

    std::ofstream file_;
    std::chrono::microseconds begun_{};
    std::uint64_t count_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return std::cerr << "usage: example_forward_to_file ROOM NAME FILE [HTTP-PORT]\n", 2;
    rtpdump file(argv[3]);
    std::promise<void> gone;
    conf::server_options options;
    options.http.listen = {std::string("127.0.0.1:") + (argc > 4 ? argv[4] : "8080")};
    options.media.listen = {"localhost:0"};
    auto server = conf::server::create(options);
    if (!server) return std::cerr << server.error().message() << '\n', 1;

    // On the thread that forwards: a buffered file is quick enough for that, a network would not be.
    auto tap = server->media().listen({.room = argv[1], .publisher = argv[2]},
                                      [&](const conf::rtp_packet& packet) { file.write(packet); });
    if (!tap) return std::cerr << tap.error().message() << '\n', 1;
    server->on_event([&, name = std::string(argv[2])](const conf::room_event& event) {
        if (event.what != conf::room_event_kind::participant_left || event.who->name() != name) return;
        server->on_event({});
        gone.set_value();
    });
    std::cout << server->listening().front() << "/whip/" << argv[1] << '/' << argv[2] << std::endl;
    gone.get_future().wait();
    tap->stop();
    std::cout << file.count() << " packets" << std::endl;
    return file.close() ? 0 : 1;
}
