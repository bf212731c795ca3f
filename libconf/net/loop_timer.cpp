#include "libconf/net/loop_timer.hpp"

#include "libconf/net/clock.hpp"
#include "libconf/net/event_loop.hpp"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace conf::net {

struct loop_timer::impl {
    impl(event_loop& on, std::function<void()> what) : timer(on.context()), ring(std::move(what)) {}

    asio::steady_timer timer;
    std::function<void()> ring;
    std::optional<instant> at;
};

loop_timer::loop_timer(event_loop& on, std::function<void()> ring)
    : impl_(std::make_shared<impl>(on, std::move(ring))) {}

loop_timer::~loop_timer() {
    impl_->ring = nullptr;
    impl_->timer.cancel();
}

void loop_timer::set(std::optional<instant> at) {
    if (impl_->at == at) return;
    impl_->at = at;
    if (!at) {
        impl_->timer.cancel();
        return;
    }
    impl_->timer.expires_after(std::max(*at - clock_now(), duration{}));
    impl_->timer.async_wait([self = impl_, at](std::error_code error) {
        if (error || self->at != at || !self->ring) return;
        self->at.reset();
        self->ring();
    });
}

}  // namespace conf::net
