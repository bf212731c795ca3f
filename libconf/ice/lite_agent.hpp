/// The server's end of ICE: it answers checks, and so learns where a peer is (RFC 8445 §2.5, lite).
#pragma once

#include "libconf/base/ip_address.hpp"
#include "libconf/base/time.hpp"
#include "libconf/ice/credentials.hpp"
#include "libconf/stun/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace conf::ice {

/// Where datagrams come from and go to: a socket of ours (a UDP socket, or one TCP connection) and an
/// address.
struct path {
    std::uint32_t socket = 0;
    endpoint remote;

    friend bool operator==(const path&, const path&) = default;
};

/// The part of USERNAME that is ours; nothing where there is none. Whose check it is, before it is judged.
[[nodiscard]] std::optional<std::string_view> local_ufrag_of(const stun::message& check) noexcept;

/// One transport's agent. It only ever answers (SEC-ICE-5), and only what is signed with its password
/// (SEC-ICE-2); a path exists from the first such check on. Belongs to its shard.
class lite_agent {
public:
    lite_agent(credentials local, std::string remote_ufrag, instant now);

    enum class verdict : std::uint8_t {
        answered,
        not_a_check,         ///< no Binding request, or without USERNAME, integrity or fingerprint: no answer
        not_ours,            ///< another fragment, ours or the peer's: no answer
        forged,              ///< integrity or fingerprint is wrong: no answer
        unknown_attributes,  ///< signed, and answered with 420
    };
    struct outcome {
        lite_agent::verdict verdict{};
        bytes answer{};         ///< in the caller's buffer; to be sent back where the check came from
        bool new_path = false;  ///< this path was not verified before
        bool selection_changed = false;  ///< `selected` is another path now
        std::optional<path> dropped{};   ///< pushed out by a new path
    };
    /// Precondition: `buffer` has `answer_bytes_max` bytes.
    [[nodiscard]] outcome handle(const stun::message& in, const path& from, instant now,
                                 mutable_bytes buffer);

    /// Where to send: the path nominated last; before any is, the one verified last. Nothing before the first
    /// check, and nothing once consent has expired (SEC-ICE-4).
    [[nodiscard]] const std::optional<path>& selected() const noexcept { return selected_; }
    [[nodiscard]] bool is_verified(const path& from) const noexcept;
    [[nodiscard]] std::span<const path> paths() const noexcept { return paths_; }
    /// A TCP connection has gone. True when the selection changed.
    bool remove(const path& gone);

    /// ICE restart (RFC 8445 §2.4): both generations of credentials work until a path is nominated with the
    /// new ones, or `old_generation_time` has passed.
    void restart(credentials local, std::string remote_ufrag, instant now);
    [[nodiscard]] const credentials& local() const noexcept { return generations_.back().local; }
    /// What a table by fragment must know: one, or two during a restart.
    template <class Visitor>
    void for_each_ufrag(Visitor&& visit) const {
        for (const auto& one : generations_) visit(std::string_view(one.local.ufrag));
    }

    /// When consent or the old generation expires; nothing when both have.
    [[nodiscard]] std::optional<instant> deadline() const noexcept;
    enum class expired : std::uint8_t { nothing, old_generation, consent };
    [[nodiscard]] expired handle_timeout(instant now);
    [[nodiscard]] bool has_consent() const noexcept { return has_consent_; }

    /// SEC-ICE-4, RFC 7675 §5.1: no check for so long, and nothing is sent any more.
    static constexpr std::chrono::seconds consent_time{30};
    static constexpr std::chrono::seconds old_generation_time{30};
    static constexpr std::size_t paths_max = 8;
    static constexpr std::size_t unknown_attributes_max = 16;
    static constexpr std::size_t answer_bytes_max = 160;

private:
    struct generation {
        credentials local;
        std::string remote_ufrag;
    };

    [[nodiscard]] const generation* generation_of(const stun::message& in) const noexcept;
    void take_path(const path& from, outcome& told);
    void nominate(const stun::message& in, const path& from, bool by_newest, outcome& told);
    void select(const path& from, outcome& told);

    std::vector<generation> generations_;  // the newest last
    std::vector<path> paths_;              // in the order of their last check
    std::optional<path> selected_;
    bool nominated_ = false;
    std::uint32_t nomination_ = 0;
    instant last_check_;
    instant restarted_{};
    bool has_consent_ = true;
};

}  // namespace conf::ice
