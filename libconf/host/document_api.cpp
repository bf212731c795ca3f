#include "libconf/host/document_api.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/auth/pad_token.hpp"
#include "libconf/auth/room_token.hpp"
#include "libconf/documents/file_kind.hpp"
#include "libconf/host/document_answers.hpp"
#include "libconf/host/document_host_parts.hpp"
#include "libconf/host/upload_sink.hpp"
#include "libconf/net/clock.hpp"
#include "libconf/net/multipart_reader.hpp"
#include "libconf/signalling/json_reader.hpp"
#include "libconf/signalling/json_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace conf::host {
namespace {

using net::http_reply;
using net::http_request;
using net::http_response;
using signalling::json_writer;

constexpr std::size_t request_bytes_max = 64 * 1024;

void write_document(json_writer& to, const std::string& room, const documents::stored_file& of, bool pages) {
    to.begin_object().name("number").value(of.number).name("name").value(of.name);
    to.name("state").value(documents::to_string(of.state)).name("bytes").value(of.bytes);
    if (!of.ending.empty()) to.name("kind").value(of.ending);
    to.name("added").value(of.added.count());
    const auto made = std::ranges::count_if(of.pages, &documents::page::made);
    to.name("pages_ready").value(made).name("page_count").value(of.pages.size());
    if (of.why) write_problem(to.name("error"), *of.why);
    if (pages) {
        to.name("pages").begin_array();
        std::uint32_t number = 0;
        for (const auto& page : of.pages) {
            ++number;
            const auto paths = document_host::paths_of(room, of, number);
            to.begin_object().name("number").value(number).name("ready").value(page.made);
            to.name("width").value(static_cast<std::int64_t>(page.width + 0.5));
            to.name("height").value(static_cast<std::int64_t>(page.height + 0.5));
            if (page.made) {
                to.name("vector").value(!page.picture).name("missing").value(page.missing);
                to.name("picture").value(paths.picture).name("thumbnail").value(paths.thumbnail);
                to.name("text").value(paths.text);
            }
            to.end_object();
        }
        to.end_array();
    }
    to.end_object();
}

struct page_file {
    std::uint32_t page = 0;
    std::string_view ending;
};

/// "12.svg"; nothing for any other form, "012.svg" too.
std::optional<page_file> read_page_file(std::string_view name) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos || name.starts_with('0')) return std::nullopt;
    const auto page = number_in<std::uint32_t>(name.substr(0, dot));
    const auto ending = name.substr(dot + 1);
    if (!page || *page == 0 || (ending != "svg" && ending != "png" && ending != "txt")) return std::nullopt;
    return page_file{*page, ending};
}

}  // namespace

void document_host::add_routes(net::http_router& routes) {
    document_api(*this).add_routes(routes);
}

void document_api::add_routes(net::http_router& routes) {
    const std::string base = "/api/v1/rooms/{room}";
    const auto on = [this](void (document_api::*what)(const http_request&, const http_reply&)) {
        return [api = *this, what](const http_request& request, const http_reply& reply) mutable {
            (api.*what)(request, reply);
        };
    };
    // The configuration's limit is looked at by the handler: it may change.
    constexpr std::size_t any = 1024 * 1024 * 1024;
    routes.add_upload(
        "POST", base + "/documents",
        [api = *this](const http_request& head, const http_reply& reply) mutable {
            return api.take_upload(head, reply);
        },
        any);
    routes.add_upload(
        "PUT", base + "/uploads/{ticket}",
        [api = *this](const http_request& head, const http_reply& reply) mutable {
            return api.take_promised(head, reply);
        },
        any);
    routes.add_upload(
        "POST", base + "/assets",
        [api = *this](const http_request& head, const http_reply& reply) mutable {
            return api.take_asset(head, reply);
        },
        documents::asset_bytes_max);
    routes.add_async("GET", base + "/assets/{asset}", on(&document_api::get_asset));
    routes.add_async("GET", base + "/documents", on(&document_api::list));
    routes.add_async("GET", base + "/documents/{document}", on(&document_api::get));
    routes.add_async("DELETE", base + "/documents/{document}", on(&document_api::remove));
    routes.add_async("GET", base + "/documents/{document}/original", on(&document_api::get_original));
    routes.add_async("POST", base + "/documents/{document}/export", on(&document_api::start_export),
                     request_bytes_max);
    routes.add_async("GET", base + "/exports/{export}", on(&document_api::get_export));
    routes.add_async("GET", base + "/files/{content}/{file}", on(&document_api::get_file));
}

std::variant<document_api::caller, http_response> document_api::admit(const http_request& request,
                                                                      right wanted) {
    const auto refuse = [this](int status, std::string_view code, std::string_view why) {
        ++host_.count_.refused;
        return refusal(status, code, why);
    };
    const auto room = request.path_parameter("room");
    if (!auth::is_name(room))
        return refusal(404, "unknown_room", "there is no such room, or it is not for you");
    std::string_view token = request.parameter("token").value_or("");
    if (const auto field = request.field("authorization"); field && field->starts_with("Bearer ")) {
        token = field->substr(7);
    }
    caller made;
    if (token.empty()) {
        if (!host_.around_.rooms_open() || wanted != right::read) {
            return refuse(401, "bad_token", "this needs a token of the room");
        }
        return made;
    }
    const auto& secrets = host_.around_.secrets();
    const auto now = net::wall_now();
    std::string for_room;
    auth::room_role acts_as{};
    if (const auto file = auth::verify_file_token(token, secrets, now)) {
        for_room = file->room;
        acts_as = file->acts_as;
        made.person = file->person;
    } else if (const auto of_pads = auth::verify_pad_token(token, secrets, now)) {
        // Who has notes open sees the pictures in them, and brings some where he may write.
        if (wanted == right::bring && of_pads->right == auth::pad_right::read)
            return refuse(403, "forbidden", "the token is for reading");
        for_room = of_pads->room;
        acts_as = auth::room_role::viewer;
    } else if (const auto invited = host_.around_.invitation(token)) {
        // One whose uses are counted is spent by entering the room.
        if (invited->uses != 0)
            return refuse(403, "forbidden", "a token with a count of uses is for entering the room");
        for_room = invited->room;
        acts_as = invited->acts_as;
    } else {
        const bool later = invited.error().code() == auth::token_errc::not_yet_known;
        return refuse(later ? 503 : 401, later ? "server_full" : "bad_token", invited.error().message());
    }
    if (for_room != room) return refuse(403, "forbidden", "the token is for another room");
    if (acts_as == auth::room_role::moderator) made.acts_as = rooms::role::moderator;
    if (acts_as == auth::room_role::presenter) made.acts_as = rooms::role::presenter;
    if (wanted == right::change && made.acts_as == rooms::role::viewer) {
        return refuse(403, "forbidden", "only moderators and presenters may do that with documents");
    }
    return made;
}

namespace {

/// The first file of a form, on its way to where a plain body would go.
class form_sink final : public net::http_body_sink {
public:
    form_sink(std::string_view boundary, std::unique_ptr<upload_sink> into, std::shared_ptr<std::string> name,
              http_reply reply)
        : into_(std::move(into)),
          name_(std::move(name)),
          reply_(std::move(reply)),
          reader_(boundary, {[this](const net::form_part& part) { begin(part); },
                             [this](std::string_view data) {
                                 if (in_file_) into_->take(data);
                             }}) {}

    void take(std::string_view piece) override {
        if (!reader_.feed(piece)) refuse();
    }
    void finish() override {
        if (!seen_ || !reader_.complete()) return refuse();
        if (!documents::is_document_name(*name_)) {
            reply_.send(answer_error(conf::error(documents::shelf_errc::bad_name)));
            return;
        }
        into_->finish();
    }
    [[nodiscard]] bool has_room() const override { return into_->has_room(); }
    void on_room(std::function<void()> wake) override { into_->on_room(std::move(wake)); }

private:
    void begin(const net::form_part& part) {
        in_file_ = part.file_name && !seen_;
        if (!in_file_) return;
        seen_ = true;
        if (name_->empty()) *name_ = *part.file_name;
    }
    void refuse() {
        reply_.send(refusal(400, "bad_message", "the body is no form (RFC 7578) with a file in it", "body"));
    }

    std::unique_ptr<upload_sink> into_;
    std::shared_ptr<std::string> name_;
    http_reply reply_;
    net::multipart_reader reader_;
    bool in_file_ = false;
    bool seen_ = false;
};

}  // namespace

std::unique_ptr<net::http_body_sink> document_api::take_upload(const http_request& head,
                                                               const http_reply& reply) {
    auto admitted = admit(head, right::change);
    if (auto* const refused = std::get_if<http_response>(&admitted)) {
        reply.send(std::move(*refused));
        return nullptr;
    }
    const std::string room(head.path_parameter("room"));
    const auto boundary = net::form_boundary(head.field("content-type").value_or(""));
    const auto name = std::make_shared<std::string>(head.parameter("name").value_or(""));
    if (!documents::is_document_name(*name) && !(boundary && name->empty())) {
        reply.send(answer_error(conf::error(documents::shelf_errc::bad_name)));
        return nullptr;
    }
    // What the room holds is not known yet where it was not looked at; then the file is judged behind its
    // last byte.
    const auto says = content_length(head);
    const auto& within = host_.with_.within;
    if (says && *says > within.bytes_max + (boundary ? request_bytes_max : 0)) {
        reply.send(answer_error(conf::error(documents::shelf_errc::too_large)));
        return nullptr;
    }
    const auto path = host_.files_.new_upload(host_.random_name());
    auto into = std::make_unique<upload_sink>(
        *host_.disk_,
        [&loop = host_.around_.loop](std::function<void()> task) { loop.post(std::move(task)); },
        upload_sink::rules{path, within.bytes_max},
        [api = *this, alive = host_.self_, room, name, path, reply,
         owner = std::get<caller>(admitted).person](upload_sink::outcome how, std::uint64_t bytes) mutable {
            if (*alive == nullptr) return;
            if (how == upload_sink::outcome::too_large) {
                reply.send(answer_error(conf::error(documents::shelf_errc::too_large)));
            } else if (how == upload_sink::outcome::disk_full) {
                reply.send(answer_problem(documents::plain_problem(documents::problem_code::disk_full)));
            } else if (bytes == 0) {
                api.host_.disk_->run([path] { ::unlink(path.c_str()); });
                reply.send(answer_problem(documents::plain_problem(documents::problem_code::empty)));
            } else {
                api.add_uploaded(room, owner, *name, path, bytes, reply);
            }
        });
    if (!boundary) return into;
    return std::make_unique<form_sink>(*boundary, std::move(into), name, reply);
}

void document_api::add_uploaded(const std::string& room, const std::string& owner, const std::string& name,
                                const std::string& path, std::uint64_t bytes, const http_reply& reply) {
    host_.add_file(
        room, owner, name, path, bytes, [&host = host_, room, reply](const result<document_number>& made) {
            if (!made) return (void)reply.send(answer_error(made.error()));
            json_writer to;
            write_document(to.begin_object().name("document"), room, *host.find(room, *made), true);
            to.end_object();
            auto answer = json_answer(201, to);
            answer.fields.emplace_back("Location", fmt::format("/api/v1/rooms/{}/documents/{}", room, *made));
            reply.send(std::move(answer));
        });
}

std::unique_ptr<net::http_body_sink> document_api::take_promised(const http_request& head,
                                                                 const http_reply& reply) {
    const std::string ticket(head.path_parameter("ticket"));
    const auto found = host_.expected_.find(ticket);
    if (found == host_.expected_.end() || found->second.room != head.path_parameter("room") ||
        found->second.coming) {
        reply.send(refusal(404, "gone", "this upload is not expected, or not any more"));
        return nullptr;
    }
    auto& promised = found->second;
    const auto says = content_length(head);
    if (!says || *says != promised.bytes) {
        reply.send(refusal(400, "bad_message", "Content-Length has to be what was announced", "bytes"));
        return nullptr;
    }
    promised.coming = true;
    const auto path = host_.files_.new_upload(host_.random_name());
    /// Notes that the bytes come no more, whatever ends them.
    struct guard {
        document_host* host;
        std::shared_ptr<document_host*> alive;
        std::string ticket;
        ~guard() {
            if (*alive == nullptr) return;
            if (const auto one = host->expected_.find(ticket); one != host->expected_.end())
                one->second.coming = false;
        }
    };
    auto coming = std::make_shared<guard>(guard{&host_, host_.self_, ticket});
    return std::make_unique<upload_sink>(
        *host_.disk_,
        [&loop = host_.around_.loop](std::function<void()> task) { loop.post(std::move(task)); },
        upload_sink::rules{path, promised.bytes},
        [api = *this, alive = host_.self_, path, ticket, coming, reply](upload_sink::outcome how,
                                                                        std::uint64_t bytes) mutable {
            if (*alive == nullptr) return;
            auto& host = api.host_;
            const auto one = host.expected_.find(ticket);
            if (how != upload_sink::outcome::complete) {
                reply.send(answer_problem(documents::plain_problem(documents::problem_code::disk_full)));
                return;
            }
            if (one == host.expected_.end()) {  // the document was removed meanwhile
                host.disk_->run([path] { ::unlink(path.c_str()); });
                reply.send(refusal(404, "gone", "this upload is not expected any more"));
                return;
            }
            const auto was = one->second;
            host.enter(was.room).coming_bytes -= was.bytes;
            host.expected_.erase(one);
            host.put(was.room, was.document, {was.name, {}, bytes, was.owner}, path,
                     [reply](const result<void>& kept) {
                         reply.send(kept ? http_response{204, {}, {}, {}} : answer_error(kept.error()));
                     });
        });
}

void document_api::with_document(
    const http_request& request, const http_reply& reply,
    std::function<void(const std::string&, const documents::stored_file&)> then) {
    const auto number = number_in<document_number>(request.path_parameter("document"));
    host_.with_room(
        std::string(request.path_parameter("room")),
        [number, reply, room = std::string(request.path_parameter("room")),
         then = std::move(then)](const documents::shelf& files) {
            const auto* const found = number ? files.find(*number) : nullptr;
            if (found != nullptr) return then(room, *found);
            reply.send(refusal(404, "unknown_document", "there is no such document in this room"));
        });
}

void document_api::list(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    const std::string room(request.path_parameter("room"));
    host_.with_room(room, [room, reply](const documents::shelf& files) {
        json_writer to;
        to.begin_object().name("documents").begin_array();
        for (const auto& [number, one] : files.all()) write_document(to, room, one, false);
        to.end_array().end_object();
        reply.send(json_answer(200, to));
    });
}

void document_api::get(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    with_document(request, reply, [reply](const std::string& room, const documents::stored_file& one) {
        json_writer to;
        write_document(to.begin_object().name("document"), room, one, true);
        to.end_object();
        reply.send(json_answer(200, to));
    });
}

void document_api::remove(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::change);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    with_document(request, reply,
                  [&host = host_, reply](const std::string& room, const documents::stored_file& one) {
                      const auto number = one.number;
                      host.remove(room, number);
                      if (host.keeper_.removed) host.keeper_.removed(room, number);
                      reply.send({204, {}, {}, {}});
                  });
}

void document_api::get_original(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    const bool shares = std::get<caller>(admitted).acts_as != rooms::role::viewer;
    with_document(
        request, reply,
        [&host = host_, reply, shares, asked = request](const std::string& room,
                                                        const documents::stored_file& one) {
            if (!shares && host.keeper_.downloadable && !host.keeper_.downloadable(room, one.number)) {
                reply.send(
                    refusal(403, "forbidden", "this document is shown, but not for everybody to keep"));
                return;
            }
            auto file =
                one.content.empty() ? nullptr : net::http_file::open(host.files_.original(one.content));
            if (!file) return (void)reply.send(refusal(404, "unknown_document", "the document has no file"));
            auto made = serve_inert(std::move(file), documents::media_type_of(one.ending),
                                    fmt::format("\"{}\"", one.content), false, asked);
            made.fields.emplace_back("Content-Disposition", attachment(one.name));
            reply.send(std::move(made));
        });
}

void document_api::get_file(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    const auto nothing = [] { return refusal(404, "unknown_page", "there is no such page in this room"); };
    const std::string content(request.path_parameter("content"));
    const auto file = read_page_file(request.path_parameter("file"));
    if (!is_content(content) || !file) return (void)reply.send(nothing());
    std::uint32_t width = 0;
    if (const auto says = request.parameter("width"); says && file->ending == "png") {
        const auto wanted = number_in<std::uint32_t>(*says);
        if (!wanted || *wanted < documents::picture_width_px_min ||
            *wanted > documents::picture_width_px_max) {
            reply.send(refusal(400, "bad_message",
                               fmt::format("width is {} to {} pixels", documents::picture_width_px_min,
                                           documents::picture_width_px_max),
                               "width"));
            return;
        }
        constexpr auto step = documents::picture_width_px_step;
        width = std::min((*wanted + step - 1) / step * step, documents::picture_width_px_max);
    }
    host_.with_room(
        std::string(request.path_parameter("room")), [api = *this, asked = request, content, file, width,
                                                      reply, nothing](const documents::shelf& files) mutable {
            const auto page = file->page;
            const bool there = std::ranges::any_of(files.all(), [&](const auto& one) {
                const auto& pages = one.second.pages;
                return one.second.content == content && page <= pages.size() && pages[page - 1].made;
            });
            if (!there) return (void)reply.send(nothing());
            if (width > 0) return api.get_picture(asked, content, page, width, reply);
            const auto name = read_page_file(asked.path_parameter("file"));
            auto opened = net::http_file::open(api.host_.files_.file(content, asked.path_parameter("file")));
            if (!opened) return (void)reply.send(nothing());
            const auto* const type = name->ending == "svg"   ? "image/svg+xml"
                                     : name->ending == "png" ? "image/png"
                                                             : "text/plain; charset=utf-8";
            reply.send(serve_inert(std::move(opened), type,
                                   fmt::format("\"{}-{}-{}\"", content, page, name->ending), true, asked));
        });
}

void document_api::get_picture(const http_request& request, const std::string& content, std::uint32_t page,
                               std::uint32_t width, const http_reply& reply) {
    const auto send = [path = host_.files_.file(content, fmt::format("{}-{}.png", page, width)),
                       etag = fmt::format("\"{}-{}-{}\"", content, page, width), reply, asked = request] {
        auto file = net::http_file::open(path);
        if (!file) return false;
        reply.send(serve_inert(std::move(file), "image/png", etag, true, asked));
        return true;
    };
    if (send()) return;
    host_.ask_picture(content, page, width, [send, reply](bool made) {
        if (!made || !send()) reply.send(refusal(503, "failed", "the page cannot be drawn now; try again"));
    });
}

void document_api::start_export(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    document_export wanted;
    std::vector<std::uint32_t> pages;
    if (!request.body.empty()) {
        const auto parsed = signalling::parse_json(request.body);
        const auto* const body = std::get_if<0>(&parsed);
        const auto bad = [&](std::string_view field) {
            reply.send(refusal(400, "bad_message", "the body is no export; see the field", field));
        };
        if (body == nullptr || !body->is_object()) return bad("body");
        if (const auto format = body->find("format"); format != body->end()) {
            if (*format == "png") {
                wanted.as = document_export::format::png;
            } else if (*format != "pdf") {
                return bad("format");
            }
        }
        if (const auto list = body->find("pages"); list != body->end()) {
            if (!list->is_array()) return bad("pages");
            for (const auto& one : *list) {
                if (!one.is_number_unsigned() || one == 0U) return bad("pages");
                pages.push_back(one.get<std::uint32_t>());
            }
        }
    }
    with_document(
        request, reply,
        [&host = host_, reply, wanted, pages](const std::string& room,
                                              const documents::stored_file& one) mutable {
            if (one.state != documents::file_state::ready) {
                reply.send(
                    refusal(409, "not_ready", "the document is not ready yet, or could not be converted"));
                return;
            }
            for (std::uint32_t i = 1; pages.empty() && i <= one.pages.size(); ++i)
                wanted.pages.push_back({{}, i});
            for (const auto page : pages) {
                if (page > one.pages.size()) {
                    reply.send(refusal(400, "unknown_page", "the document has no such page", "pages"));
                    return;
                }
                wanted.pages.push_back({{}, page});
            }
            const auto url =
                host.export_document(room, one.number, std::move(wanted), [reply](const auto& made) {
                    // Only what is known at once is still waited for.
                    if (const auto* const why = std::get_if<documents::problem>(&made))
                        reply.send(answer_problem(*why));
                });
            if (url.empty()) return;
            json_writer to;
            to.begin_object().name("url").value(url).end_object();
            reply.send(json_answer(202, to));
        });
}

void document_api::get_export(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    const auto found = host_.exports_.find(request.path_parameter("export"));
    if (found == host_.exports_.end() || found->second.room != request.path_parameter("room")) {
        reply.send(refusal(404, "gone", "there is no such export, or not any more"));
        return;
    }
    const auto& one = found->second;
    if (one.why) return (void)reply.send(answer_problem(*one.why));
    auto file = one.path.empty() ? nullptr : net::http_file::open(one.path);
    if (!file) return (void)reply.send(refusal(409, "not_ready", "the export is not ready yet"));
    auto made =
        serve_inert(std::move(file), one.media_type, fmt::format("\"{}\"", found->first), false, request);
    made.fields.emplace_back("Content-Disposition", attachment(one.name));
    reply.send(std::move(made));
}

}  // namespace conf::host
