/// What publishers and players have in common: a session by HTTP, ICE checks, DTLS, SRTP, and coming back.
#pragma once

#include "libconf/ice/credentials.hpp"
#include "libconf/rtp/rtcp_builder.hpp"
#include "libconf/sdp/model.hpp"
#include "libconf/srtp/protector.hpp"
#include "libconf/srtp/session.hpp"
#include "libconf/stun/message.hpp"
#include "tests/sim/alarm.hpp"
#include "tests/sim/media/world.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace conf::sim::media {

/// A browser's peer connection after the other: whatever breaks, it joins again in the end.
class client : public datagram_receiver {
public:
    client(world& in, actor_id id, std::string room);

    void join();
    void join_later(duration pause);
    /// DELETE, and silence.
    void leave();
    /// A page that is closed: not a word.
    void hang_up();
    [[nodiscard]] bool gone() const noexcept { return gone_; }
    /// A NAT on the way picks another port, or another address; nobody tells the client.
    void rebind();
    void restart_ice();

    [[nodiscard]] actor_id id() const noexcept { return id_; }
    [[nodiscard]] host_id host() const noexcept { return host_; }
    [[nodiscard]] const std::string& room() const noexcept { return room_; }
    [[nodiscard]] bool connected() const noexcept { return srtp_ != nullptr; }
    /// Names this session among all sessions of all clients.
    [[nodiscard]] std::uint32_t tag() const noexcept { return id_ << 16 | generation_; }
    [[nodiscard]] virtual bool well_since(instant then) const = 0;
    /// Without queues of others, as the paths are just now.
    [[nodiscard]] duration round_trip() const;
    [[nodiscard]] virtual std::string state() const;

    void receive(socket_id at, const packet& in) final;

protected:
    /// What it offers, and how the server is asked; `as` is the session's tag.
    [[nodiscard]] virtual std::string offer(const ice::credentials& own) = 0;
    [[nodiscard]] virtual reply request(const std::string& offer, std::uint32_t as) = 0;
    virtual void on_answer(const sdp::session& answer) { static_cast<void>(answer); }
    virtual void on_connected() = 0;
    virtual void on_rtp(bytes plain) = 0;
    virtual void on_rtcp(bytes compound) = 0;
    /// Media is expected and does not come, though the path answers.
    [[nodiscard]] virtual bool is_starving() const { return false; }
    /// Before the session's transport goes.
    virtual void on_end() {}

    void send_rtp(bytes plain, std::uint64_t index);
    template <class Fill>
    void send_rtcp(Fill&& fill) {
        std::array<std::byte, 1400> buffer;
        rtp::rtcp_builder builder(mutable_bytes(buffer).first(1300));
        fill(builder);
        protect_and_send_rtcp(buffer, builder.finish().size());
    }
    [[nodiscard]] const std::string& fingerprint() const;
    [[nodiscard]] const std::string& session_name() const noexcept { return session_; }

    world& world_;
    actor_id id_;
    std::string room_;
    dice chance_;
    std::uint32_t generation_ = 0;  ///< one for each attempt; what was scheduled for an older one is void

private:
    struct check {
        instant sent;
        std::string pwd;  // whose answer is signed with
    };

    void answered(const reply& got);
    void patched(const reply& got, const ice::credentials& own);
    void drop_transport();
    void tick();
    /// False: the session was given up.
    [[nodiscard]] bool look_after_path();
    void give_up();
    void send_check();
    void take_stun(const packet& in);
    void pump_dtls();
    void take_media(const packet& in);
    void protect_and_send_rtcp(mutable_bytes buffer, std::size_t size);
    void send(std::vector<std::byte> data);
    [[nodiscard]] endpoint fresh_address(bool other_ip);

    host_id host_;
    ip_address ip_;
    std::uint16_t next_port_ = 10000;
    srtp::profile profile_;
    bool nominates_always_;  ///< checks for consent too, as Chromium's do

    bool gone_ = true;
    std::optional<socket_id> socket_;
    std::set<endpoint> addresses_;  // that this session had
    endpoint server_;
    std::string session_;
    std::string etag_;
    ice::credentials own_;
    ice::credentials theirs_;
    std::map<stun::transaction_id, check> checks_;  // without an answer
    instant joined_at_{};
    std::optional<instant> found_path_at_;
    instant answered_at_{};
    instant next_check_{};
    bool restarting_ = false;
    std::optional<instant> starving_since_;

    std::unique_ptr<dtls::session> dtls_;
    dtls::outputs dtls_out_;
    std::unique_ptr<srtp::protector> protector_ = srtp::make_evp_protector();
    std::unique_ptr<srtp::session> srtp_;
    std::unique_ptr<srtp::sending_key> key_;
    std::unordered_set<std::uint64_t> seen_;  // hashes of what was decrypted: the network may bring it again
    alarm timer_;
};

}  // namespace conf::sim::media
