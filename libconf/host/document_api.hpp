/// The HTTP API of documents: what each address takes, and what is answered.
#pragma once

#include "libconf/host/document_host.hpp"
#include "libconf/net/http_router.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace conf::host {

/// Below `/api/v1/rooms/{room}`; bodies are JSON, errors `{"error": {"code", "message", "field"?, "limit"?,
/// "page"?}}`; `libconf/api/HTTP_API.md` tells more.
///
///     POST   documents?name=talk.pdf     the file as the body, or in a form; 201 {"document": DOCUMENT}
///     GET    documents                   {"documents": [DOCUMENT, ...]}
///     GET    documents/{n}               {"document": DOCUMENT} with pages
///     DELETE documents/{n}               204
///     GET    documents/{n}/original      the file as it was uploaded
///     POST   documents/{n}/export        {"format"?: "pdf" | "png", "pages"?: [1, 3]}; 202 {"url"}
///     GET    exports/{id}                the result, for ten minutes; 409 not_ready before
///     PUT    uploads/{ticket}            the bytes that signalling promised; 204
///     GET    files/{content}/{file}      N.svg, N.png, N.txt of a page; N.png?width=1280 draws it anew
///     POST   assets                      a picture for boards and notes as the body; 201 {"asset": id}
///     GET    assets/{id}                 the picture
///
/// Who: a token of the room (`rt1.`, of any number of uses), of its signalling (`ft1.`) or of its pads
/// (`pt1.`, as a viewer), in "Authorization: Bearer" or "?token=". Everybody of the room reads and brings
/// pictures; moderators and presenters change documents. Without a token who is in an open room reads.
class document_api {
public:
    explicit document_api(document_host& of) : host_(of) {}

    void add_routes(net::http_router& routes);

private:
    struct caller {
        std::string person;
        rooms::role acts_as = rooms::role::viewer;
    };
    enum class right : std::uint8_t { read, bring, change };

    /// Who asks, or the answer that refuses.
    [[nodiscard]] std::variant<caller, net::http_response> admit(const net::http_request& request,
                                                                 right wanted);

    std::unique_ptr<net::http_body_sink> take_upload(const net::http_request& head,
                                                     const net::http_reply& reply);
    std::unique_ptr<net::http_body_sink> take_promised(const net::http_request& head,
                                                       const net::http_reply& reply);
    // document_assets.cpp
    std::unique_ptr<net::http_body_sink> take_asset(const net::http_request& head,
                                                    const net::http_reply& reply);
    void get_asset(const net::http_request& request, const net::http_reply& reply);

    void list(const net::http_request& request, const net::http_reply& reply);
    void get(const net::http_request& request, const net::http_reply& reply);
    void remove(const net::http_request& request, const net::http_reply& reply);
    void get_original(const net::http_request& request, const net::http_reply& reply);
    void get_file(const net::http_request& request, const net::http_reply& reply);
    void get_picture(const net::http_request& request, const std::string& content, std::uint32_t page,
                     std::uint32_t width, const net::http_reply& reply);
    void start_export(const net::http_request& request, const net::http_reply& reply);
    void get_export(const net::http_request& request, const net::http_reply& reply);
    /// The file behind the number in the address, when the room is loaded; else 404 is answered.
    void with_document(const net::http_request& request, const net::http_reply& reply,
                       std::function<void(const std::string& room, const documents::stored_file&)> then);
    void add_uploaded(const std::string& room, const std::string& owner, const std::string& name,
                      const std::string& path, std::uint64_t bytes, const net::http_reply& reply);

    document_host& host_;
};

}  // namespace conf::host
