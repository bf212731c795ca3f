#include "libconf/net/event_loop.hpp"

#include "libconf/base/check.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace conf::net {

struct event_loop::impl {
    asio::io_context context{1};
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::thread thread;
};

event_loop::event_loop() : impl_(std::make_unique<impl>()) {}

event_loop::~event_loop() {
    stop();
}

asio::io_context& event_loop::context() noexcept {
    return impl_->context;
}

void event_loop::start() {
    check(!impl_->thread.joinable());
    impl_->work.emplace(impl_->context.get_executor());
    impl_->thread = std::thread([loop = impl_.get()] { loop->context.run(); });
}

void event_loop::post(std::function<void()> task) {
    asio::post(impl_->context, std::move(task));
}

void event_loop::call(const std::function<void()>& task) {
    if (!impl_->thread.joinable() || impl_->thread.get_id() == std::this_thread::get_id()) {
        task();
        return;
    }
    // Shared: the caller may be gone before `set_value` has returned.
    const auto done = std::make_shared<std::promise<void>>();
    asio::post(impl_->context, [&task, done] {
        task();
        done->set_value();
    });
    done->get_future().wait();
}

bool event_loop::is_here() const noexcept {
    return impl_->thread.get_id() == std::this_thread::get_id();
}

void event_loop::stop() {
    if (!impl_->thread.joinable()) return;
    check(impl_->thread.get_id() != std::this_thread::get_id());
    impl_->work.reset();
    impl_->context.stop();
    impl_->thread.join();
}

}  // namespace conf::net
