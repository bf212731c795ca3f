#include "libconf/base/check.hpp"
#include "libconf/srtp/libsrtp_context.hpp"
#include "libconf/srtp/protector.hpp"

#include <algorithm>

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
            auto* end = one.out;
            for (const auto part : {one.header, one.prefix, one.payload})
                end = std::ranges::copy(part, end).out;
            auto size = static_cast<int>(end - one.out);
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
