#include "tests/sim/media/client.hpp"

#include "libconf/base/hash.hpp"
#include "libconf/rtp/packet.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/stun/builder.hpp"
#include "libconf/stun/integrity.hpp"
#include "tests/sim/certain_openssl.hpp"
#include "tests/sim/media/node.hpp"
#include "tests/sim/media/offer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace conf::sim::media {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr duration tick_pause = milliseconds{250};
constexpr duration patience_with_path = seconds{8};       // before the first check is answered
constexpr duration patience_with_handshake = seconds{8};  // then
constexpr duration disconnected_after = seconds{5};       // of checks without an answer: ICE restart
constexpr duration failed_after = seconds{14};            // and then a new session
constexpr duration starving_max = seconds{4};

std::uint64_t hash_of_bytes(bytes data) noexcept {
    std::uint64_t sum = data.size();
    for (std::size_t at = 0; at < data.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, data.data() + at, std::min<std::size_t>(8, data.size() - at));
        sum = mix(sum ^ word, 0xD1342543DE82EF95);
    }
    return sum;
}

}  // namespace

client::client(world& in, actor_id id, std::string room)
    : world_(in),
      id_(id),
      room_(std::move(room)),
      chance_(in.fork()),
      host_(in.net.add_host(in.weather(chance_), in.weather(chance_))),
      ip_(ip_address::v4(0x0A000000 + id * 256)),
      profile_(std::array{srtp::profile::aead_aes_128_gcm, srtp::profile::aead_aes_128_gcm,
                          srtp::profile::aead_aes_256_gcm, srtp::profile::aes128_cm_sha1_80}
                   .at(chance_.below(4))),
      nominates_always_(chance_.chance(0.6)),
      timer_(in.queue, [this] {
          if (!dtls_) return;
          set_openssl_clock(world_.now());
          dtls_->handle_timeout(world_.now(), dtls_out_);
          pump_dtls();
      }) {}

const std::string& client::fingerprint() const {
    static const auto text = client_dtls(srtp::profile::aead_aes_128_gcm)
                                 .own()
                                 .fingerprint_with(dtls::hash_function::sha256)
                                 .to_string();
    return text;
}

std::string client::state() const {
    return fmt::format("{}: {}, session {}, path {}, media {}", id_, gone_ ? "gone" : "here", generation_,
                       found_path_at_.has_value(), connected());
}

duration client::round_trip() const {
    const auto& up = world_.net.up(host_);
    const auto& down = world_.net.down(host_);
    return up.delay + up.jitter + down.delay + down.jitter + milliseconds{4};
}

// --- coming and going

void client::join_later(duration pause) {
    drop_transport();
    gone_ = false;
    world_.queue.after(pause, [this, mine = ++generation_] {
        if (mine == generation_) join();
    });
}

endpoint client::fresh_address(bool other_ip) {
    if (other_ip) ip_ = ip_address::v4(ip_.to_v4() + 1);
    return {ip_, next_port_++};
}

void client::join() {
    drop_transport();
    gone_ = false;
    ++generation_;
    const auto at = fresh_address(false);
    socket_ = world_.net.open(host_, at, *this).value();
    addresses_ = {at};
    crypto::keyed_random random(crypto::key_from_seed(chance_.next()));
    own_ = ice::make_credentials(random, 0);
    joined_at_ = world_.now();
    world_.log.note(world_.now(), "joins", id_, generation_);
    world_.ask(
        host_, [this, text = offer(own_), as = tag()] { return request(text, as); },
        [this, mine = generation_](const reply& got) {
            if (mine == generation_) answered(got);
        });
}

void client::answered(const reply& got) {
    world_.log.note(world_.now(), "answered", id_, static_cast<std::uint64_t>(got.status));
    if (got.status == 0 || got.status == 409 || got.status == 503)
        return join_later(chance_.between(milliseconds{300}, milliseconds{1500}));
    world_.require(got.status == 201, "an honest offer was refused");
    const auto answer = sdp::parse(got.body);
    world_.require(answer.has_value(), "the server's answer does not parse");
    const auto& first = answer->media.front();
    const auto expected = dtls::fingerprint::make("sha-256", first.fingerprints.front().value);
    world_.require(expected.has_value() && !first.candidates.empty(), "the answer has no transport");
    session_ = got.session;
    etag_ = got.etag;
    theirs_ = {first.ice.ufrag, first.ice.pwd};
    server_ = {*first.candidates.front().ip, first.candidates.front().port};
    dtls_ = std::make_unique<dtls::session>(client_dtls(profile_), dtls::role::active, std::vector{*expected},
                                            world_.now());
    joined_at_ = next_check_ = world_.now();
    on_answer(*answer);
    tick();
}

void client::leave() {
    gone_ = true;
    if (!session_.empty()) {
        world_.ask(
            host_, [this, name = session_] { return world_.server().close(name); }, [](const reply&) {});
    }
    drop_transport();
}

void client::hang_up() {
    gone_ = true;
    drop_transport();
}

void client::give_up() {
    if (chance_.chance(0.5)) {
        leave();
    } else {
        hang_up();
    }
    join_later(chance_.between(milliseconds{100}, seconds{1}));
}

void client::drop_transport() {
    if (!session_.empty()) on_end();
    ++generation_;
    if (socket_) world_.net.close(*socket_);
    socket_.reset();
    session_.clear();
    checks_.clear();
    found_path_at_.reset();
    starving_since_.reset();
    restarting_ = false;
    timer_.cancel();
    dtls_.reset();
    dtls_out_.clear();
    srtp_.reset();
    key_.reset();
    seen_.clear();
}

void client::rebind() {
    if (!socket_) return;
    world_.faults.count(fault::rebind);
    const auto at = fresh_address(chance_.chance(0.3));
    addresses_.insert(at);
    world_.net.rebind(*socket_, at);
    world_.log.note(world_.now(), "rebound", id_, at.port);
}

void client::restart_ice() {
    if (session_.empty() || restarting_) return;
    world_.faults.count(fault::ice_restart);
    world_.log.note(world_.now(), "restarts ice", id_);
    restarting_ = true;
    if (world_.how.rebinds && !world_.healing && chance_.chance(0.4)) rebind();
    crypto::keyed_random random(crypto::key_from_seed(chance_.next()));
    const auto own = ice::make_credentials(random, 0);
    world_.ask(
        host_,
        [this, name = session_, text = restart_fragment(own)] { return world_.server().patch(name, text); },
        [this, own, mine = generation_](const reply& got) {
            if (mine == generation_) patched(got, own);
        });
}

void client::patched(const reply& got, const ice::credentials& own) {
    restarting_ = false;
    world_.log.note(world_.now(), "restarted ice", id_, static_cast<std::uint64_t>(got.status));
    if (got.status == 0) return;
    if (got.status == 404) return give_up();
    world_.require(got.status == 200 && got.etag != etag_, "an honest ICE restart was refused");
    etag_ = got.etag;
    const auto fragment = sdp::parse_fragment(got.body);
    const auto theirs = fragment ? sdp::credentials_of(*fragment) : std::nullopt;
    world_.require(theirs.has_value(), "the answer to a restart has no credentials");
    own_ = own;
    theirs_ = {theirs->ufrag, theirs->pwd};
    next_check_ = world_.now();
    answered_at_ = world_.now();
    send_check();
}

// --- the path

void client::tick() {
    if (!look_after_path()) return;
    if (world_.now() >= next_check_) send_check();
    world_.queue.after(tick_pause, [this, mine = generation_] {
        if (mine == generation_) tick();
    });
}

bool client::look_after_path() {
    const auto now = world_.now();
    const auto silent = now - (found_path_at_ ? answered_at_ : joined_at_);
    const bool starves = connected() && is_starving();
    if (!starves) {
        starving_since_.reset();
    } else if (!starving_since_) {
        starving_since_ = now;
        // The path answers and nothing comes: somebody between us has moved.
        restart_ice();
    }
    if ((!found_path_at_ && silent > patience_with_path) || silent > failed_after ||
        (found_path_at_ && !connected() && now - *found_path_at_ > patience_with_handshake) ||
        (starving_since_ && now - *starving_since_ > starving_max)) {
        give_up();
        return false;
    }
    if (found_path_at_ && silent > disconnected_after) restart_ice();
    return true;
}

void client::send_check() {
    const auto now = world_.now();
    // RFC 7675 §5.1: 5 s, times 0.8 to 1.2; before there is a path, and while it is silent, often.
    const bool fresh = found_path_at_ && now - answered_at_ < seconds{3};
    next_check_ = now + (fresh ? chance_.between(milliseconds{2000}, milliseconds{3000}) : tick_pause);
    std::array<std::byte, 256> buffer;
    stun::transaction_id id;
    chance_.fill(id);
    stun::message_builder made(buffer, stun::message_class::request, stun::method::binding, id);
    made.add(stun::attribute_type::username, as_bytes(theirs_.ufrag + ":" + own_.ufrag));
    made.add_u32(stun::attribute_type::priority, 0x6E7F00FF);
    // After a restart and before the first answer the path is to be chosen; later it may stay as it is.
    if (nominates_always_ || !fresh) made.add(stun::attribute_type::use_candidate, {});
    made.add_integrity(as_bytes(theirs_.pwd)).add_fingerprint();
    if (checks_.size() > 32) checks_.erase(checks_.begin());
    checks_[id] = {now, theirs_.pwd};
    const auto whole = made.finish();
    send({whole.begin(), whole.end()});
}

void client::take_stun(const packet& in) {
    const auto read = stun::message::parse(in.data);
    if (in.about.tainted && !read) return;
    world_.require(read.has_value(), "the server's STUN message does not parse");
    const auto asked = checks_.find(read->transaction_id());
    if (asked == checks_.end()) return;  // the network brought it twice, or it was forgotten
    const bool genuine =
        stun::integrity_holds(*read, as_bytes(asked->second.pwd)) && stun::fingerprint_holds(*read);
    if (in.about.tainted && !genuine) return;
    world_.require(genuine, "the server's answer is not signed");
    world_.require(read->type() == stun::message_class::success_response, "an honest check was refused");
    const auto mapped = read->find(stun::attribute_type::xor_mapped_address);
    const auto where = mapped ? stun::read_xor_address(*mapped, read->transaction_id()) : std::nullopt;
    world_.require(where && addresses_.contains(*where), "the server saw an address that we never had");
    checks_.erase(asked);
    answered_at_ = world_.now();
    if (found_path_at_) return;
    found_path_at_ = world_.now();
    next_check_ = world_.now() + seconds{2};
    set_openssl_clock(world_.now());
    dtls_->start(world_.now(), dtls_out_);
    pump_dtls();
}

// --- datagrams

void client::receive(socket_id, const packet& in) {
    if (in.data.empty() || in.from != server_) return;
    const auto first = load_u8(in.data, 0);
    if (first <= 3) return take_stun(in);
    if (first >= 20 && first <= 63) {
        if (!dtls_) return;
        set_openssl_clock(world_.now());
        dtls_->handle(in.data, world_.now(), dtls_out_);
        return pump_dtls();
    }
    world_.require(in.about.tainted || (first >= 128 && first <= 191), "what is that from the server?");
    if (first >= 128 && first <= 191) take_media(in);
}

void client::pump_dtls() {
    dtls_out_.for_each_datagram([&](bytes one) { send({one.begin(), one.end()}); });
    dtls_out_.clear();
    timer_.set(dtls_->deadline());
    if (dtls_->state() == dtls::state::connected) {
        if (srtp_) return;
        srtp_ = std::make_unique<srtp::session>(dtls_->keys());
        key_ = protector_->make_key(dtls_->keys().outbound);
        world_.log.note(world_.now(), "connected", id_, generation_);
        on_connected();
    } else if (dtls_->state() != dtls::state::connecting) {
        world_.log.note(world_.now(), "dtls ended", id_, static_cast<std::uint64_t>(dtls_->state()));
        join_later(chance_.between(milliseconds{100}, seconds{1}));
    }
}

void client::take_media(const packet& in) {
    if (!srtp_) return;  // the server is connected a little before us
    const auto hash = hash_of_bytes(in.data);
    auto copy = in.data;
    mutable_bytes view(copy);
    const bool is_rtcp = rtp::is_rtcp(view);
    const auto verdict = is_rtcp ? srtp_->unprotect_rtcp(view) : srtp_->unprotect_rtp(view);
    if (verdict != srtp::verdict::good) {
        world_.require(in.about.tainted || seen_.contains(hash), "the server's packet cannot be decrypted");
        return;
    }
    world_.require(seen_.insert(hash).second, "the same packet was decrypted twice");
    if (is_rtcp) {
        on_rtcp(view);
    } else {
        on_rtp(view);
    }
}

void client::send_rtp(bytes plain, std::uint64_t index) {
    const auto read = rtp::parse_packet(plain);
    world_.require(read.has_value(), "a client's own packet does not parse");
    std::vector<std::byte> out(plain.size() + srtp::sizes_of(profile_).tag);
    const auto header = read->header();
    const srtp::job one{key_.get(), header, {}, plain.subspan(header.size()), index, out.data()};
    protector_->protect(std::span(&one, 1));
    send(std::move(out));
}

void client::protect_and_send_rtcp(mutable_bytes buffer, std::size_t size) {
    if (size == 0) return;
    world_.require(srtp_->protect_rtcp(buffer, size) == srtp::verdict::good, "RTCP could not be protected");
    send({buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)});
}

void client::send(std::vector<std::byte> data) {
    if (!socket_) return;
    // Checks are rare, and what an attacker wants most.
    const bool is_check = !data.empty() && load_u8(data, 0) <= 3;
    if (world_.how.attackers > 0 && (is_check || chance_.chance(0.1)))
        world_.capture(world_.net.address_of(*socket_), data);
    world_.net.send(*socket_, server_, std::move(data), {tag(), false});
}

}  // namespace conf::sim::media
