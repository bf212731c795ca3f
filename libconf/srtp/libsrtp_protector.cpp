#include "libconf/base/check.hpp"
#include "libconf/srtp/libsrtp_context.hpp"
#include "libconf/srtp/protector.hpp"

#include <cstring>

namespace conf::srtp {
namespace {

struct libsrtp_key final : sending_key {
    explicit libsrtp_key(const master_key& from)
        : context(make_libsrtp_context(from, ssrc_any_outbound, 1024)) {}
    libsrtp_context context;
};

/// Keeps its own count of roll-overs, so an SSRC's packets must come in an order from which it can tell.
class libsrtp_protector final : public protector {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "libsrtp"; }

    [[nodiscard]] std::unique_ptr<sending_key> make_key(const master_key& from) override {
        return std::make_unique<libsrtp_key>(from);
    }

    void protect(std::span<const job> jobs) override {
        for (const auto& one : jobs) {
            std::memcpy(one.out, one.header.data(), one.header.size());
            if (!one.payload.empty()) {
                std::memcpy(one.out + one.header.size(), one.payload.data(), one.payload.size());
            }
            auto size = static_cast<int>(one.header.size() + one.payload.size());
            check(srtp_protect(static_cast<libsrtp_key*>(one.key)->context.get(), one.out, &size) ==
                  srtp_err_status_ok);
        }
    }
};

}  // namespace

std::unique_ptr<protector> make_libsrtp_protector() {
    return std::make_unique<libsrtp_protector>();
}

}  // namespace conf::srtp
