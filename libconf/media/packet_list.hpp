/// Datagrams that a call made, one behind the other.
#pragma once

#include "libconf/dtls/session.hpp"

namespace conf::media {

/// Append only; the caller sends and clears it.
using packet_list = dtls::outputs;

inline void append(packet_list& to, bytes datagram) {
    to.data.insert(to.data.end(), datagram.begin(), datagram.end());
    to.ends.push_back(to.data.size());
}

}  // namespace conf::media
