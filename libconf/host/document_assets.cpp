// Pictures for boards and notes: they are no documents, but use the documents' folder, limits and tokens.
#include "libconf/crypto/base64.hpp"
#include "libconf/host/document_answers.hpp"
#include "libconf/host/document_api.hpp"
#include "libconf/host/document_host_parts.hpp"
#include "libconf/host/upload_sink.hpp"

#include <fmt/format.h>

#include <utility>

namespace conf::host {

using documents::problem;
using documents::problem_code;
using net::http_reply;
using net::http_request;
using net::http_response;

namespace {

std::string svg_address(const std::string& path) {
    const auto file = net::http_file::open(path);
    if (!file) return {};
    std::string text(file->size(), '\0');
    text.resize(file->read(0, text.data(), text.size()));
    return "data:image/svg+xml;base64," + crypto::base64(as_bytes(text));
}

}  // namespace

bool document_host::has_asset(const std::string& room, const std::string& id) const {
    return assets_.has(room, id);
}

void document_host::read_pictures(const std::string& room, document_number of, std::uint32_t page,
                                  std::set<std::string> ids, std::function<void(const pictures&)> then) {
    const auto* const file = page == 0 ? nullptr : find(room, of);
    const bool there = file != nullptr && page <= file->pages.size() && file->pages[page - 1].made;
    auto page_path = there ? files_.file(file->content, fmt::format("{}.svg", page)) : std::string();
    if (ids.empty() && !there) return then({});
    on_disk(
        [assets = assets_, room, ids = std::move(ids), page_path = std::move(page_path)] {
            pictures made{.assets = assets.addresses(room, ids, with_assets_bytes_max)};
            if (!page_path.empty()) made.page = svg_address(page_path);
            return made;
        },
        [then = std::move(then)](const pictures& made) { then(made); });
}

void document_host::forget_assets(const std::string& room) {
    disk_->run([assets = assets_, room] { assets.forget(room); });
}

std::unique_ptr<net::http_body_sink> document_api::take_asset(const http_request& head,
                                                              const http_reply& reply) {
    auto admitted = admit(head, right::bring);
    if (auto* const refused = std::get_if<http_response>(&admitted)) {
        reply.send(std::move(*refused));
        return nullptr;
    }
    const auto too_large = [] {
        return answer_problem({.code = problem_code::too_large,
                               .message = fmt::format("a picture may have {} bytes; make it smaller",
                                                      documents::asset_bytes_max),
                               .limit = documents::limit_from("bytes")});
    };
    if (const auto says = content_length(head); says && *says > documents::asset_bytes_max) {
        reply.send(too_large());
        return nullptr;
    }
    const std::string room(head.path_parameter("room"));
    const auto path = host_.files_.new_upload(host_.random_name());
    return std::make_unique<upload_sink>(
        *host_.disk_,
        [&loop = host_.around_.loop](std::function<void()> task) { loop.post(std::move(task)); },
        upload_sink::rules{path, documents::asset_bytes_max},
        [&host = host_, alive = host_.self_, room, path, reply, too_large](upload_sink::outcome how,
                                                                           std::uint64_t) {
            if (*alive == nullptr) return;
            if (how == upload_sink::outcome::too_large) return (void)reply.send(too_large());
            if (how == upload_sink::outcome::disk_full)
                return (void)reply.send(answer_problem(documents::plain_problem(problem_code::disk_full)));
            host.on_disk([assets = host.assets_, path, room,
                          within = host.with_.within] { return assets.adopt(path, room, within); },
                         [room, reply](const std::variant<std::string, problem>& made) {
                             if (const auto* const why = std::get_if<problem>(&made))
                                 return (void)reply.send(answer_problem(*why));
                             const auto& id = std::get<std::string>(made);
                             signalling::json_writer to;
                             to.begin_object().name("asset").value(id).end_object();
                             auto answer = json_answer(201, to);
                             answer.fields.emplace_back("Location",
                                                        fmt::format("/api/v1/rooms/{}/assets/{}", room, id));
                             reply.send(std::move(answer));
                         });
        });
}

void document_api::get_asset(const http_request& request, const http_reply& reply) {
    auto admitted = admit(request, right::read);
    if (auto* const refused = std::get_if<http_response>(&admitted))
        return (void)reply.send(std::move(*refused));
    const std::string id(request.path_parameter("asset"));
    auto file =
        is_asset(id) ? net::http_file::open(host_.assets_.path(request.path_parameter("room"), id)) : nullptr;
    if (!file)
        return (void)reply.send(refusal(404, "unknown_asset", "there is no such picture in this room"));
    reply.send(
        serve_inert(std::move(file), media_type_of_asset(id), fmt::format("\"{}\"", id), true, request));
}

}  // namespace conf::host
