/// Boards over HTTP: `/api/v1/rooms/{room}/board` and what is below it. libconf/api/HTTP_API.md says how.
#pragma once

#include "libconf/crypto/random.hpp"
#include "libconf/host/board_host.hpp"
#include "libconf/net/http_router.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace conf::host {

/// Who asks, by his token.
struct api_caller {
    std::string person{};  ///< as tokens name him; empty: nobody in particular
    rooms::role acts_as = rooms::role::viewer;
};

/// Why not, as the answer says it: `{"error": {"code", "message", "field"}}`.
struct api_refusal {
    int status = 400;
    std::string code{};
    std::string message{};
    std::string field{};
};

struct board_api_rules {
    crypto::random_key key{};  ///< makes ids of shapes
    /// By the token in `Authorization: Bearer` or `?token=`.
    std::function<std::variant<api_caller, api_refusal>(const net::http_request& request,
                                                        std::string_view room)>
        admit;
};

[[nodiscard]] net::http_response json_answer(int status, std::string body);
[[nodiscard]] net::http_response answer_of(const api_refusal& why);

/// `boards` has to outlive every server that uses `routes`.
void add_board_api(net::http_router& routes, board_host& boards, board_api_rules rules);

// What programs do to boards, for the API here and for the library's face.

/// Ops by the program, author 0. @return what is wrong.
[[nodiscard]] std::variant<std::vector<boards::shape_id>, api_refusal> draw_ops(
    boards::whiteboard& on, const boards::place& where, const std::vector<boards::op>& ops,
    const rooms::moment& at, boards::outputs& out);
/// All shapes but locked ones. @return how many went.
std::size_t clear_page(boards::whiteboard& on, const boards::place& where, const rooms::moment& at,
                       boards::outputs& out);
struct import_result {
    std::size_t made = 0;
    std::size_t left_out = 0;
};
[[nodiscard]] std::variant<import_result, api_refusal> import_into(
    boards::whiteboard& on, const boards::place& where, std::string_view excalidraw, std::uint64_t seed,
    const rooms::moment& at, boards::outputs& out);
/// How a page is wanted.
struct page_wish {
    std::string_view format = "json";  ///< or "svg", "excalidraw"
    bool annotations = true;           ///< what is drawn on it
    /// What this person has drawn, and nothing else. Not of Excalidraw's.
    std::optional<boards::participant_id> own{};
    const board_host::files::pictures* pictures = nullptr;  ///< of SVG; null: boxes in their place
};
struct page_text {
    std::string text;
    std::string_view type;    ///< media type
    std::string_view ending;  ///< of a file
};
[[nodiscard]] std::variant<page_text, api_refusal> page_as(const boards::whiteboard& on,
                                                           const boards::place& where, const page_wish& wish);
/// What SVG asks for the addresses of its pictures; `assets`, by id, has to outlive it.
[[nodiscard]] std::function<std::string(std::string_view)> address_in(
    const std::map<std::string, std::string>& assets);
/// His number on these boards; one that is nobody's where he has never drawn.
[[nodiscard]] boards::author_number author_of(const boards::whiteboard& on,
                                              const boards::participant_id& who);

}  // namespace conf::host
