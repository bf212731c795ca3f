#include "common/logger.hpp"

#include "common/event_line.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <mutex>
#include <string>

namespace conf::apps {
namespace {

constexpr std::size_t queued_lines = 8192;

}  // namespace

struct logger::state {
    std::shared_ptr<spdlog::details::thread_pool> pool =
        std::make_shared<spdlog::details::thread_pool>(queued_lines, 1);
    std::shared_ptr<spdlog::async_logger> out =
        std::make_shared<spdlog::async_logger>("conf", std::make_shared<spdlog::sinks::stdout_sink_mt>(),
                                               pool, spdlog::async_overflow_policy::overrun_oldest);
    std::mutex mutex;  // for what follows
    log_options options;
    event_limit limit;

    void put(const log_event& event, log_format format) {
        out->info("{}", event_line(event, std::chrono::system_clock::now(), format));
    }
};

logger::logger(log_options options) : state_(std::make_unique<state>()) {
    state_->options = options;
    state_->out->set_pattern("%v");
    state_->out->set_level(spdlog::level::trace);  // levels are ours
    // A closed standard output is no reason to write to standard error for every line.
    state_->out->set_error_handler([](const std::string&) {});
}

logger::~logger() {
    tick();
}

void logger::set(log_options options) {
    const std::lock_guard lock(state_->mutex);
    state_->options = options;
}

void logger::write(const log_event& event) {
    const std::lock_guard lock(state_->mutex);
    if (event.level >= state_->options.level) state_->put(event, state_->options.format);
}

log_sink logger::sink() {
    return [s = state_.get()](const log_event& event) {
        const std::lock_guard lock(s->mutex);
        if (event.level < s->options.level) return;
        if (!s->limit.admit(event.name, std::chrono::steady_clock::now())) return;
        s->put(event, s->options.format);
    };
}

void logger::tick() {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [name, count] : state_->limit.take_suppressed(std::chrono::steady_clock::now())) {
        state_->put({log_level::warning,
                     "log.suppressed",
                     "events of one kind came faster than they are logged",
                     {{"name", name}, {"count", std::to_string(count)}}},
                    state_->options.format);
    }
}

}  // namespace conf::apps
