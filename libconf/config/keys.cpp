#include "libconf/config/keys.hpp"

#include "libconf/config/document.hpp"
#include "libconf/config/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace conf::config {
namespace {

// Where the groups of options are in the settings, for reading and for writing.
constexpr auto all = [](auto& s) -> auto& { return s; };
constexpr auto http = [](auto& s) -> auto& { return s.server.http; };
constexpr auto metrics = [](auto& s) -> auto& { return s.server.metrics; };
constexpr auto turn = [](auto& s) -> auto& { return s.server.turn; };
constexpr auto limit = [](auto& s) -> auto& { return s.server.turn.limits; };
constexpr auto media = [](auto& s) -> auto& { return s.server.media; };
constexpr auto rooms = [](auto& s) -> auto& { return s.server.rooms; };
constexpr auto room_limit = [](auto& s) -> auto& { return s.server.rooms.limits; };
constexpr auto documents = [](auto& s) -> auto& { return s.server.documents; };
constexpr auto document_limit = [](auto& s) -> auto& { return s.server.documents.limits; };
constexpr auto http_limit = [](auto& s) -> auto& { return s.server.http.limits; };
constexpr auto tls = [](auto& s) -> auto& { return s.server.tls; };
constexpr auto control = [](auto& s) -> auto& { return s.server.control; };
constexpr auto logging = [](auto& s) -> auto& { return s.log; };

using http_options = decltype(server_options::http);
using http_limit_options = decltype(http_options::limits);
using document_limit_options = decltype(document_options::limits);
using room_limit_options = decltype(room_options::limits);
using metrics_options = decltype(server_options::metrics);
using tls_options = decltype(server_options::tls);
using control_options = decltype(server_options::control);

template <auto Group, auto Member>
using type_of = std::remove_reference_t<decltype(Group(std::declval<settings&>()).*Member)>;

template <auto Group, auto Member>
constexpr field<type_of<Group, Member>> at() {
    using type = type_of<Group, Member>;
    return {[](const settings& s) -> const type& { return Group(s).*Member; },
            [](settings& s) -> type& { return Group(s).*Member; }};
}

template <auto Group, auto Member>
constexpr integer_kind integer(std::uint64_t min, std::uint64_t max) {
    using type = type_of<Group, Member>;
    return {min, max, [](const settings& s) { return std::uint64_t{Group(s).*Member}; },
            [](settings& s, std::uint64_t value) { Group(s).*Member = static_cast<type>(value); }};
}

template <auto Group, auto Member>
choice_kind choice(std::vector<std::string_view> names) {
    using type = type_of<Group, Member>;
    return {std::move(names), [](const settings& s) { return static_cast<std::size_t>(Group(s).*Member); },
            [](settings& s, std::size_t index) { Group(s).*Member = static_cast<type>(index); }};
}

std::vector<key> make_keys() {
    using enum takes_effect;
    using namespace limits;
    return {
        {.name = "http.listen",
         .kind = list_kind{listen_entries, check_http_listen, at<http, &http_options::listen>(), tidy_listen},
         .allowed = "\"host:port\", \"http://host:port\" or \"https://host:port\"; no scheme: http; port "
                    "0: any free one",
         .sentence = "Where the pages and /healthz are served. /metrics is here too, but only on a "
                     "loopback address. Empty: off.",
         .when = after_restart,
         .default_toml = R"(["127.0.0.1:8080"])",
         .default_toml_turn = "[]"},
        {.name = "http.origins",
         .kind = list_kind{listen_entries, check_origin, at<http, &http_options::origins>()},
         .allowed = "\"https://host\" or \"https://host:port\", as browsers write it",
         .sentence = "Where pages may come from that enter rooms, besides those of http.listen: the public "
                     "address, where a proxy stands in front.",
         .when = after_restart,
         .default_toml = "[]"},
        {.name = "http.limits.connections_per_address",
         .kind = integer<http_limit, &http_limit_options::connections_per_address>(0, connections),
         .sentence = "Connections that one client (IPv4 address or IPv6 /64) may hold open. 0: off.",
         .when = at_once,
         .default_toml = "256"},
        {.name = "http.limits.connections",
         .kind = integer<http_limit, &http_limit_options::connections>(0, connections),
         .sentence = "Connections of all clients together. 0: off.",
         .when = at_once,
         .default_toml = "8192"},
        {.name = "http.limits.session_requests_per_minute",
         .kind = integer<http_limit, &http_limit_options::session_requests_per_minute>(0, rps),
         .sentence =
             "WHIP and WHEP requests of one client (IPv4 address or IPv6 /64) that make, change or end "
             "a session. 0: off.",
         .when = at_once,
         .default_toml = "600"},
        {.name = "http.limits.failed_lookups_per_minute",
         .kind = integer<http_limit, &http_limit_options::failed_lookups_per_minute>(0, rps),
         .sentence =
             "Tokens and rooms of WHIP and WHEP requests of one client (IPv4 address or IPv6 /64) that "
             "may turn out not to be good, before all its requests are refused for a while. 0: off.",
         .when = at_once,
         .default_toml = "20"},
        {.name = "metrics.listen",
         .kind = list_kind{listen_entries, check_metrics_listen, at<metrics, &metrics_options::listen>(),
                           tidy_listen},
         .allowed = "\"host:port\"; port 0: any free one",
         .sentence = "Where Prometheus finds /metrics, without encryption and login. Empty: off.",
         .when = after_restart,
         .default_toml = R"(["127.0.0.1:9642"])",
         .default_toml_turn = R"(["127.0.0.1:9641"])"},
        {.name = "media.listen",
         .kind = list_kind{listen_entries, check_media_listen, at<media, &media_options::listen>()},
         .allowed = "\"address:port\"; port 0: any free one",
         .sentence =
             "Where participants' audio and video arrive: UDP, and TCP on the same port number, one "
             "for each of media.shards; where there are fewer, the last one goes on with the ports that "
             "follow. \"localhost\": all addresses of this machine, from this machine alone. Empty: no "
             "media.",
         .when = after_restart,
         .default_toml = R"(["localhost:0"])",
         .default_toml_turn = "[]"},
        {.name = "media.public_addresses",
         .kind = list_kind{external_addresses, check_relay_address,
                           at<media, &media_options::public_addresses>()},
         .allowed = "IP addresses",
         .sentence = "What participants are told instead of the addresses of media.listen, behind 1:1 NAT. "
                     "Empty: no NAT.",
         .when = after_restart,
         .default_toml = "[]"},
        {.name = "media.shards",
         .kind = integer<media, &media_options::shards>(0, threads),
         .sentence = "Media threads. A room lives on one of them. 0: as many as there are processors.",
         .when = after_restart,
         .default_toml = "0"},
        {.name = "rooms.open",
         .kind = tristate_kind{at<rooms, &room_options::open>()},
         .sentence =
             "Whether nobody needs a token, and a room is there as soon as somebody enters it. auto: only "
             "while http.listen and media.listen are on loopback.",
         .when = at_once,
         .default_toml = R"("auto")"},
        {.name = "rooms.secrets",
         .kind = list_kind{secret_entries, check_token_secret, at<rooms, &room_options::secrets>()},
         .allowed = "texts of 16 to 1024 bytes, as from `openssl rand -hex 32`",
         .sentence =
             "Shared secrets that sign tokens, see `confctl token`. All are valid at once, the first one "
             "signs: to rotate, put the new one first and take the old one out when its tokens have "
             "expired. Empty: one is drawn at each start, and its tokens end with the process.",
         .when = at_once,
         .default_toml = "[]",
         .secret = true},
        {.name = "rooms.limits.participants",
         .kind = integer<room_limit, &room_limit_options::participants>(0, participants),
         .sentence =
             "Publishers of one room, and as many players. 0: off. Nobody is put out when it is lowered.",
         .when = at_once,
         .default_toml = "500"},
        {.name = "rooms.limits.video_bps",
         .kind = integer<room_limit, &room_limit_options::video_bps>(0, bps),
         .sentence = "Bits of video a second that one publisher may send, all layers and pictures together. "
                     "What is above is dropped. 0: off.",
         .when = at_once,
         .default_toml = "8000000"},
        {.name = "rooms.limits.audio_bps",
         .kind = integer<room_limit, &room_limit_options::audio_bps>(0, bps),
         .sentence = "Bits of audio a second that one publisher may send. What is above is dropped. 0: off.",
         .when = at_once,
         .default_toml = "512000"},
        {.name = "rooms.limits.packets_per_second",
         .kind = integer<room_limit, &room_limit_options::packets_per_second>(0, rps),
         .sentence = "Packets a second that one publisher may send. What is above is dropped. 0: off.",
         .when = at_once,
         .default_toml = "2000"},
        {.name = "documents.enabled",
         .kind = boolean_kind{at<documents, &document_options::enabled>()},
         .sentence = "Whether documents can be uploaded into rooms.",
         .when = after_restart,
         .default_toml = "true",
         .default_toml_turn = "false"},
        {.name = "documents.converter",
         .kind = text_kind{check_converter, at<documents, &document_options::converter>()},
         .allowed = "an absolute path, \"unix:\" and an absolute path, or empty",
         .sentence =
             "What converts documents: a program that is started for each, or the socket of one that runs by "
             "itself, as `conf-convert --socket`; that one has to be of the same user and see the same "
             "data.path. Empty: conf-convert beside conf-server.",
         .when = after_restart,
         .default_toml = R"("")"},
        {.name = "documents.limits.bytes",
         .kind = integer<document_limit, &document_limit_options::bytes>(1, document_bytes),
         .sentence = "Bytes of one uploaded file.",
         .when = at_once,
         .default_toml = "30000000"},
        {.name = "documents.limits.pages",
         .kind = integer<document_limit, &document_limit_options::pages>(1, document_pages),
         .sentence = "Pages of one document.",
         .when = at_once,
         .default_toml = "200"},
        {.name = "documents.limits.pixels",
         .kind = integer<document_limit, &document_limit_options::pixels>(1, document_pixels),
         .sentence = "Pixels of one uploaded picture.",
         .when = at_once,
         .default_toml = "50000000"},
        {.name = "documents.limits.room_bytes",
         .kind = integer<document_limit, &document_limit_options::room_bytes>(0, document_room_bytes),
         .sentence =
             "Bytes of all files of a room, as they were uploaded; what is made of them comes on top.",
         .when = at_once,
         .default_toml = "500000000"},
        {.name = "documents.limits.job_time",
         .kind = duration_kind{std::chrono::seconds(document_job_s),
                               at<document_limit, &document_limit_options::job_time>()},
         .sentence = "How long the conversion of one document may take.",
         .when = at_once,
         .default_toml = R"("5m")"},
        {.name = "documents.limits.jobs",
         .kind = integer<document_limit, &document_limit_options::jobs>(1, threads),
         .sentence = "Conversions at once; others wait.",
         .when = at_once,
         .default_toml = "2"},
        {.name = "turn.listen",
         .kind = list_kind{listen_entries, check_turn_listen, at<turn, &turn_options::listen>(), tidy_listen},
         .allowed = "\"udp://address:port\", \"tcp://...\", \"tls://...\" or \"dtls://...\"; port 0: any "
                    "free one",
         .sentence = "Where TURN and STUN clients connect. tls:// and dtls:// need tls.certificate and "
                     "tls.key. Empty: no relay.",
         .when = after_restart,
         .default_toml = R"(["udp://127.0.0.1:3478", "tcp://127.0.0.1:3478"])",
         .default_toml_turn = R"(["udp://0.0.0.0:3478", "tcp://0.0.0.0:3478"])"},
        {.name = "turn.realm",
         .kind = text_kind{check_realm, at<turn, &turn_options::realm>()},
         .allowed = "1 to 64 printable ASCII characters without \" and \\",
         .sentence = "The realm of the credentials, by habit the domain. Passwords of turn.users are "
                     "hashed with it.",
         .when = at_once,
         .default_toml = R"("libconf")"},
        {.name = "turn.secrets",
         .kind = list_kind{secret_entries, check_secret, at<turn, &turn_options::secrets>()},
         .allowed = "texts of at most 1024 bytes; 32 random bytes or more are wise, as from "
                    "`openssl rand -hex 32`",
         .sentence = "Shared secrets for time-limited credentials. All are valid at once, the first one "
                     "makes new credentials: to rotate, put the new one first and take the old one out a "
                     "day later. conf-server without any draws one at each start, for its own pages; "
                     "conf-turn needs one, or a user.",
         .when = at_once,
         .default_toml = "[]",
         .secret = true},
        {.name = "turn.users",
         .kind = table_kind{user_entries, check_user_name, check_password, at<turn, &turn_options::users>()},
         .allowed = "names of at most 508 bytes without a colon, passwords of at most 1024 bytes",
         .sentence = "Users with a password that does not expire. Time-limited credentials are safer.",
         .when = at_once,
         .default_toml = "{}",
         .secret = true},
        {.name = "turn.relay_address",
         .kind = list_kind{relay_addresses, check_relay_address, at<turn, &turn_options::relay_address>(),
                           nullptr, check_one_of_each_family},
         .allowed = "one IP address, or one IPv4 and one IPv6 address",
         .sentence = "The addresses of this machine that relay. Empty: the one where the client arrived.",
         .when = after_restart,
         .default_toml = "[]"},
        {.name = "turn.external_addresses",
         .kind = list_kind{external_addresses, check_external_address,
                           at<turn, &turn_options::external_addresses>()},
         .allowed = "\"public\" or \"public/private\"",
         .sentence = "What clients are told instead of the relay address, behind 1:1 NAT. Empty: no NAT.",
         .when = after_restart,
         .default_toml = "[]"},
        {.name = "turn.relay_ports",
         .kind = text_kind{check_relay_ports, at<turn, &turn_options::relay_ports>()},
         .allowed = "\"first-last\" within 1024 to 65535, at least a port for each thread",
         .sentence = "UDP ports of the relay addresses; each allocation takes one.",
         .when = after_restart,
         .default_toml = R"("49152-65535")"},
        {.name = "turn.peer_policy",
         .kind = choice<turn, &turn_options::peer_policy>({"sfu-only", "deny-list"}),
         .sentence = "Whom the relay may send to. sfu-only: the media addresses of the conference and "
                     "nobody else. deny-list: everybody but loopback, private, reserved and the server's "
                     "own addresses.",
         .when = at_once,
         .default_toml = R"("sfu-only")"},
        {.name = "turn.sfu_addresses",
         .kind = list_kind{peer_entries, check_sfu_address, at<turn, &turn_options::sfu_addresses>()},
         .allowed = "\"address\" for all its ports or \"address:port\"",
         .sentence = "What sfu-only admits when conf-turn runs alone. conf-server adds its own media "
                     "addresses.",
         .when = at_once,
         .default_toml = "[]"},
        {.name = "turn.allow_peers",
         .kind = list_kind{peer_entries, check_allowed_peer, at<turn, &turn_options::allow_peers>()},
         .allowed = "addresses or prefixes; never unspecified, multicast or link-local ones",
         .sentence = "Peers that are allowed whatever the policy denies. Loopback only where it is named "
                     "itself. Each entry is a door into your network, and the log says so.",
         .when = at_once,
         .default_toml = "[]"},
        {.name = "turn.alternate_server",
         .kind = text_kind{check_alternate_server, at<turn, &turn_options::alternate_server>()},
         .allowed = "\"address:port\" or empty",
         .sentence = "Where a draining server sends new clients (error 300). Empty: they get 508 and try "
                     "their next server.",
         .when = at_once,
         .default_toml = R"("")"},
        {.name = "turn.drain_limit",
         .kind = duration_kind{std::chrono::seconds(drain_s), at<turn, &turn_options::drain_limit>()},
         .sentence = "After SIGTERM the server takes no new allocations and leaves when the last one ends,"
                     " or after this time. 0: at once.",
         .when = at_once,
         .default_toml = R"("1h")"},
        {.name = "turn.threads",
         .kind = integer<turn, &turn_options::threads>(1, threads),
         .sentence = "Relay threads. An allocation lives on one of them.",
         .when = after_restart,
         .default_toml = "1"},
        {.name = "turn.limits.allocations_per_credential",
         .kind = integer<limit, &turn_limits::allocations_per_credential>(0, allocations),
         .sentence = "Live allocations of one time-limited credential. 0: off.",
         .when = at_once,
         .default_toml = "12"},
        {.name = "turn.limits.allocations_per_user",
         .kind = integer<limit, &turn_limits::allocations_per_user>(0, allocations),
         .sentence = "Live allocations of one of turn.users. 0: off.",
         .when = at_once,
         .default_toml = "0"},
        {.name = "turn.limits.allocations_per_address",
         .kind = integer<limit, &turn_limits::allocations_per_address>(0, allocations),
         .sentence = "Live allocations of one client address (IPv4 address or IPv6 /64). 0: off.",
         .when = at_once,
         .default_toml = "0"},
        {.name = "turn.limits.allocations_total",
         .kind = integer<limit, &turn_limits::allocations_total>(0, allocations),
         .sentence = "Live allocations of the whole server. 0: off, then the relay ports are the limit.",
         .when = at_once,
         .default_toml = "0"},
        {.name = "turn.limits.allocation_bps",
         .kind = integer<limit, &turn_limits::allocation_bps>(0, bps),
         .sentence = "Bits a second that each allocation may relay, each way. What is above is dropped. 0:"
                     " off.",
         .when = at_once,
         .default_toml = "10000000"},
        {.name = "turn.limits.total_bps",
         .kind = integer<limit, &turn_limits::total_bps>(0, bps),
         .sentence = "Bits a second that the whole server may relay, both ways together. 0: off.",
         .when = at_once,
         .default_toml = "0"},
        {.name = "turn.limits.unauthenticated_rps",
         .kind = integer<limit, &turn_limits::unauthenticated_rps>(0, rps),
         .sentence = "Answers a second to one unverified source (IPv4 address or IPv6 /64), so that nobody"
                     " is flooded through us. Loopback is exempt. 0: off.",
         .when = at_once,
         .default_toml = "10"},
        {.name = "tls.certificate",
         .kind = path_kind{path_use::certificate, at<tls, &tls_options::certificate>()},
         .allowed = "a PEM file with the certificate and its chain, or empty",
         .sentence = "For https://, tls:// and dtls:// listeners. Read anew when the file changes; nobody "
                     "is dropped.",
         .when = at_once,
         .default_toml = R"("")"},
        {.name = "tls.key",
         .kind = path_kind{path_use::private_key, at<tls, &tls_options::key>()},
         .allowed = "a PEM file with the private key, or empty",
         .sentence = "The private key of tls.certificate. Only the user of the server should be able to "
                     "read it.",
         .when = at_once,
         .default_toml = R"("")"},
        {.name = "data.path",
         .kind = path_kind{path_use::folder, at<all, &settings::data_path>()},
         .allowed = "a folder, or empty",
         .sentence = "Everything that must survive a restart. Made where it is missing. Empty: "
                     "$STATE_DIRECTORY where systemd sets it; else for root /var/lib/libconf (conf-turn: "
                     "/var/lib/libconf-turn), for others the same name in $XDG_DATA_HOME or "
                     "~/.local/share.",
         .when = after_restart,
         .default_toml = R"("")"},
        {.name = "control.socket",
         .kind = path_kind{path_use::socket, at<control, &control_options::socket>()},
         .allowed = "a path of at most 107 bytes, relative to data.path, or empty",
         .sentence = "The local socket that confctl speaks to, for the user of the server only. Empty: "
                     "off.",
         .when = after_restart,
         .default_toml = R"("control.sock")"},
        {.name = "log.level",
         .kind = choice<logging, &log_options::level>({"debug", "info", "warning", "error"}),
         .sentence = "The least important events that are logged.",
         .when = at_once,
         .default_toml = R"("info")"},
        {.name = "log.format",
         .kind = choice<logging, &log_options::format>({"text", "json"}),
         .sentence = "One line an event on standard output: words and key=value, or a JSON object.",
         .when = at_once,
         .default_toml = R"("text")"},
        {.name = "log.client_addresses",
         .kind = boolean_kind{at<logging, &log_options::client_addresses>()},
         .sentence = "Whether the addresses of clients appear in the log. They are personal data.",
         .when = at_once,
         .default_toml = "false"},
    };
}

std::string list_of(const std::vector<std::string>& texts) {
    std::string made = "[";
    for (const auto& text : texts) made += (made.size() > 1 ? ", " : "") + in_quotes(text);
    return made + "]";
}

std::string table_of(const std::map<std::string, std::string>& texts) {
    std::string made = "{";
    for (const auto& [name, text] : texts) {
        made += (made.size() > 1 ? ", " : "") + in_quotes(name) + " = " + in_quotes(text);
    }
    return made + "}";
}

}  // namespace

const std::vector<key>& all_keys() {
    static const std::vector<key> keys = make_keys();
    return keys;
}

const key* find_key(std::string_view name) {
    const auto found = std::ranges::find(all_keys(), name, &key::name);
    return found == all_keys().end() ? nullptr : &*found;
}

bool is_section(std::string_view name) {
    return std::ranges::any_of(all_keys(), [&](const key& k) {
        return k.name.size() > name.size() && k.name.starts_with(name) && k.name[name.size()] == '.';
    });
}

std::vector<std::string> key_names() {
    std::vector<std::string> names;
    for (const auto& k : all_keys()) names.emplace_back(k.name);
    return names;
}

std::string allowed_values(const key& of) {
    return std::visit(
        [&](const auto& kind) -> std::string {
            using type = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<type, boolean_kind>) {
                return "true or false";
            } else if constexpr (std::is_same_v<type, tristate_kind>) {
                return "true, false or \"auto\"";
            } else if constexpr (std::is_same_v<type, integer_kind>) {
                return fmt::format("an integer from {} to {}", kind.min, kind.max);
            } else if constexpr (std::is_same_v<type, choice_kind>) {
                std::string made;
                for (std::size_t i = 0; i < kind.names.size(); ++i) {
                    if (i > 0) made += i + 1 == kind.names.size() ? " or " : ", ";
                    made += in_quotes(kind.names[i]);
                }
                return made;
            } else if constexpr (std::is_same_v<type, duration_kind>) {
                return fmt::format(
                    "seconds as an integer, or \"90s\", \"10m\", \"1h\", \"2d\", up to \"{}d\"",
                    kind.max.count() / 86'400);
            } else if constexpr (std::is_same_v<type, list_kind>) {
                return fmt::format("a list of at most {}: {}", kind.entries_max, of.allowed);
            } else if constexpr (std::is_same_v<type, table_kind>) {
                return fmt::format("a table of at most {}: {}", kind.entries_max, of.allowed);
            } else {
                return std::string(of.allowed);
            }
        },
        of.kind);
}

std::string current_value(const key& of, const settings& from) {
    return std::visit(
        [&](const auto& kind) -> std::string {
            using type = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<type, boolean_kind>) {
                return kind.at.read(from) ? "true" : "false";
            } else if constexpr (std::is_same_v<type, tristate_kind>) {
                const auto& value = kind.at.read(from);
                return !value ? in_quotes("auto") : *value ? "true" : "false";
            } else if constexpr (std::is_same_v<type, integer_kind>) {
                return std::to_string(kind.read(from));
            } else if constexpr (std::is_same_v<type, choice_kind>) {
                return in_quotes(kind.names.at(kind.read(from)));
            } else if constexpr (std::is_same_v<type, duration_kind>) {
                return std::to_string(kind.at.read(from).count());
            } else if constexpr (std::is_same_v<type, list_kind>) {
                return list_of(kind.at.read(from));
            } else if constexpr (std::is_same_v<type, table_kind>) {
                return table_of(kind.at.read(from));
            } else {
                return in_quotes(kind.at.read(from));
            }
        },
        of.kind);
}

}  // namespace conf::config
