/// One message as it goes over the wire, made once for everybody who gets it.
#pragma once

#include "libconf/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace conf::net {

enum class websocket_kind : std::uint8_t { text, binary };

/// A server's frames carry no mask (RFC 6455 §5.1), so the bytes for one receiver are those for all. A cheap
/// copy; immutable; any thread.
class websocket_frame {
public:
    /// Text has to be UTF-8, which is the caller's promise.
    websocket_frame(websocket_kind kind, bytes data);

    /// Head and payload.
    [[nodiscard]] std::string_view wire() const noexcept { return *bytes_; }

private:
    std::shared_ptr<const std::string> bytes_;
};

}  // namespace conf::net
