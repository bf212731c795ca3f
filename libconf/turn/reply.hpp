/// One answer to one request, from its first attribute to the transmit.
#pragma once

#include "libconf/stun/builder.hpp"
#include "libconf/turn/allocation.hpp"
#include "libconf/turn/outputs.hpp"

namespace conf::turn {

/// Writes an answer into the outputs' arena. Use: construct, `add…` through `body()`, `send()` once.
class reply {
public:
    /// `key` signs the answer as the request was signed; null: not signed.
    reply(outputs& out, const five_tuple& to, const answer_form& form, stun::message_class type,
          stun::method which, const stun::long_term_key* key)
        : out_(out),
          to_(to),
          form_(form),
          key_(key),
          piece_(out.memory.take(bytes_max)),
          body_(piece_, type, which, form.id) {}

    [[nodiscard]] stun::message_builder& body() noexcept { return body_; }

    /// Returns the size of the datagram.
    std::size_t send() {
        if (key_ && form_.sha256) body_.add_integrity_sha256(key_->raw());
        if (key_ && !form_.sha256) body_.add_integrity(key_->raw());
        if (form_.fingerprint) body_.add_fingerprint();
        const auto written = body_.finish();
        out_.memory.shrink_last(bytes_max - written.size());
        out_.transmits.push_back({.via = transmit::door::client,
                                  .socket = to_.socket,
                                  .destination = to_.remote,
                                  .head = written,
                                  .body = {}});
        return written.size();
    }

private:
    /// More than any answer needs: the largest is 420 with 64 unknown attributes.
    static constexpr std::size_t bytes_max = 512;

    outputs& out_;
    five_tuple to_;
    answer_form form_;
    const stun::long_term_key* key_;
    mutable_bytes piece_;
    stun::message_builder body_;
};

}  // namespace conf::turn
