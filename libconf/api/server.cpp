#include <conf/server.hpp>

#include "libconf/api/server_impl.hpp"

#include <utility>

namespace conf::inline v0 {

server::server(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
server::server(server&&) noexcept = default;
server& server::operator=(server&&) noexcept = default;
server::~server() = default;

result<server> server::create(server_options options) {
    auto made = impl::create(std::move(options));
    if (!made) return made.error();
    return server(std::move(*made));
}

result<std::vector<std::string>> server::apply(server_options options) {
    return impl_->apply(std::move(options));
}

void server::drain() {
    impl_->drain();
}

void server::stop() {
    impl_->stop();
}

void server::wait() {
    impl_->wait();
}

std::vector<std::string> server::listening() const {
    return impl_->listening();
}

result<room> server::find_room(std::string_view name) const {
    return api::make_room(impl_->media_link(), name);
}

result<std::vector<room_info>> server::rooms() const {
    return api::list_rooms(impl_->media_link());
}

forwarding server::media() const {
    return api::make_forwarding(impl_->media_link());
}

conf::meetings server::meetings() const {
    return impl_->meetings();
}

room_pads server::pads() const {
    return impl_->pads();
}

result<conf::board> server::board(std::string_view room) const {
    return impl_->board(room);
}

result<room_documents> server::documents(std::string_view room) const {
    return impl_->documents(room);
}

void server::on_event(room_event_handler handler) {
    impl_->on_event(std::move(handler));
}

std::string server::status_json() const {
    return impl_->status_json();
}

}  // namespace conf::inline v0
