/// A whole server process: pages, health, metrics, control socket, and the TURN relay.
#pragma once

#include <conf/board.hpp>
#include <conf/document.hpp>
#include <conf/export.hpp>
#include <conf/files.hpp>
#include <conf/forwarding.hpp>
#include <conf/log.hpp>
#include <conf/media.hpp>
#include <conf/meetings.hpp>
#include <conf/pad.hpp>
#include <conf/result.hpp>
#include <conf/room.hpp>
#include <conf/turn.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// What a server is made from; each field is the key of the same name in the configuration.
struct server_options {
    struct {
        std::vector<std::string> listen;  ///< "host:port", "http://host:port" or "https://host:port"
        /// Of pages that may enter rooms, as browsers write them: "https://conf.example.org". Those of
        /// `listen` may anyway.
        std::vector<std::string> origins;
        /// Pages of the program. "index.html" answers for "/" and for "/r/{room}", files in "assets/" are
        /// kept by browsers for ever. Empty: "/" shows the status page, which is at "/status" in any case.
        embedded_files pages;
        struct {
            std::uint32_t connections_per_address = 256;      ///< of one IPv4 address or IPv6 /64; 0: off
            std::uint32_t connections = 8192;                 ///< 0: off
            std::uint32_t session_requests_per_minute = 600;  ///< WHIP and WHEP, of one address; 0: off
            /// Of one address: tokens and rooms that turn out not to be good; 0: off.
            std::uint32_t failed_lookups_per_minute = 20;
        } limits;
    } http;
    struct {
        std::vector<std::string> listen;  ///< "host:port" for /metrics
    } metrics;
    struct {
        std::string certificate;  ///< PEM file with the chain
        std::string key;          ///< PEM file with the private key
    } tls;
    struct {
        /// A folder that is there and can be written to, for what must survive a restart. Empty: nothing
        /// survives.
        std::string path;
    } data;
    struct {
        std::string socket;  ///< path of the socket that confctl speaks to; empty: none
    } control;

    media_options media;  ///< no media where `media.listen` is empty
    room_options rooms;
    document_options documents;  ///< no documents where `documents.converter` is empty
    turn_options turn;           ///< no relay is started where `turn.listen` is empty
    log_sink log;                ///< used by all parts; `turn.log` is overwritten with it
};

/// Runs everything a configuration asks for.
///
/// Owns its threads and sockets. Thread-safe. Destroying it stops it.
class CONF_EXPORT server {
public:
    /// Binds all listeners and starts. On an error nothing is left running and the message names what failed.
    static result<server> create(server_options options);

    server(server&&) noexcept;
    server& operator=(server&&) noexcept;
    ~server();

    /// Takes new options without dropping anybody.
    /// @return names of the keys that differ but need a restart; empty when all is in force.
    result<std::vector<std::string>> apply(server_options options);

    /// Starts draining; `wait` returns when everybody left or the drain limit is over.
    void drain();

    /// Ends `wait` as soon as possible. Safe in any thread; not in a signal handler.
    void stop();

    /// Blocks until `stop`, or until a drain is over.
    void wait();

    /// Where it listens, with the ports that were bound: "http://127.0.0.1:8080", "udp://127.0.0.1:3478", ….
    [[nodiscard]] std::vector<std::string> listening() const;

    /// A handle for the room of that name, whether anybody is there or not. @return `media_errc::bad_name`,
    /// `media_errc::no_media`.
    [[nodiscard]] result<room> find_room(std::string_view name) const;

    /// The rooms where somebody is, in no order. @return `media_errc::stopped`, `media_errc::wrong_thread`.
    [[nodiscard]] result<std::vector<room_info>> rooms() const;

    /// Publish, play and listen without HTTP.
    [[nodiscard]] forwarding media() const;

    /// The people on the pages of rooms.
    [[nodiscard]] conf::meetings meetings() const;

    /// The texts that people of a room write together.
    [[nodiscard]] room_pads pads() const;

    /// The boards of that room, whether anybody is there or not. @return `board_errc::bad_room`.
    [[nodiscard]] result<conf::board> board(std::string_view room) const;
    /// The files of that room. @return `document_errc::bad_room`.
    [[nodiscard]] result<room_documents> documents(std::string_view room) const;

    /// What happens in rooms from now on; an empty function ends it. One handler: the last one counts, and
    /// the one before does not run any more when this returns, unless a callback made this call.
    void on_event(room_event_handler handler);

    /// A JSON object with what `confctl status` shows.
    [[nodiscard]] std::string status_json() const;

    struct impl;

private:
    explicit server(std::unique_ptr<impl> state);
    std::unique_ptr<impl> impl_;
};

}  // namespace conf::inline v0
