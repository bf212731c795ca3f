#include "libconf/media/participant.hpp"

#include "libconf/sdp/write.hpp"

#include <algorithm>

namespace conf::media {
namespace {

// offer.hpp speaks VP8; this is the same with VP9.
void use_vp9(sdp::session& in) {
    for (auto& section : in.media) {
        for (auto& format : section.formats) {
            if (format.encoding != "VP8") continue;
            format.encoding = "VP9";
            format.parameters = {{"profile-id", "0"}};
        }
    }
}

}  // namespace

participant::participant(participant_options options, const dtls::context& with, srtp::protector& protector,
                         const crypto::random_key& key)
    : options_(std::move(options)), dtls_(with), protector_(protector), random_(key) {
    check(options_.audio || options_.video);
    if (options_.file) options_.format.codec = options_.file->codec;
    if (options_.audio) publication_.audio_ssrc = static_cast<std::uint32_t>(random_());
    if (!options_.video) return;
    publication_.video_ssrc = static_cast<std::uint32_t>(random_());
    publication_.video_rtx_ssrc = static_cast<std::uint32_t>(random_());
}

std::string participant::offer(const ice::credentials& own) {
    const local_transport local{.ice = own,
                                .certificate = dtls_.own().fingerprint_with(dtls::hash_function::sha256),
                                .session_id = random_() >> 1};
    auto made = options_.role == participant_role::publish
                    ? publish_offer(local, publication_)
                    : play_offer(local, options_.audio ? 1 : 0, options_.video ? 1 : 0);
    if (options_.format.codec == sdp::codec::vp9) use_vp9(made);
    return sdp::write(made);
}

result<remote_description> participant::accept(std::string_view answer, instant now) {
    auto read = read_description(answer);
    if (!read) return read.error();
    const bool taken =
        std::ranges::any_of(read->media, [](const auto& one) { return one.payload_type.has_value(); });
    if (!taken) return conf::error{make_error_code(media_errc::bad_answer), "none of our codecs is taken"};
    remote_ = *read;
    const auto ours = remote_->setup == sdp::setup_role::active ? dtls::role::passive : dtls::role::active;
    peer_.emplace(dtls_, ours, remote_->fingerprints, protector_, now);
    return *remote_;
}

void participant::start(instant now, packet_list& out) {
    peer_->start(now, out);
}

void participant::begin_media(instant now) {
    crypto::random_key key;
    random_.fill(key);
    if (options_.role == participant_role::play) {
        std::vector<incoming_format> formats;
        for (const auto& one : remote_->media) {
            if (one.payload_type) formats.push_back({*one.payload_type, one.codec, one.rtx_payload_type});
        }
        receiver_.emplace(std::move(formats), static_cast<std::uint32_t>(random_()), options_.tone_hz, now);
        return;
    }
    sending_options sending{.audio = {},
                            .video = {},
                            .format = options_.format,
                            .tone_hz = options_.tone_hz,
                            .file = options_.file};
    for (const auto& one : remote_->media) {
        if (!one.payload_type) continue;
        const bool is_video = one.kind == sdp::media_kind::video;
        auto& to = is_video ? sending.video : sending.audio;
        to = outgoing_stream{.ssrc = *(is_video ? publication_.video_ssrc : publication_.audio_ssrc),
                             .payload_type = *one.payload_type,
                             .rtx_ssrc = {},
                             .rtx_payload_type = {},
                             .extensions = one.extensions,
                             .mid = one.mid};
        if (!is_video || !one.rtx_payload_type) continue;
        to->rtx_ssrc = publication_.video_rtx_ssrc;
        to->rtx_payload_type = one.rtx_payload_type;
    }
    sender_.emplace(std::move(sending), key, options_.wall_offset, now);
}

void participant::handle(mutable_bytes datagram, instant now, packet_list& out) {
    if (!peer_) return;
    const auto got = peer_->handle(datagram, now, out);
    if (!connected()) return;
    if (!sender_ && !receiver_) begin_media(now);
    if (got.what == received_packet::kind::refused) ++refused_;
    if (got.what == received_packet::kind::rtp && receiver_) receiver_->handle_rtp(got.plain, now);
    if (got.what == received_packet::kind::rtcp) {
        if (receiver_) receiver_->handle_rtcp(got.plain, now);
        if (sender_) sender_->handle_rtcp(got.plain, plain_);
    }
    protect(out);
}

void participant::handle_timeout(instant now, packet_list& out) {
    if (!peer_) return;
    if (const auto due = peer_->deadline(); due && *due <= now) peer_->handle_timeout(now, out);
    if (!connected()) return;
    if (sender_ && sender_->deadline() <= now) sender_->handle_timeout(now, plain_);
    if (receiver_ && receiver_->deadline() <= now) receiver_->handle_timeout(now, plain_);
    protect(out);
}

void participant::protect(packet_list& out) {
    std::array<std::byte, 2048> buffer;
    plain_.for_each_datagram([&](bytes one) {
        check(one.size() + srtp::session::rtcp_overhead_max <= buffer.size());
        if (rtp::is_rtcp(one)) {
            std::ranges::copy(one, buffer.begin());
            append(out, peer_->protect_rtcp(buffer, one.size()));
        } else {
            append(out, peer_->protect_rtp(one, buffer));
        }
    });
    plain_.clear();
}

std::optional<instant> participant::deadline() const noexcept {
    if (!peer_) return std::nullopt;
    auto earliest = peer_->deadline();
    const auto take = [&](instant other) { earliest = earliest ? std::min(*earliest, other) : other; };
    if (connected() && sender_) take(sender_->deadline());
    if (connected() && receiver_) take(receiver_->deadline());
    return earliest;
}

void participant::close(packet_list& out) {
    if (!connected()) return;
    if (sender_) sender_->say_goodbye(plain_);
    protect(out);
    peer_->close(out);
}

bool participant::ended() const noexcept {
    return peer_ && (peer_->state() == dtls::state::failed || peer_->state() == dtls::state::closed);
}

sending_counts participant::sent() const {
    return sender_ ? sender_->counts() : sending_counts{};
}

receiving_counts participant::received() const {
    return receiver_ ? receiver_->counts() : receiving_counts{};
}

}  // namespace conf::media
