#include "libconf/base/check.hpp"

#include <atomic>
#include <cstdlib>

namespace conf {
namespace {

std::atomic<check_handler> installed{nullptr};

}  // namespace

check_handler set_check_handler(check_handler handler) noexcept {
    return installed.exchange(handler);
}

void check_failed(const std::source_location& where) noexcept {
    if (auto* handler = installed.load()) handler(where);
    std::abort();
}

}  // namespace conf
