#include "libconf/host/pad_api.hpp"

#include "libconf/auth/base64url.hpp"
#include "libconf/auth/names.hpp"
#include "libconf/crdt/json.hpp"
#include "libconf/net/websocket_handshake.hpp"
#include "libconf/pad/error.hpp"
#include "libconf/pad/formats.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace conf::host {
namespace {

using crdt::any;
using net::http_reply;
using net::http_request;
using net::http_response;
using pads::pad_errc;

constexpr std::size_t json_bytes_max = 64 * 1024;
constexpr std::size_t history_limit = 200;
constexpr std::size_t history_limit_max = 500;

http_response json(int status, const any& body) {
    return {status, "application/json", crdt::to_json(body) + "\n", {{"Cache-Control", "no-store"}}};
}

http_response failure(int status, std::string_view code, std::string_view message) {
    auto made = json(status, any::object{{"error", any::object{{"code", code}, {"message", message}}}});
    if (status == 401) made.fields.emplace_back("WWW-Authenticate", "Bearer");
    return made;
}

http_response failure(const conf::error& why) {
    const auto code = why.code();
    const auto is = [&](pad_errc one) { return code == pads::make_error_code(one); };
    const auto text = why.message();
    if (is(pad_errc::bad_title) || is(pad_errc::bad_format) || is(pad_errc::bad_text) ||
        is(pad_errc::bad_update))
        return failure(400, "bad_message", text);
    if (is(pad_errc::unknown_pad) || is(pad_errc::unknown_version)) return failure(404, "unknown", text);
    if (is(pad_errc::exists)) return failure(409, "exists", text);
    if (is(pad_errc::full)) return failure(409, "full", text);
    if (is(pad_errc::too_large)) return failure(413, "too_large", text);
    if (is(pad_errc::locked)) return failure(403, "locked", text);
    if (is(pad_errc::read_only) || is(pad_errc::foreign_client)) return failure(403, "forbidden", text);
    if (is(pad_errc::not_saved)) return failure(503, "not_saved", text);
    return failure(422, "bad_message", text);
}

/// RFC 9110 §15 for what cannot be made of a pad.
http_response failure(const documents::problem& why) {
    using enum documents::problem_code;
    const auto status = [&] {
        switch (why.code) {
            case too_large: return 413;
            case room_full: return 409;
            case queue_full:
            case disk_full: return 503;
            case office_missing:
            case tool_missing:
            case no_sandbox: return 501;
            case failed: return 500;
            default: return 422;
        }
    };
    return failure(status(), documents::to_string(why.code), why.message);
}

any number(std::int64_t value) {
    return any(static_cast<double>(value));
}

std::optional<std::uint64_t> whole(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

struct format {
    std::string_view name;
    std::string_view type;
};
constexpr format formats[] = {
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"update", "application/octet-stream"},
    {"pdf", "application/pdf"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
};

const format* format_named(std::string_view name) noexcept {
    const auto* const at = std::ranges::find(formats, name, &format::name);
    return at == std::end(formats) ? nullptr : at;
}

http_response file(const std::string& name, const format& as, std::string body) {
    return {200,
            std::string(as.type),
            std::move(body),
            {{"Cache-Control", "no-store"},
             // A pad's name needs no quoting.
             {"Content-Disposition", "attachment; filename=\"" + name + "." +
                                         std::string(as.name == "update" ? "yjs" : as.name) + "\""}}};
}

result<pads::node> read_content(std::string_view format, std::string_view body) {
    if (format == "txt") return pads::from_plain_text(body);
    if (format == "md") return pads::from_markdown(body);
    if (format == "html") return pads::from_html(body);
    return pad_errc::bad_format;
}

any to_json_of(const std::string& name, const pad_entry& of, std::size_t people, bool writable) {
    any::array barred;
    for (const auto& one : of.rules.barred) barred.emplace_back(one);
    return any::object{{"name", name},
                       {"title", of.title},
                       {"created", number(of.created.count())},
                       {"changed", number(of.changed.count())},
                       {"people", number(static_cast<std::int64_t>(people))},
                       {"locked", of.rules.locked},
                       {"barred", std::move(barred)},
                       {"writable", writable}};
}

bool may_write(const pads::visitor& who, const pads::rules& under) {
    if (who.may == pads::right::manage) return true;
    return who.may == pads::right::write && !under.locked && !under.barred.contains(who.person);
}

class pad_api : public std::enable_shared_from_this<pad_api> {
public:
    pad_api(pad_host& pads, pad_api_rules rules) : pads_(pads), rules_(std::move(rules)) {}

    void add_to(net::http_router& routes) {
        const std::string all = "/api/v1/rooms/{room}/pads";
        const auto one = all + "/{name}";
        const auto past = one + "/history/{version}";
        const auto content = pads::limits{}.update_bytes_max;
        using enum pads::right;
        add(routes, "GET", all, read, &pad_api::list);
        add(routes, "POST", all, write, &pad_api::create, content + json_bytes_max);
        add(routes, "GET", one, read, &pad_api::show);
        add(routes, "PATCH", one, write, &pad_api::patch, json_bytes_max);
        add(routes, "DELETE", one, manage, &pad_api::remove);
        add(routes, "GET", one + "/export", read, &pad_api::export_file);
        add(routes, "POST", one + "/slides", write, &pad_api::make_slides, json_bytes_max);
        add(routes, "PUT", one + "/content", write, &pad_api::replace, content);
        add(routes, "POST", one + "/content", write, &pad_api::append, content);
        add(routes, "GET", one + "/authors", read, &pad_api::authors);
        add(routes, "GET", one + "/history", read, &pad_api::history);
        add(routes, "GET", past, read, &pad_api::version);
        add(routes, "POST", past + "/restore", write, &pad_api::restore);
    }

private:
    /// A request that may be done.
    struct call {
        std::string room;
        std::string pad;  ///< empty: the list
        pads::visitor who;
        bool makes = false;  ///< whether it makes the pad where it is not there
        http_reply reply;
    };
    using handler = void (pad_api::*)(const call&, const http_request&);

    void add(net::http_router& routes, std::string_view method, const std::string& path, pads::right wanted,
             handler how, std::size_t body = 0) {
        routes.add_async(
            method, path,
            [self = shared_from_this(), wanted, how, has_pad = path.find("{name}") != std::string::npos](
                const http_request& request, http_reply reply) {
                self->judge(request, std::move(reply), wanted, has_pad, how);
            },
            body);
    }

    void judge(const http_request& request, http_reply reply, pads::right wanted, bool has_pad, handler how) {
        const std::string room(request.path_parameter("room"));
        const std::string pad(has_pad ? request.path_parameter("name") : std::string_view());
        if (!auth::is_name(room) || (has_pad && !auth::is_name(pad))) {
            reply.send(failure(404, "unknown", "names of rooms and pads have 1 to 64 of A-Z a-z 0-9 - _ ."));
            return;
        }
        if (const auto origin = request.field("origin"); origin && !is_allowed(request, *origin)) {
            reply.send(
                failure(403, "forbidden", "pages of other origins may not come here: see http.origins"));
            return;
        }
        std::optional<std::string> token;
        if (const auto given = request.parameter("token")) token = *given;
        constexpr std::string_view scheme = "Bearer ";
        if (const auto given = request.field("authorization"); given && given->starts_with(scheme))
            token = given->substr(scheme.size());
        auto judged = pads_.admit(room, pad, token, wanted, request.remote.ip);
        using enum pad_host::refusal;
        if (judged.why != none) {
            const auto text = judged.text;
            reply.send(judged.why == bad_token ? failure(401, "bad_token", text)
                       : judged.why == rate    ? failure(429, "rate", text)
                                               : failure(403, "forbidden", text));
            return;
        }
        const bool makes =
            judged.is.who.may == pads::right::manage || !judged.is.by_token || judged.is.names_pad;
        (this->*how)(call{room, pad, std::move(judged.is.who), makes, std::move(reply)}, request);
    }

    [[nodiscard]] bool is_allowed(const http_request& request, std::string_view origin) const {
        if (net::is_own_page(request, origin)) return true;
        return std::ranges::find(rules_.origins, origin) != rules_.origins.end();
    }

    /// The body's object, or nothing behind an answer.
    static std::optional<any> object_of(const call& in, const http_request& request) {
        auto body = crdt::parse_json(request.body);
        if (body && body->members() != nullptr) return body;
        in.reply.send(failure(400, "bad_message", "the body is not a JSON object"));
        return std::nullopt;
    }

    void list(const call& in, const http_request&) {
        pads_.with_list(in.room, [this, in](const pad_host::list& all) {
            std::vector<const pad_host::list::value_type*> sorted;
            for (const auto& one : all) sorted.push_back(&one);
            std::ranges::stable_sort(sorted, {}, [](const auto* one) { return one->second.created; });
            any::array made;
            for (const auto* one : sorted) {
                made.push_back(to_json_of(one->first, one->second, pads_.people_in(in.room, one->first),
                                          may_write(in.who, one->second.rules)));
            }
            in.reply.send(json(200, any::object{{"pads", std::move(made)}}));
        });
    }

    void show(const call& in, const http_request&) { show_with(in, 200); }

    void show_with(const call& in, int status) {
        pads_.with_list(in.room, [this, in, status](const pad_host::list& all) {
            const auto known = all.find(in.pad);
            if (known == all.end()) return (void)in.reply.send(failure(pad_errc::unknown_pad));
            in.reply.send(json(status, to_json_of(in.pad, known->second, pads_.people_in(in.room, in.pad),
                                                  may_write(in.who, known->second.rules))));
        });
    }

    void create(const call& in, const http_request& request) {
        if (!in.makes)
            return (void)in.reply.send(failure(403, "forbidden", "making a pad takes the right to manage"));
        const auto body = object_of(in, request);
        if (!body) return;
        const auto text_of = [&](std::string_view key) -> std::optional<std::string> {
            const auto* const value = body->find(key);
            return value != nullptr && value->text() != nullptr ? std::optional(*value->text())
                                                                : std::nullopt;
        };
        auto made = in;
        made.pad = text_of("name").value_or(new_name());
        if (!auth::is_name(made.pad)) {
            in.reply.send(failure(400, "bad_message", "name: 1 to 64 of A-Z a-z 0-9 - _ ."));
            return;
        }
        std::optional<pads::node> content;
        if (const auto text = text_of("content")) {
            auto read = read_content(text_of("format").value_or("md"), *text);
            if (!read) return (void)in.reply.send(failure(read.error()));
            content = *std::move(read);
        }
        pads_.create(in.room, made.pad, text_of("title").value_or(made.pad),
                     [self = shared_from_this(), made, content](const result<void>& how) {
                         if (!how) return (void)made.reply.send(failure(how.error()));
                         if (!content) return self->show_with(made, 201);
                         self->edit(made, 201,
                                    [who = made.who, text = *content](auto& pad, auto& at, auto& out) {
                                        return pad.replace(who, text, at, out);
                                    });
                     });
    }

    [[nodiscard]] static std::string new_name() {
        const auto key = crypto::system_random_key();
        return "pad-" + auth::base64url(bytes(key).first(6));
    }

    void patch(const call& in, const http_request& request) {
        const auto body = object_of(in, request);
        if (!body) return;
        const auto* const title = body->find("title");
        const auto* const locked = body->find("locked");
        const auto* const barred = body->find("barred");
        if ((title != nullptr && title->text() == nullptr) ||
            (locked != nullptr && locked->boolean() == nullptr) ||
            (barred != nullptr && barred->elements() == nullptr)) {
            in.reply.send(failure(400, "bad_message",
                                  "title: a text; locked: true or false; barred: a list of persons"));
            return;
        }
        if ((locked != nullptr || barred != nullptr) && in.who.may != pads::right::manage) {
            in.reply.send(failure(403, "forbidden", "locked and barred take the right to manage"));
            return;
        }
        std::optional<std::set<std::string>> persons;
        if (barred != nullptr) {
            persons.emplace();
            for (const auto& one : *barred->elements()) {
                if (one.text() != nullptr) persons->insert(*one.text());
            }
        }
        std::optional<std::string> name;
        if (title != nullptr) name = *title->text();
        std::optional<bool> lock;
        if (locked != nullptr) lock = *locked->boolean();
        pads_.change(
            in.room, in.pad,
            [name, lock, persons](pad_entry& of) {
                if (name) of.title = *name;
                if (lock) of.rules.locked = *lock;
                if (persons) of.rules.barred = *persons;
            },
            [self = shared_from_this(), in](const result<void>& how) {
                if (!how) return (void)in.reply.send(failure(how.error()));
                self->show_with(in, 200);
            });
    }

    void remove(const call& in, const http_request&) {
        pads_.remove(in.room, in.pad, [in](const result<void>& how) {
            in.reply.send(how ? http_response{204, {}, {}, {}} : failure(how.error()));
        });
    }

    // Contents.

    template <class Edit>
    void edit(const call& in, int status, Edit how) {
        pads_.edit(in.room, in.pad, in.makes, std::move(how),
                   [self = shared_from_this(), in, status](const result<void>& done) {
                       if (!done) return (void)in.reply.send(failure(done.error()));
                       self->show_with(in, status);
                   });
    }

    void replace(const call& in, const http_request& request) { put(in, request, true); }
    void append(const call& in, const http_request& request) { put(in, request, false); }

    void put(const call& in, const http_request& request, bool whole) {
        const std::string format(request.parameter("format").value_or("md"));
        if (format == "update") {
            edit(in, 200, [who = in.who, body = request.body](auto& pad, auto& at, auto& out) {
                return pad.apply(who, as_bytes(body), at, out);
            });
            return;
        }
        const auto text = read_content(format, request.body);
        if (!text) return (void)in.reply.send(failure(text.error()));
        edit(in, 200, [who = in.who, whole, text = *text](auto& pad, auto& at, auto& out) {
            return whole ? pad.replace(who, text, at, out) : pad.append(who, text, at, out);
        });
    }

    void with(const call& in, std::function<void(pads::pad&, const pad_entry&)> then) {
        pads_.with_pad(in.room, in.pad, false,
                       [in, then = std::move(then)](pads::pad* pad, const pad_entry& of) {
                           if (pad == nullptr) return (void)in.reply.send(failure(pad_errc::unknown_pad));
                           then(*pad, of);
                       });
    }

    void answer_text(const call& in, const format& as, const pads::node& text, const std::string& title) {
        if (as.name == "txt") return (void)in.reply.send(file(in.pad, as, pads::to_plain_text(text)));
        if (as.name == "md") return (void)in.reply.send(file(in.pad, as, pads::to_markdown(text)));
        if (as.name == "html") return (void)in.reply.send(file(in.pad, as, pads::to_html_page(text, title)));
        if (!has_converter(in)) return;
        in.reply.may_take(document_host::reply_time);
        rules_.files->make({in.room, title, text}, as.name, [in, &as](const auto& made) {
            if (const auto* const why = std::get_if<documents::problem>(&made))
                return (void)in.reply.send(failure(*why));
            auto answer = file(in.pad, as, {});
            answer.file = std::get<pad_files::file>(made);
            in.reply.send(std::move(answer));
        });
    }

    [[nodiscard]] bool has_converter(const call& in) const {
        if (rules_.files != nullptr) return true;
        in.reply.send(failure(501, "no_converter", "this server has no converter for documents"));
        return false;
    }

    /// Documents are for those who moderate or present; a token that manages the pad may do it, too.
    void make_slides(const call& in, const http_request&) {
        const bool presents = rules_.presents && rules_.presents(in.room, in.who.person);
        if (!presents && in.who.may != pads::right::manage) {
            in.reply.send(failure(403, "forbidden", "only moderators and presenters may add documents"));
            return;
        }
        if (!has_converter(in)) return;
        in.reply.may_take(document_host::reply_time);
        with(in, [self = shared_from_this(), in](pads::pad& pad, const pad_entry& of) {
            self->rules_.files->add_slides({in.room, of.title, pad.read()}, [in](const auto& made) {
                if (const auto* const why = std::get_if<documents::problem>(&made))
                    return (void)in.reply.send(failure(*why));
                in.reply.send(json(201, any::object{{"document", number(static_cast<std::int64_t>(
                                                                     std::get<document_number>(made)))}}));
            });
        });
    }

    void export_file(const call& in, const http_request& request) {
        const auto* const as = format_named(request.parameter("format").value_or("md"));
        if (as == nullptr) return (void)in.reply.send(failure(pad_errc::bad_format));
        with(in, [self = shared_from_this(), in, as](pads::pad& pad, const pad_entry& of) {
            if (as->name == "update")
                return (void)in.reply.send(file(in.pad, *as, std::string(as_text(pad.update()))));
            self->answer_text(in, *as, pad.read(), of.title);
        });
    }

    void authors(const call& in, const http_request&) {
        with(in, [in](pads::pad& pad, const pad_entry&) {
            any::array made;
            for (const auto& one : pad.authors().all()) {
                any::array clients;
                for (const auto id : one.clients) clients.emplace_back(static_cast<double>(id));
                made.push_back(any::object{{"id", one.person},
                                           {"name", one.name},
                                           {"hue", number(one.hue)},
                                           {"clients", std::move(clients)}});
            }
            in.reply.send(json(200, any::object{{"authors", std::move(made)}}));
        });
    }

    void history(const call& in, const http_request& request) {
        const auto before = whole(request.parameter("before").value_or("0"));
        const auto limit = whole(request.parameter("limit").value_or(std::to_string(history_limit)));
        if (!before || !limit || *limit < 1 || *limit > history_limit_max) {
            in.reply.send(failure(400, "bad_message", "before: a version; limit: 1 to 500"));
            return;
        }
        with(in, [in, before = *before, limit = *limit](pads::pad& pad, const pad_entry&) {
            const auto page = pad.history().list(before, static_cast<std::size_t>(limit));
            any::array made;
            for (const auto* one : page.versions) {
                any::array persons;
                for (const auto& each : one->authors) persons.emplace_back(each);
                made.push_back(any::object{{"version", number(static_cast<std::int64_t>(one->number))},
                                           {"at", number(one->at.count())},
                                           {"authors", std::move(persons)}});
            }
            in.reply.send(json(200, any::object{{"versions", std::move(made)}, {"more", page.more}}));
        });
    }

    void version(const call& in, const http_request& request) {
        const auto wanted = whole(request.path_parameter("version"));
        const auto name = request.parameter("format").value_or("update");
        const auto* const as = format_named(name);
        if (!wanted) return (void)in.reply.send(failure(pad_errc::unknown_version));
        if (as == nullptr) return (void)in.reply.send(failure(pad_errc::bad_format));
        with(in, [self = shared_from_this(), in, as, wanted = *wanted](pads::pad& pad, const pad_entry& of) {
            if (as->name == "update") {
                const auto made = pad.version_update(wanted);
                in.reply.send(made ? file(in.pad, *as, std::string(as_text(*made))) : failure(made.error()));
                return;
            }
            const auto text = pad.read_version(wanted);
            if (!text) return (void)in.reply.send(failure(text.error()));
            self->answer_text(in, *as, *text, of.title);
        });
    }

    void restore(const call& in, const http_request& request) {
        const auto wanted = whole(request.path_parameter("version"));
        if (!wanted) return (void)in.reply.send(failure(pad_errc::unknown_version));
        edit(in, 200, [who = in.who, wanted = *wanted](auto& pad, auto& at, auto& out) {
            return pad.restore_version(who, wanted, at, out);
        });
    }

    pad_host& pads_;
    pad_api_rules rules_;
};

}  // namespace

void add_pad_api(net::http_router& routes, pad_host& pads, pad_api_rules rules) {
    std::make_shared<pad_api>(pads, std::move(rules))->add_to(routes);
}

}  // namespace conf::host
