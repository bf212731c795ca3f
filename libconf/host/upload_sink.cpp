#include "libconf/host/upload_sink.hpp"

#include "libconf/host/disk_worker.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace conf::host {

struct upload_sink::state : std::enable_shared_from_this<state> {
    state(disk_worker& on, std::function<void(std::function<void()>)> post, rules given, taker then)
        : disk(on), post_back(std::move(post)), with(std::move(given)), done(std::move(then)) {}

    // On the disk's thread.
    void write(const std::string& data) {
        if (file < 0 && !failed) {
            file = ::open(with.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                          S_IRUSR | S_IWUSR);
            failed = file < 0;
        }
        for (std::size_t at = 0; at < data.size() && !failed;) {
            const auto count = ::write(file, data.data() + at, data.size() - at);
            if (count < 0 && errno == EINTR) continue;
            failed = count <= 0;
            if (!failed) at += static_cast<std::size_t>(count);
        }
    }
    /// @return whether it is whole and on the disk.
    bool close_file() {
        if (file < 0) return false;
        const bool whole = !failed && ::fsync(file) == 0;
        const bool closed = ::close(std::exchange(file, -1)) == 0;
        return whole && closed;
    }
    void remove() {
        close_file();
        ::unlink(with.path.c_str());
    }

    disk_worker& disk;
    std::function<void(std::function<void()>)> post_back;
    const rules with;
    int file = -1;        // the disk's thread
    bool failed = false;  // the disk's thread

    // The loop's.
    taker done;
    std::string piece;
    std::size_t waiting_bytes = 0;
    std::uint64_t bytes = 0;
    std::function<void()> wake;
    bool ended = false;

    void end(outcome how) {
        ended = true;
        wake = nullptr;
        if (const auto call = std::exchange(done, {})) call(how, bytes);
    }

    void flush() {
        waiting_bytes += piece.size();
        disk.run([self = shared_from_this(), data = std::exchange(piece, {})] {
            self->write(data);
            self->post_back([self, size = data.size(), bad = self->failed] { self->written(size, bad); });
        });
    }

    void written(std::size_t size, bool bad) {
        waiting_bytes -= size;
        if (ended) return;
        if (bad) {
            disk.run([self = shared_from_this()] { self->remove(); });
            return end(outcome::disk_full);
        }
        if (waiting_bytes < waiting_bytes_max) {
            if (const auto call = std::exchange(wake, {})) call();
        }
    }
};

upload_sink::upload_sink(disk_worker& disk, std::function<void(std::function<void()>)> post_back, rules with,
                         taker done)
    : state_(std::make_shared<state>(disk, std::move(post_back), std::move(with), std::move(done))) {}

upload_sink::~upload_sink() {
    if (std::exchange(state_->ended, true)) return;
    state_->done = nullptr;
    state_->wake = nullptr;
    state_->disk.run([self = state_] { self->remove(); });
}

void upload_sink::take(std::string_view piece) {
    if (state_->ended) return;
    state_->bytes += piece.size();
    if (state_->bytes > state_->with.bytes_max) {
        state_->disk.run([self = state_] { self->remove(); });
        return state_->end(outcome::too_large);
    }
    state_->piece += piece;
    if (state_->piece.size() >= piece_bytes) state_->flush();
}

void upload_sink::finish() {
    if (state_->ended) return;
    state_->flush();
    state_->ended = true;  // from now on the file is the taker's
    state_->disk.run([self = state_] {
        const bool whole = self->close_file();
        if (!whole) self->remove();
        self->post_back([self, whole] { self->end(whole ? outcome::complete : outcome::disk_full); });
    });
}

bool upload_sink::has_room() const {
    return state_->ended || state_->waiting_bytes < waiting_bytes_max;
}

void upload_sink::on_room(std::function<void()> wake) {
    state_->wake = std::move(wake);
}

}  // namespace conf::host
