/// An offer of ours to one who receives, and what his answer means: the subset of JSEP (RFC 8829) for a
/// server that offers.
#pragma once

#include "libconf/sdp/negotiate.hpp"

#include <span>
#include <string>

namespace conf::sdp {

/// One section that we want to send in.
struct offered_section {
    media_kind kind{};
    std::string mid;
    sent_stream sent;
};

/// Everything in one BUNDLE group, `sendonly`, every codec and extension of `ours`. A payload type and an
/// extension id stand for the same thing in every offer of this version, so that later offers of a session
/// never change a meaning (SEC-SDP-5). The first section carries the candidates.
/// Precondition: at least one section; what they had in an earlier offer of the session stays as it was.
[[nodiscard]] session make_offer(const capabilities& ours, const server_parameters& server,
                                 std::span<const offered_section> sections);

/// What can be sent by that answer. It must have the offer's sections in the offer's order, accept each, and
/// mean by every payload type and extension id what the offer meant.
/// @param sections  what `make_offer` got.
[[nodiscard]] outcome<negotiated, refusal> read_answer(const session& answer, const session& offer,
                                                       const capabilities& ours,
                                                       const server_parameters& server,
                                                       std::span<const offered_section> sections);

}  // namespace conf::sdp
