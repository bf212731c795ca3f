/// The SFU as calls: publish and play without HTTP, and listen to the media of a room.
#pragma once

#include <conf/export.hpp>
#include <conf/participant.hpp>
#include <conf/result.hpp>
#include <conf/track.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace conf::inline v0 {

/// A session that was made.
struct media_session {
    participant who;
    std::string answer;  ///< SDP, with all candidates: none follow
};

/// When a publisher takes the place of another one of its name: that one's session ends, its players go on
/// with the new one in the same sections.
enum class publish_takeover : std::uint8_t {
    of_silent,  ///< nothing has come from the other one for 7 s: its page was reloaded
    at_once,    ///< the program knows that it is the same person
};

/// Whom a player wants, and may get.
struct play_options {
    std::optional<std::string> only{};    ///< this publisher; nothing: everybody, in the order of publishing
    std::optional<std::string> except{};  ///< but not this one: oneself
    std::optional<forward_rule> rule{};   ///< its own, before anything is sent; nothing: the room's
};

/// One RTP packet (RFC 3550 §5.1) as its publisher sent it, decrypted. All views end with the callback.
struct rtp_packet {
    std::string_view room;
    std::string_view publisher;
    std::uint64_t participant = 0;  ///< `participant::id()` of the publisher
    std::uint16_t section = 0;      ///< `track::section()`
    media_kind kind{};
    std::string_view codec;  ///< of the payload type's rtpmap
    std::uint32_t clock_rate_hz = 0;
    std::uint8_t layer = 0;  ///< of simulcast: its place in the offer

    std::span<const std::byte> whole;    ///< header, extensions, payload, padding
    std::span<const std::byte> payload;  ///< without padding; begins with the codec's payload descriptor
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint32_t ssrc = 0;
    std::uint32_t timestamp = 0;          ///< in ticks of `clock_rate_hz`; wraps
    std::uint64_t sequence = 0;           ///< the sequence number in its low 16 bits; does not wrap
    bool starts_key_frame = false;        ///< a decoder can begin here; true for audio
    std::chrono::microseconds arrival{};  ///< since some moment before; the same clock for all packets
};

/// Called on the media thread that has the room, once the turn's packets have been forwarded; one call at a
/// time for each tap. Every packet comes once: repetitions that were asked for (RFC 4588) fill the gaps late,
/// so order by `sequence`. It must not throw.
///
/// The room's media waits while it runs: hand over what takes longer than some microseconds. There is no
/// queue that could overflow, but packets are lost in the kernel when callbacks are too slow: see
/// `tap_stats::slow_calls`. Calls about the same room are legal in it, `tap::stop` and `room::close` too; for
/// others see `media_errc::wrong_thread`.
using rtp_handler = std::function<void(const rtp_packet&)>;

/// What a tap hears. It waits for rooms and publishers that do not exist yet, and hears those who come again.
struct tap_options {
    std::string room;
    std::optional<std::string> publisher{};  ///< nothing: everybody
    std::optional<media_kind> kind{};        ///< nothing: both
};

struct tap_stats {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::uint64_t slow_calls = 0;         ///< of the handler that took longer than a millisecond
    std::chrono::microseconds longest{};  ///< call
};

/// Hears packets until it is stopped or destroyed. It may outlive the server, and hears nothing then.
///
/// Thread-safe but for being moved.
class CONF_EXPORT tap {
public:
    struct impl;
    explicit tap(std::unique_ptr<impl> state) noexcept;
    tap(tap&&) noexcept;
    tap& operator=(tap&&) noexcept;
    ~tap();

    /// When it returns, the handler does not run and will not be called again. But: called from the handler,
    /// or from a callback on another media thread, it does not wait for a call that is under way. Idempotent.
    void stop();
    [[nodiscard]] tap_stats stats() const noexcept;

private:
    std::unique_ptr<impl> impl_;
};

/// The media of a server; a cheap copy that may outlive it.
///
/// Rooms are made by use: there is nothing to open. These calls are the program's own, so they need no access
/// token whatever `rooms.open` says. Thread-safe. Calls go to the media thread that has the room and wait for
/// it; `media_errc::stopped`, `no_media` and `wrong_thread` are errors of all of them.
class CONF_EXPORT forwarding {
public:
    struct impl;
    explicit forwarding(std::shared_ptr<const impl> state) noexcept;

    /// What a WHIP POST does (RFC 9725 §4.2): answers the offer of one who sends one audio and one video
    /// section at most.
    /// @return `bad_name`, `bad_sdp`, `name_taken`, `full`. A session that does not connect in 30 s ends.
    result<media_session> publish(std::string_view room, std::string_view name, std::string_view offer,
                                  publish_takeover takeover = publish_takeover::of_silent) const;

    /// What a WHEP POST does: any number of sections, in which the room's publishers are sent, the k-th
    /// section of a kind for the k-th publisher; the others are silent until there is one for them.
    /// @return `bad_name`, `bad_sdp`, `not_publishing` (of `only`), `full`.
    result<media_session> play(std::string_view room, std::string_view offer,
                               const play_options& options = {}) const;

    /// Calls `handler` with the packets of a room; asks for key frames of the videos that are there.
    /// @return `bad_name`. Precondition: `handler` is not empty.
    result<tap> listen(const tap_options& options, rtp_handler handler) const;

private:
    std::shared_ptr<const impl> impl_;
};

}  // namespace conf::inline v0
