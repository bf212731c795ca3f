#include "libconf/net/media_host.hpp"

#include "libconf/base/check.hpp"
#include "libconf/crypto/random.hpp"
#include "libconf/engine/session_names.hpp"
#include "libconf/ice/candidate.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/interfaces.hpp"
#include "libconf/net/listen_address.hpp"
#include "libconf/net/media_metrics.hpp"
#include "libconf/srtp/protector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

namespace conf::net {
namespace {

/// Names of sessions and ICE fragments have six bits for it.
constexpr std::size_t shards_max = 64;

/// What participants are told of a socket that is bound to `bound`.
std::vector<ip_address> addresses_of(const ip_address& bound, bool this_machine_only) {
    if (!bound.is_unspecified()) return {bound};
    auto found = reachable_addresses(bound.family());
    // It stays when the others change with the network.
    const auto loopback = ip_address::v4(0x7F000001);
    if (this_machine_only && !found.empty() && found.front() != loopback) found.push_back(loopback);
    return found;
}

sfu::publisher_rates rates_of(const room_options& from) noexcept {
    const auto& limits = from.limits;
    return {.video_bps = limits.video_bps,
            .audio_bps = limits.audio_bps,
            .packets_per_second = limits.packets_per_second};
}

/// Everything an answer announces, UDP first (RFC 8445 §5.1.2, RFC 6544 §4.2).
std::vector<sdp::candidate> candidates_at(const std::vector<ip_address>& addresses, std::uint16_t port) {
    std::vector<sdp::candidate> made;
    for (const bool tcp : {false, true}) {
        std::uint16_t preference = 0x1FFF;
        for (const auto& address : addresses) {
            sdp::candidate one;
            one.foundation = fmt::format("{}{}", tcp ? "t" : "u", 0x1FFF - preference);
            one.transport = tcp ? sdp::candidate_transport::tcp : sdp::candidate_transport::udp;
            one.priority =
                ice::host_priority(tcp, tcp ? preference : static_cast<std::uint16_t>(preference + 0xE000));
            one.ip = address;
            one.port = port;
            one.type = sdp::candidate_type::host;
            if (tcp) one.tcp = sdp::tcp_type::passive;
            made.push_back(std::move(one));
            --preference;
        }
    }
    return made;
}

}  // namespace

struct media_host::shard {
    std::unique_ptr<srtp::protector> protector;
    std::unique_ptr<media_shard> media;  // uses the protector
    std::string listening;
};

media_host::media_host(environment around) : around_(std::move(around)) {}

media_host::~media_host() {
    stop();
}

result<std::unique_ptr<media_host>> media_host::create(const media_options& options,
                                                       const room_options& rooms, environment around) {
    std::unique_ptr<media_host> made(new media_host(std::move(around)));
    if (auto started = made->start(options, rooms); !started) return started.error();
    return made;
}

result<void> media_host::start(const media_options& options, const room_options& rooms) {
    std::size_t shards = options.shards;
    if (shards == 0) shards = std::max(1U, std::thread::hardware_concurrency());
    shards = std::min(shards, shards_max);

    std::vector<ip_address> announced;
    for (const auto& text : options.public_addresses) {
        const auto address = ip_address::parse(text);
        if (!address) {
            return conf::error(make_error_code(listen_errc::bad_address),
                               fmt::format("media.public_addresses: \"{}\" is no IP address", text));
        }
        announced.push_back(*address);
    }
    std::vector<media_address> where;
    for (const auto& text : options.listen) {
        const auto at = parse_media_address(text);
        if (!at) {
            return conf::error(make_error_code(listen_errc::bad_address),
                               fmt::format("media.listen: \"{}\" is not \"address:port\"", text));
        }
        where.push_back(*at);
    }
    check(!where.empty());

    const auto certificate = dtls::certificate::generate(wall_now());
    const dtls::context context(certificate);
    for (std::size_t i = 0; i < shards; ++i) {
        auto here = where[std::min(i, where.size() - 1)];
        if (i >= where.size() && here.at.port != 0)
            here.at.port = static_cast<std::uint16_t>(here.at.port + (i - where.size() + 1));
        auto one = std::make_unique<shard>();
        one->protector = srtp::make_protector(options.protector);
        if (!one->protector) {
            return conf::error(std::make_error_code(std::errc::invalid_argument),
                               fmt::format("media.protector: \"{}\" does not work here; there are: auto, {}",
                                           options.protector, fmt::join(srtp::protector_names(), ", ")));
        }
        one->media = std::make_unique<media_shard>(
            [this, i](const engine::event& event) { report(i, event); }, around_.on_receivers);
        const auto listening = one->media->listen(here);
        if (!listening)
            return conf::error(listening.error().code(), "media.listen: " + listening.error().context());
        const auto bound = *listening;
        const auto addresses = announced.empty() ? addresses_of(bound.ip, here.this_machine_only) : announced;
        one->media->make_engine(
            {.shard = static_cast<std::uint8_t>(i),
             .dtls = context,
             .protector = *one->protector,
             .candidates = candidates_at(addresses, bound.port),
             .capabilities = {},
             .limits = {.participants_per_room = rooms.limits.participants, .rates = rates_of(rooms)},
             .key = crypto::system_random_key(),
             .wall_at_zero = wall_at_zero()});
        for (const auto& address : addresses) addresses_.push_back({address, bound.port});
        one->listening = here.this_machine_only ? fmt::format("media://localhost:{}", bound.port)
                                                : "media://" + bound.to_string();
        shards_.push_back(std::move(one));
    }
    for (auto& one : shards_) one->media->start();
    return {};
}

void media_host::stop() {
    {
        const std::scoped_lock lock(asking_);  // whoever asks gets an answer first
        stopped_ = true;
    }
    for (auto& one : shards_) one->media->stop();
}

media_host::shard& media_host::shard_for(std::string_view room) const {
    return *shards_[std::hash<std::string_view>{}(room) % shards_.size()];
}

media_host::shard* media_host::shard_of(std::string_view session) const {
    const auto number = engine::shard_of_session(session);
    return number && *number < shards_.size() ? shards_[*number].get() : nullptr;
}

bool media_host::runs_here() const {
    return std::ranges::any_of(shards_, [](const auto& one) { return one->media->runs_here(); });
}

media_host::asked media_host::ask_shard(std::size_t number,
                                        const std::function<void(media_shard&)>& what) const {
    if (number >= shards_.size()) return asked::stopped;
    auto& media = *shards_[number]->media;
    // A thread that runs cannot be stopped meanwhile, and must not wait for one who waits for it.
    if (media.runs_here()) return what(media), asked::done;
    if (runs_here()) return asked::wrong_thread;
    const std::shared_lock lock(asking_);
    if (stopped_) return asked::stopped;
    media.call([&] { what(media); });
    return asked::done;
}

media_host::asked media_host::ask_room(std::string_view room,
                                       const std::function<void(std::size_t, media_shard&)>& what) const {
    const auto number = std::hash<std::string_view>{}(room) % shards_.size();
    return ask_shard(number, [&](media_shard& media) { what(number, media); });
}

void media_host::tell_shard(std::size_t number, std::function<void(media_shard&)> what) const {
    if (number >= shards_.size()) return;
    auto* const media = shards_[number]->media.get();
    media->post([media, what = std::move(what)] { what(*media); });
}

template <class Command, class Callback>
void media_host::ask(shard& whom, Command command, Callback done) {
    auto* const media = whom.media.get();
    media->post([this, media, command = std::move(command), done = std::move(done)]() mutable {
        const auto now = media->fresh_now();
        auto made = command(media->engine(), now, media->out());
        media->finish_turn();
        around_.post_back(
            [done = std::move(done), made = std::move(made)]() mutable { done(std::move(made)); });
    });
}

namespace {

media_reply reply_of(sdp::outcome<engine::opened, sdp::refusal> made) {
    if (!made) {
        // What the offer is not to blame for has no place in it.
        const bool of_offer = made.error().status < 409 || made.error().status == 422;
        return {.status = made.error().status,
                .body = {},
                .etag = {},
                .session = {},
                .why = of_offer ? made.error().message() : made.error().why};
    }
    return {.status = 201,
            .body = std::move(made->answer),
            .etag = std::move(made->etag),
            .session = std::move(made->session),
            .why = {}};
}

media_reply refused(int status, std::string why) {
    return {.status = status, .body = {}, .etag = {}, .session = {}, .why = std::move(why)};
}

constexpr std::string_view unknown_session = "there is no such session; it may have ended.";

}  // namespace

void media_host::publish(std::string room, std::string name, std::string offer, engine::takeover of,
                         media_control::callback done) {
    if (draining_) return done(refused(503, "the server is about to stop and takes nobody new."));
    auto& whom = shard_for(room);
    ask(
        whom,
        [room = std::move(room), name = std::move(name), offer = std::move(offer), of](
            engine::media_engine& engine, instant now, engine::outputs& out) {
            return reply_of(engine.publish(room, name, offer, now, out, of));
        },
        std::move(done));
}

void media_host::play(std::string room, std::optional<std::string> only, std::optional<std::string> except,
                      std::string offer, media_control::callback done) {
    if (draining_) return done(refused(503, "the server is about to stop and takes nobody new."));
    auto& whom = shard_for(room);
    ask(
        whom,
        [room = std::move(room), only = std::move(only), except = std::move(except),
         offer = std::move(offer)](engine::media_engine& engine, instant now, engine::outputs& out) {
            return reply_of(engine.play(room, {only, except}, offer, now, out));
        },
        std::move(done));
}

void media_host::patch(std::string session, std::string if_match, std::string fragment,
                       media_control::callback done) {
    auto* const whom = shard_of(session);
    if (whom == nullptr) return done(refused(404, std::string(unknown_session)));
    ask(
        *whom,
        [session = std::move(session), if_match = std::move(if_match), fragment = std::move(fragment)](
            engine::media_engine& engine, instant now, engine::outputs& out) {
            auto made = engine.patch(session, if_match, fragment, now, out);
            return media_reply{.status = made.status,
                               .body = std::move(made.body),
                               .etag = std::move(made.etag),
                               .session = {},
                               .why = std::move(made.why)};
        },
        std::move(done));
}

void media_host::close(std::string session, media_control::callback done) {
    auto* const whom = shard_of(session);
    if (whom == nullptr) return done(refused(404, std::string(unknown_session)));
    ask(
        *whom,
        [session = std::move(session)](engine::media_engine& engine, instant now, engine::outputs& out) {
            return engine.close(session, now, out) ? media_reply{}
                                                   : refused(404, std::string(unknown_session));
        },
        std::move(done));
}

void media_host::set_limits(const room_options& of) {
    for (const auto& one : shards_) {
        one->media->post([media = one->media.get(), per_room = of.limits.participants, rates = rates_of(of)] {
            media->engine().limit_participants(per_room);
            media->engine().limit_rates(rates);
        });
    }
}

media_totals media_host::totals() const {
    media_totals sum;
    for (const auto& one : shards_) {
        one->media->call([&] {
            auto& engine = one->media->engine();
            add(sum, engine.count(), engine.now_here(), engine.media(), one->media->shell_count());
            sum.packets_kept += engine.packets_kept();
        });
        sum.protector = one->protector->name();
    }
    return sum;
}

void media_host::write_metrics(std::string& to) const {
    write_media_metrics(totals(), to);
}

std::vector<std::string> media_host::listening() const {
    std::vector<std::string> all;
    for (const auto& one : shards_) all.push_back(one->listening);
    return all;
}

void media_host::report(std::size_t number, const engine::event& event) const {
    if (around_.on_event) around_.on_event(number, event);
    if (!around_.log || event.what == engine::event_kind::media) return;
    log_event made{.level = log_level::info, .name = {}, .message = {}, .fields = {{"room", event.room}}};
    made.fields.push_back({"as", event.publishes_as ? *event.publishes_as : "(player)"});
    switch (event.what) {
        case engine::event_kind::joined:
            made.name = "media.joined";
            made.message = "A media session was made.";
            break;
        case engine::event_kind::connected:
            made.name = "media.connected";
            made.message = "A media session is connected.";
            made.fields.push_back({"srtp", std::string(srtp::name_of(event.profile))});
            break;
        case engine::event_kind::left:
            made.name = "media.left";
            made.message = "A media session has ended.";
            made.fields.push_back({"why", std::string(engine::to_string(event.why))});
            break;
        case engine::event_kind::media: break;
    }
    around_.log(made);
}

}  // namespace conf::net
