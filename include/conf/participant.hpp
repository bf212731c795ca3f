/// Somebody in a room: who publishes, or who plays.
#pragma once

#include <conf/export.hpp>
#include <conf/result.hpp>
#include <conf/track.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conf::inline v0 {

/// Which publishers a player may receive, whatever it asks for.
struct forward_rule {
    enum class kind : std::uint8_t { everybody, only_named, all_but_named };
    kind which = kind::everybody;
    std::vector<std::string> names;  ///< of publishers; those who are not there yet, too
};

/// How a player wants to receive one section.
struct subscription_options {
    /// Of simulcast, the smallest layer of at least so many pixels of height; 0, or none so tall: the
    /// largest. Layers whose height is unknown (H.264, AV1) do not count. Losses may lower it, never raise.
    std::uint16_t height_wanted = 0;
    /// Nothing is sent; afterwards it goes on with a key frame.
    bool paused = false;
};

/// Names one session of WHIP (RFC 9725), of WHEP (draft-ietf-wish-whep-04) or of `forwarding`; a cheap copy.
/// Who publishes and plays has two of them. It may outlive the session and the server: then calls say so.
///
/// Thread-safe. Calls go to the media thread that has the room and wait for it; `media_errc::stopped` and
/// `media_errc::wrong_thread` are errors of all of them.
class CONF_EXPORT participant {
public:
    struct impl;
    explicit participant(std::shared_ptr<const impl> state) noexcept;

    /// Of this server; no other session gets it, ever.
    [[nodiscard]] std::uint64_t id() const noexcept;
    /// What a publisher publishes as; nothing for a player.
    [[nodiscard]] const std::optional<std::string>& name() const noexcept;
    [[nodiscard]] const std::string& room_name() const noexcept;

    /// Whether its DTLS handshake is done. @return `no_participant`.
    [[nodiscard]] result<bool> connected() const;

    /// The sections of a publisher's offer that have begun to send; none for a player.
    /// @return `no_participant`.
    [[nodiscard]] result<std::vector<track>> tracks() const;

    /// Ends the session; the peer is told by DTLS close_notify. @return `no_participant`.
    result<void> remove() const;

    /// ICE restart (RFC 9725 §4.3.3).
    /// @param fragment  application/trickle-ice-sdpfrag with the peer's new ufrag and pwd (RFC 8840).
    /// @return the answer, of the same type; `no_participant`, `bad_sdp`, `not_restarted`. The session goes
    /// on as it was after an error. Candidates need not be given to anybody: this end never sends checks.
    result<std::string> restart_ice(std::string_view fragment) const;

    /// Of a player's section, from 0 in the order of its offer. @return `no_participant`, `no_section`.
    result<void> set_subscription(std::uint16_t section, subscription_options wanted) const;

    /// Whom this player may receive, in place of the room's rule; at once. What it loses falls silent, and
    /// its sections are free for others. Nothing: the room's rule again.
    /// @return `no_participant`, `no_section` for a publisher.
    result<void> set_rule(std::optional<forward_rule> rule) const;

    friend CONF_EXPORT bool operator==(const participant& a, const participant& b) noexcept;

private:
    std::shared_ptr<const impl> impl_;
};

}  // namespace conf::inline v0
