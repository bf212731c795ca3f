#include "libconf/api/pads.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/auth/pad_token.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"

#include <conf/track.hpp>

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

namespace conf::inline v0 {
namespace {

using conf::pads::node;
using conf::pads::pad_errc;

pad_time time_of(conf::pads::wall_time from) {
    return pad_time(from);
}

conf::pads::visitor visitor_of(const pad_writer& from) {
    return {from.person, from.name, conf::pads::right::manage};
}

result<node> tree_of(std::string_view text, pad_format as) {
    if (text.size() > conf::pads::limits{}.update_bytes_max) return pad_errc::too_large;
    switch (as) {
        case pad_format::text: return conf::pads::from_plain_text(text);
        case pad_format::markdown: return conf::pads::from_markdown(text);
        case pad_format::html: return conf::pads::from_html(text);
        case pad_format::update: break;
    }
    return pad_errc::bad_format;
}

result<std::string> text_of(const node& from, pad_format as) {
    switch (as) {
        case pad_format::text: return conf::pads::to_plain_text(from);
        case pad_format::markdown: return conf::pads::to_markdown(from);
        case pad_format::html: return conf::pads::to_html(from);
        case pad_format::update: break;
    }
    return pad_errc::bad_format;
}

/// Where an answer goes: to whoever waits for it, once. If nobody ever gives one, the server has ended.
template <class Value>
class answer {
public:
    answer() : state_(std::make_shared<state>()) {}

    void give(result<Value> what) const {
        if (!std::exchange(state_->is_given, true)) state_->promise.set_value(std::move(what));
    }
    [[nodiscard]] std::future<result<Value>> future() const { return state_->promise.get_future(); }

private:
    struct state {
        std::promise<result<Value>> promise;
        bool is_given = false;
        ~state() {
            if (!is_given) promise.set_value(conf::error(media_errc::stopped));
        }
    };
    std::shared_ptr<state> state_;
};

/// Runs `what` on the loop and waits until it has given its answer.
template <class Value, class What>
result<Value> ask(room_pads::impl& way, What what) {
    std::future<result<Value>> comes;
    {
        const std::shared_lock lock(way.mutex);
        if (!way.server) return conf::error(media_errc::stopped);
        if (way.server->loop.is_here()) return conf::error(media_errc::wrong_thread);
        const answer<Value> to;
        comes = to.future();
        way.server->loop.post([&end = *way.server, to, what = std::move(what)] { what(end, to); });
    }
    return comes.get();
}

/// Names that are none never reach the store.
bool are_names(std::string_view room, std::string_view pad) {
    return auth::is_name(room) && auth::is_name(pad);
}

template <class Value, class Read>
result<Value> look(room_pads::impl& way, std::string_view room, std::string_view pad, Read read) {
    if (!are_names(room, pad)) return pad_errc::unknown_pad;
    return ask<Value>(way, [room = std::string(room), pad = std::string(pad), read = std::move(read)](
                               room_pads::impl::end& server, const answer<Value>& to) {
        server.pads.with_pad(room, pad, false, [to, read](conf::pads::pad* at, const host::pad_entry&) {
            if (at == nullptr) return to.give(pad_errc::unknown_pad);
            to.give(read(*at));
        });
    });
}

template <class Edit>
result<void> edit(room_pads::impl& way, std::string_view room, std::string_view pad, Edit how) {
    if (!are_names(room, pad)) return pad_errc::unknown_pad;
    return ask<void>(way, [room = std::string(room), pad = std::string(pad), how = std::move(how)](
                              room_pads::impl::end& server, const answer<void>& to) {
        server.pads.edit(room, pad, true, how, [to](const result<void>& done) { to.give(done); });
    });
}

}  // namespace

void room_pads::impl::take(const std::string& room, const std::string& pad, const std::string& person) {
    if (!handler) return;
    const auto kept = handler;  // it may be replaced by itself
    kept({room, pad, person});
}

void room_pads::impl::cut() {
    const std::unique_lock lock(mutex);
    server.reset();
}

room_pads::room_pads(std::shared_ptr<impl> state) noexcept : impl_(std::move(state)) {}

result<std::string> room_pads::token(const pad_access& what) const {
    constexpr std::chrono::seconds life_max = std::chrono::hours{366 * 24};
    if (what.life <= std::chrono::seconds{0} || what.life > life_max) {
        return conf::error(std::make_error_code(std::errc::argument_out_of_domain),
                           "a pad token lives for a second to 366 days");
    }
    const auth::pad_token made{.room = what.room,
                               .pad = what.pad,
                               .right = static_cast<auth::pad_right>(what.right),
                               .person = what.person,
                               .name = what.name,
                               .expires = net::wall_now() + what.life};
    result<std::string> text = conf::error(media_errc::stopped);
    const std::shared_lock lock(impl_->mutex);
    if (impl_->server)
        impl_->server->loop.call([&] { text = auth::sign(made, impl_->server->secrets().front()); });
    return text;
}

result<std::vector<pad_info>> room_pads::list(std::string_view room) const {
    if (!auth::is_name(room)) return pad_errc::unknown_pad;
    using infos = std::vector<pad_info>;
    return ask<infos>(*impl_, [room = std::string(room)](impl::end& server, const answer<infos>& to) {
        server.pads.with_list(room, [&pads = server.pads, room, to](const host::pad_host::list& all) {
            infos made;
            for (const auto& [name, of] : all) {
                made.push_back({name, of.title, time_of(of.created), time_of(of.changed),
                                pads.people_in(room, name), of.rules.locked});
            }
            std::ranges::stable_sort(made, {}, &pad_info::created);
            to.give(std::move(made));
        });
    });
}

result<void> room_pads::create(std::string_view room, std::string_view pad, std::string_view title) const {
    if (!are_names(room, pad)) return pad_errc::bad_title;
    return ask<void>(*impl_, [room = std::string(room), pad = std::string(pad), title = std::string(title)](
                                 impl::end& server, const answer<void>& to) {
        server.pads.create(room, pad, title, [to](const result<void>& done) { to.give(done); });
    });
}

result<void> room_pads::lock(std::string_view room, std::string_view pad, bool on) const {
    if (!are_names(room, pad)) return pad_errc::unknown_pad;
    return ask<void>(*impl_, [room = std::string(room), pad = std::string(pad), on](impl::end& server,
                                                                                    const answer<void>& to) {
        server.pads.change(
            room, pad, [on](host::pad_entry& of) { of.rules.locked = on; },
            [to](const result<void>& done) { to.give(done); });
    });
}

result<void> room_pads::remove(std::string_view room, std::string_view pad) const {
    if (!are_names(room, pad)) return pad_errc::unknown_pad;
    return ask<void>(*impl_, [room = std::string(room), pad = std::string(pad)](impl::end& server,
                                                                                const answer<void>& to) {
        server.pads.remove(room, pad, [to](const result<void>& done) { to.give(done); });
    });
}

result<std::string> room_pads::read(std::string_view room, std::string_view pad, pad_format as) const {
    return look<std::string>(*impl_, room, pad, [as](const conf::pads::pad& from) -> result<std::string> {
        if (as == pad_format::update) return std::string(as_text(from.update()));
        return text_of(from.read(), as);
    });
}

result<void> room_pads::write(std::string_view room, std::string_view pad, std::string_view text,
                              pad_format as, const pad_writer& by) const {
    const auto who = visitor_of(by);
    if (as == pad_format::update) {
        return edit(*impl_, room, pad, [who, update = std::string(text)](auto& in, auto& at, auto& out) {
            return in.apply(who, as_bytes(update), at, out);
        });
    }
    const auto tree = tree_of(text, as);
    if (!tree) return tree.error();
    return edit(*impl_, room, pad, [who, tree = *tree](auto& in, auto& at, auto& out) {
        return in.replace(who, tree, at, out);
    });
}

result<void> room_pads::append(std::string_view room, std::string_view pad, std::string_view text,
                               pad_format as, const pad_writer& by) const {
    const auto tree = tree_of(text, as);
    if (!tree) return tree.error();
    return edit(*impl_, room, pad, [who = visitor_of(by), tree = *tree](auto& in, auto& at, auto& out) {
        return in.append(who, tree, at, out);
    });
}

result<std::vector<pad_author>> room_pads::authors(std::string_view room, std::string_view pad) const {
    using people = std::vector<pad_author>;
    return look<people>(*impl_, room, pad, [](const conf::pads::pad& from) -> result<people> {
        people made;
        for (auto& one : from.authors().all()) made.push_back({one.person, one.name, std::move(one.clients)});
        return made;
    });
}

result<std::vector<pad_version>> room_pads::history(std::string_view room, std::string_view pad) const {
    using versions = std::vector<pad_version>;
    return look<versions>(*impl_, room, pad, [](const conf::pads::pad& from) -> result<versions> {
        versions made;
        for (const auto* one : from.history().list(0, conf::pads::limits{}.versions_max).versions)
            made.push_back({one->number, time_of(one->at), one->authors});
        return made;
    });
}

result<std::string> room_pads::read_version(std::string_view room, std::string_view pad, std::uint64_t number,
                                            pad_format as) const {
    return look<std::string>(*impl_, room, pad,
                             [number, as](const conf::pads::pad& from) -> result<std::string> {
                                 if (as == pad_format::update) {
                                     const auto update = from.version_update(number);
                                     if (!update) return update.error();
                                     return std::string(as_text(*update));
                                 }
                                 const auto tree = from.read_version(number);
                                 if (!tree) return tree.error();
                                 return text_of(*tree, as);
                             });
}

result<void> room_pads::restore(std::string_view room, std::string_view pad, std::uint64_t number,
                                const pad_writer& by) const {
    return edit(*impl_, room, pad, [who = visitor_of(by), number](auto& in, auto& at, auto& out) {
        return in.restore_version(who, number, at, out);
    });
}

void room_pads::on_write(pad_event_handler handler) const {
    const std::shared_lock lock(impl_->mutex);
    if (!impl_->server) return;
    impl_->server->loop.call([&] { impl_->handler = std::move(handler); });
}

}  // namespace conf::inline v0
