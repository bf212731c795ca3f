#include "libconf/api/server_error.hpp"

namespace conf::api {
namespace {

class server_error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "conf.server"; }

    [[nodiscard]] std::string message(int code) const override {
        switch (static_cast<server_errc>(code)) {
            case server_errc::certificate_missing: return "https:// needs tls.certificate and tls.key";
        }
        return "unknown server error";
    }
};

}  // namespace

const std::error_category& server_category() noexcept {
    static const server_error_category category;
    return category;
}

}  // namespace conf::api
