#include "libconf/host/board_api.hpp"

#include "libconf/auth/names.hpp"
#include "libconf/host/document_host.hpp"
#include "libconf/signalling/codec.hpp"
#include "libconf/signalling/json_writer.hpp"
#include "libconf/signalling/shape_json.hpp"
#include "libconf/whiteboard/excalidraw.hpp"
#include "libconf/whiteboard/limits.hpp"
#include "libconf/whiteboard/page_json.hpp"
#include "libconf/whiteboard/svg.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

namespace conf::host {
namespace {

using net::http_reply;
using net::http_request;
using net::http_response;
using signalling::json_writer;

/// Of requests that name a page or a kind, and of ops: a change's bytes are some multiple longer as JSON.
constexpr std::size_t short_bytes_max = 4096;
constexpr std::size_t ops_bytes_max = 8 * boards::change_bytes_max;

std::optional<std::uint64_t> path_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

api_refusal unknown_page() {
    return {404, "unknown_page", "there is no such page in this room", "page"};
}

const boards::page_info* info_of(const boards::whiteboard& on, const boards::place& where) {
    const auto* const document = on.find_document(where.document);
    if (document == nullptr) return nullptr;
    const auto found = std::ranges::find(document->pages, where.page, &boards::page_info::number);
    return found == document->pages.end() ? nullptr : &*found;
}

class board_api : public std::enable_shared_from_this<board_api> {
public:
    board_api(board_host& boards, board_api_rules rules)
        : boards_(boards), rules_(std::move(rules)), random_(rules_.key) {}

    void add_to(net::http_router& routes) {
        const std::string all = "/api/v1/rooms/{room}/board";
        const auto one = all + "/{document}/{page}";
        add(routes, "GET", all, right::look, &board_api::overview);
        add(routes, "POST", all + "/documents", right::share, &board_api::add_document, short_bytes_max);
        add(routes, "POST", all + "/stage", right::share, &board_api::stage, short_bytes_max);
        add(routes, "GET", one, right::look, &board_api::show);
        add(routes, "POST", one + "/export", right::look, &board_api::export_drawn, short_bytes_max);
        add(routes, "POST", one, right::share, &board_api::draw, ops_bytes_max);
        add(routes, "DELETE", one, right::share, &board_api::clear);
        add(routes, "POST", one + "/import", right::share, &board_api::import, boards::import_bytes_max);
    }

private:
    /// Whoever may enter may look; presenters and moderators draw.
    enum class right { look, share };
    struct visit {
        http_request request;
        std::string room;
        boards::place where{};
    };
    using action = void (board_api::*)(std::shared_ptr<const visit>, const http_reply&);

    void add(net::http_router& routes, std::string_view method, const std::string& path, right needs,
             action act, std::size_t body_bytes = 0) {
        const bool names_page = path.find("{page}") != std::string::npos;
        routes.add_async(
            method, path,
            [self = shared_from_this(), needs, act, names_page](const http_request& request,
                                                                const http_reply& reply) {
                auto here =
                    std::make_shared<visit>(visit{request, std::string(request.path_parameter("room"))});
                if (names_page) {
                    here->where.document = path_number(request.path_parameter("document")).value_or(0);
                    here->where.page = path_number(request.path_parameter("page")).value_or(0);
                }
                if (const auto why = self->refused(*here, needs)) {
                    reply.send(answer_of(*why));
                } else {
                    (self.get()->*act)(std::move(here), reply);
                }
            },
            body_bytes);
    }

    [[nodiscard]] std::optional<api_refusal> refused(const visit& here, right needs) const {
        if (!auth::is_name(here.room))
            return api_refusal{404, "unknown_room", "there is no such room", "room"};
        const auto who = rules_.admit(here.request, here.room);
        if (const auto* const why = std::get_if<api_refusal>(&who)) return *why;
        if (needs == right::share && std::get<api_caller>(who).acts_as == rooms::role::viewer)
            return api_refusal{403, "forbidden", "presenters and moderators may do this", {}};
        return std::nullopt;
    }

    /// Only looks.
    template <class Look>
    void look(const std::shared_ptr<const visit>& here, const http_reply& reply, Look look) {
        boards_.with_board(here->room, [here, reply, look](const boards::whiteboard& on, const auto&, auto&) {
            reply.send(look(on));
        });
    }

    /// What `edit` returns is said when it is kept.
    template <class Edit>
    void change(const std::shared_ptr<const visit>& here, const http_reply& reply, Edit edit) {
        const auto made = std::make_shared<http_response>();
        boards_.with_board(
            here->room,
            [here, made, edit](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
                *made = edit(on, at, out);
            },
            [made, reply](bool saved) {
                const api_refusal failed{503, "not_saved", "the server can not write to its store now", {}};
                reply.send(saved ? std::move(*made) : answer_of(failed));
            });
    }

    void overview(std::shared_ptr<const visit> here, const http_reply& reply) {
        look(here, reply, [](const boards::whiteboard& on) {
            // As `board.open` answers, without what is a client's.
            boards::opened all{.stage = on.staged(), .rules = on.rules(), .documents = on.documents()};
            all.authors = on.authors();
            return json_answer(200, signalling::encode(boards::message{std::nullopt, std::move(all)}));
        });
    }

    void show(std::shared_ptr<const visit> here, const http_reply& reply) {
        // JSON names its pictures only, and they are read from the disk.
        const auto format = here->request.parameter("format").value_or("json");
        if (format != "svg" && format != "excalidraw") return show_with(here, reply, {});
        boards_.fetch_pictures(
            here->room, here->where,
            [this, here, reply](const board_host::files::pictures& got) { show_with(here, reply, got); });
    }
    void show_with(const std::shared_ptr<const visit>& here, const http_reply& reply,
                   const board_host::files::pictures& pictures) {
        look(here, reply, [here, pictures](const boards::whiteboard& on) {
            page_wish wish{.format = here->request.parameter("format").value_or("json"),
                           .annotations = here->request.parameter("annotations").value_or("true") != "false"};
            wish.pictures = &pictures;
            if (const auto own = here->request.parameter("own")) wish.own = std::string(*own);
            auto got = page_as(on, here->where, wish);
            if (const auto* const why = std::get_if<api_refusal>(&got)) return answer_of(*why);
            auto& page = std::get<page_text>(got);
            http_response made{
                200, std::string(page.type), std::move(page.text), {{"Cache-Control", "no-store"}}};
            if (page.ending != "json") {
                made.fields.emplace_back("Content-Disposition", "attachment; filename=\"page-" +
                                                                    std::to_string(here->where.page) + "." +
                                                                    std::string(page.ending) + "\"");
            }
            return made;
        });
    }

    /// Page 0: all of them.
    void export_drawn(std::shared_ptr<const visit> here, const http_reply& reply) {
        boards::document_export wish{.document = here->where.document};
        if (here->where.page != 0) wish.page = here->where.page;
        const auto format = here->request.parameter("format").value_or("pdf");
        if (format == "png") wish.format = boards::export_format::png;
        wish.annotations = here->request.parameter("annotations").value_or("true") != "false";
        if ((format != "pdf" && format != "png") || (format == "png" && !wish.page))
            return (void)reply.send(
                answer_of({400, "bad_message", "there are pdf, and png of a page", "format"}));
        reply.may_take(document_host::reply_time);
        boards_.export_drawn(here->room, wish, [reply](const std::variant<std::string, rooms::failure>& got) {
            if (const auto* const why = std::get_if<rooms::failure>(&got)) {
                int status = 422;
                if (why->code == rooms::error_code::unknown_page) status = 404;
                if (why->code == rooms::error_code::not_ready) status = 409;
                return (void)reply.send(
                    answer_of({status, std::string(rooms::name_of(why->code)), why->text, why->field}));
            }
            json_writer made;
            made.begin_object().name("url").value(std::get<std::string>(got)).end_object();
            reply.send(json_answer(201, std::move(made).take()));
        });
    }

    void add_document(std::shared_ptr<const visit> here, const http_reply& reply) {
        const auto asked = signalling::decode_new_document(here->request.body);
        if (!asked) {
            return void(reply.send(
                answer_of({400, "bad_message",
                           R"(a JSON object with kind, "blank" or "infinite", and perhaps a title is wanted)",
                           "kind"})));
        }
        change(here, reply, [asked](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
            const auto number =
                on.add_document(asked->kind, asked->title.value_or(""), std::nullopt, at, out);
            if (!number)
                return answer_of({409, "limit", "this room has as many documents as it may", "documents"});
            json_writer made;
            made.begin_object()
                .name("document")
                .value(*number)
                .name("page")
                .value(on.find_document(*number)->pages.front().number);
            made.end_object();
            return json_answer(201, std::move(made).take());
        });
    }

    void stage(std::shared_ptr<const visit> here, const http_reply& reply) {
        const auto where = signalling::decode_place(here->request.body);
        if (!where)
            return void(reply.send(
                answer_of({400, "bad_message", "a JSON object with document and page is wanted", "page"})));
        change(here, reply, [where](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
            if (on.find_page(*where) == nullptr) return answer_of(unknown_page());
            on.stage(*where, at, out);
            return http_response{204, {}, {}, {}};
        });
    }

    void draw(std::shared_ptr<const visit> here, const http_reply& reply) {
        auto read = signalling::decode_ops(here->request.body, [this] { return random_() | 1; });
        if (const auto* const bad = std::get_if<signalling::bad_ops>(&read))
            return void(reply.send(answer_of({400, "bad_message", bad->why, bad->field})));
        change(here, reply,
               [here, ops = std::get<0>(std::move(read))](boards::whiteboard& on, const rooms::moment& at,
                                                          boards::outputs& out) {
                   const auto drawn = draw_ops(on, here->where, ops, at, out);
                   if (const auto* const why = std::get_if<api_refusal>(&drawn)) return answer_of(*why);
                   json_writer made;
                   made.begin_object().name("sequence").value(on.last_sequence()).name("ids").begin_array();
                   for (const auto id : std::get<0>(drawn)) made.value(boards::text_of(id));
                   made.end_array().end_object();
                   return json_answer(200, std::move(made).take());
               });
    }

    void clear(std::shared_ptr<const visit> here, const http_reply& reply) {
        change(here, reply, [here](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
            if (on.find_page(here->where) == nullptr) return answer_of(unknown_page());
            json_writer made;
            made.begin_object().name("removed").value(clear_page(on, here->where, at, out));
            made.end_object();
            return json_answer(200, std::move(made).take());
        });
    }

    void import(std::shared_ptr<const visit> here, const http_reply& reply) {
        change(
            here, reply,
            [here, seed = random_()](boards::whiteboard& on, const rooms::moment& at, boards::outputs& out) {
                const auto got = import_into(on, here->where, here->request.body, seed, at, out);
                if (const auto* const why = std::get_if<api_refusal>(&got)) return answer_of(*why);
                const auto& [made, left_out] = std::get<import_result>(got);
                json_writer text;
                text.begin_object().name("made").value(made).name("left_out").value(left_out);
                text.end_object();
                return json_answer(200, std::move(text).take());
            });
    }

    board_host& boards_;
    board_api_rules rules_;
    crypto::keyed_random random_;
};

}  // namespace

http_response json_answer(int status, std::string body) {
    return {status, "application/json", std::move(body) + "\n", {{"Cache-Control", "no-store"}}};
}

http_response answer_of(const api_refusal& why) {
    json_writer made;
    made.begin_object().name("error").begin_object().name("code").value(why.code).name("message").value(
        why.message);
    if (!why.field.empty()) made.name("field").value(why.field);
    made.end_object().end_object();
    auto answer = json_answer(why.status, std::move(made).take());
    if (why.status == 401) answer.fields.emplace_back("WWW-Authenticate", R"(Bearer realm="libconf")");
    return answer;
}

std::variant<std::vector<boards::shape_id>, api_refusal> draw_ops(boards::whiteboard& on,
                                                                  const boards::place& where,
                                                                  const std::vector<boards::op>& ops,
                                                                  const rooms::moment& at,
                                                                  boards::outputs& out) {
    if (on.find_page(where) == nullptr) return unknown_page();
    std::string coded;
    boards::append_ops(coded, ops);
    if (coded.size() > boards::change_bytes_max)
        return api_refusal{413, "limit", "a change has at most 50 000 bytes", "change_bytes"};
    if (!on.draw(where, as_bytes(coded), at, out)) {
        return api_refusal{422, "bad_message",
                           "a shape of these can not be: something it needs is missing, or the page is full",
                           "ops"};
    }
    std::vector<boards::shape_id> ids;
    for (const auto& one : ops) ids.push_back(one.id);
    return ids;
}

std::size_t clear_page(boards::whiteboard& on, const boards::place& where, const rooms::moment& at,
                       boards::outputs& out) {
    const auto* const page = on.find_page(where);
    if (page == nullptr) return 0;
    std::vector<boards::op> ops;
    for (const auto* const one : page->in_order()) {
        if (one->properties.number(boards::property::locked) == 0)
            ops.push_back({.kind = boards::op_kind::remove, .id = one->id});
    }
    for (std::size_t from = 0; from < ops.size(); from += boards::ops_per_change_max) {
        const auto count = std::min(ops.size() - from, boards::ops_per_change_max);
        const auto first = ops.begin() + static_cast<std::ptrdiff_t>(from);
        (void)draw_ops(on, where, {first, first + static_cast<std::ptrdiff_t>(count)}, at, out);
    }
    return ops.size();
}

std::variant<import_result, api_refusal> import_into(boards::whiteboard& on, const boards::place& where,
                                                     std::string_view excalidraw, std::uint64_t seed,
                                                     const rooms::moment& at, boards::outputs& out) {
    const auto* const page = on.find_page(where);
    if (page == nullptr) return unknown_page();
    auto read =
        boards::import_excalidraw(excalidraw, [&on](const std::string& name) { return on.has_asset(name); });
    if (!read) return api_refusal{422, "bad_file", "this is no file of Excalidraw", {}};
    boards::renumber(read->shapes, seed, [&](boards::shape_id id) { return page->find(id) != nullptr; });
    import_result made{.made = 0, .left_out = read->left_out};
    // As many at a time as one change may have.
    std::vector<boards::op> some;
    std::size_t bytes = 0;
    const auto flush = [&] {
        if (some.empty()) return;
        const auto drawn = draw_ops(on, where, some, at, out);
        (std::holds_alternative<api_refusal>(drawn) ? made.left_out : made.made) += some.size();
        some.clear();
        bytes = 0;
    };
    for (auto& one : read->shapes) {
        std::string coded;
        boards::append_op(coded, one);
        if (some.size() == boards::ops_per_change_max || bytes + coded.size() + 8 > boards::change_bytes_max)
            flush();
        bytes += coded.size();
        some.push_back(std::move(one));
    }
    flush();
    return made;
}

std::function<std::string(std::string_view)> address_in(const std::map<std::string, std::string>& assets) {
    return [&assets](std::string_view id) {
        const auto found = assets.find(std::string(id));
        return found == assets.end() ? std::string() : found->second;
    };
}

boards::author_number author_of(const boards::whiteboard& on, const boards::participant_id& who) {
    for (const auto& one : on.authors()) {
        if (one.id == who) return one.number;
    }
    return boards::number_max;
}

std::variant<page_text, api_refusal> page_as(const boards::whiteboard& on, const boards::place& where,
                                             const page_wish& wish) {
    const auto* const page = on.find_page(where);
    const auto* const info = info_of(on, where);
    if (page == nullptr || info == nullptr) return unknown_page();
    std::optional<boards::author_number> only;
    if (wish.own) only = author_of(on, *wish.own);
    if (!wish.annotations) only = boards::number_max;
    if (wish.format == "json")
        return page_text{boards::page_to_json(*page, only), "application/json", "json"};
    if (wish.format == "excalidraw") {
        boards::excalidraw_options how{.only = only};
        if (wish.pictures != nullptr) how.asset = address_in(wish.pictures->assets);
        return page_text{boards::export_excalidraw(*page, how), "application/json", "excalidraw"};
    }
    if (wish.format == "svg") {
        boards::svg_options how{.info = *info, .only = only};
        if (wish.pictures != nullptr) {
            how.background = wish.pictures->background;
            how.asset = address_in(wish.pictures->assets);
        }
        return page_text{boards::page_to_svg(*page, how), "image/svg+xml", "svg"};
    }
    return api_refusal{400, "bad_message", "there are json, svg and excalidraw", "format"};
}

void add_board_api(net::http_router& routes, board_host& boards, board_api_rules rules) {
    std::make_shared<board_api>(boards, std::move(rules))->add_to(routes);
}

}  // namespace conf::host
