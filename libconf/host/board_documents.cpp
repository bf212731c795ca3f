#include "libconf/host/board_documents.hpp"

#include "libconf/crypto/base64.hpp"
#include "libconf/documents/welcome.hpp"
#include "libconf/host/board_api.hpp"
#include "libconf/whiteboard/svg.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <variant>

namespace conf::host {
namespace {

using boards::document_state;

/// A page of somebody's file runs no script and fetches nothing, whatever shows it.
constexpr const char* inert_page =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox";
constexpr std::string_view welcome_path = "/api/v1/welcome/page.svg";
constexpr std::string_view welcome_text_path = "/api/v1/welcome/page.txt";

std::uint32_t units(double from) {
    return static_cast<std::uint32_t>(std::max<long>(std::lround(from), 1));
}

boards::page_info page_of(const std::string& room, const documents::stored_file& file, std::uint32_t number) {
    const auto& page = file.pages[number - 1];
    boards::page_info made{.width = units(page.width), .height = units(page.height), .ready = page.made};
    if (!page.made) return made;
    const auto paths = document_host::paths_of(room, file, number);
    made.background = paths.picture;
    made.thumbnail = paths.thumbnail;
    made.text = paths.text;
    return made;
}

boards::document_error error_of(const documents::problem& why) {
    boards::document_error made{.code = std::string(documents::to_string(why.code)), .text = why.message};
    if (why.page != 0) made.page = why.page;
    return made;
}

rooms::failure failure_of(const documents::problem& why) {
    auto code = why.limit.empty() ? rooms::error_code::not_made : rooms::error_code::limit;
    if (why.code == documents::problem_code::not_ready) code = rooms::error_code::not_ready;
    return {.code = code, .text = why.message, .field = std::string(why.limit)};
}

/// For what can not fetch it.
std::string welcome_data() {
    const auto page = documents::welcome_page(documents::welcome_language::english);
    return "data:image/svg+xml;base64," + crypto::base64(as_bytes(page));
}

documents::welcome_language language_of(const net::http_request& request) {
    return documents::welcome_language_of(request.field("accept-language").value_or(""));
}

/// The page's place in its file, from 1; pages of files keep the numbers that they were made with.
std::uint32_t source_of(const boards::document_info& of, const boards::page_info& page) {
    return of.kind == boards::document_kind::file ? static_cast<std::uint32_t>(page.number) : 0;
}

void collect_assets(const boards::page* on, std::set<std::string>& into) {
    if (on == nullptr) return;
    for (const auto* const one : on->in_order()) {
        if (one->type == boards::shape_type::image)
            into.emplace(one->properties.bytes(boards::property::asset));
    }
}

std::vector<document_export::page> drawn_pages(const boards::whiteboard& in,
                                               const boards::document_export& asked,
                                               const boards::participant_id& by,
                                               const std::map<std::string, std::string>& assets) {
    std::vector<document_export::page> all;
    const auto* const document = in.find_document(asked.document);
    if (document == nullptr) return all;
    std::optional<boards::author_number> only;
    if (asked.own) only = author_of(in, by);
    if (!asked.annotations) only = boards::number_max;
    for (const auto& page : document->pages) {
        if (asked.page && *asked.page != page.number) continue;
        const auto* const drawn = in.find_page({asked.document, page.number});
        auto& made = all.emplace_back();
        const bool welcomes = page.background == welcome_path;
        made.page = page.background.empty() || welcomes ? 0 : source_of(*document, page);
        made.width = page.width;
        made.height = page.height;
        if (page.height == 0) {
            // Without an edge: as large as what is on it.
            const auto box = drawn == nullptr ? std::nullopt : boards::box_around(*drawn, only);
            made.width = box ? std::max<double>(static_cast<double>(box->right - box->left), 1) : 1440;
            made.height = box ? std::max<double>(static_cast<double>(box->bottom - box->top), 1) : 1080;
        }
        if (drawn == nullptr || (!asked.annotations && !welcomes)) continue;
        made.drawing = boards::page_to_svg(*drawn, {.info = page,
                                                    .white = false,
                                                    .background = welcomes ? welcome_data() : "",
                                                    .only = only,
                                                    .asset = address_in(assets)});
    }
    return all;
}

}  // namespace

board_documents::board_documents(board_host& boards, document_host* of, pad_host& pads)
    : boards_(boards), documents_(of), pads_(pads) {
    if (documents_ == nullptr) return;
    document_host::keeper keeper;
    keeper.add = [this](const std::string& room, const std::string& title,
                        const document_host::keeper::made& done) {
        const auto number = std::make_shared<std::optional<boards::document_number>>();
        boards_.with_board(
            room,
            [number, title](boards::whiteboard& in, const rooms::moment& at, boards::outputs& out) {
                *number = in.add_document(boards::document_kind::file, title, std::nullopt, at, out);
            },
            [number, done](bool) { done(*number); });
    };
    keeper.removed = [this](const std::string& room, boards::document_number which) {
        boards_.with_board(room, [which](boards::whiteboard& in, const rooms::moment& at,
                                         boards::outputs& out) { in.remove_document(which, at, out); });
    };
    keeper.upload_missed = keeper.removed;
    keeper.on_event = [this](const std::string& room, const documents::shelf_event& what,
                             const documents::stored_file& file) {
        take(room, what, file);
        if (news_) news_();
    };
    keeper.downloadable = [this](const std::string& room, boards::document_number which) {
        bool may = false;
        boards_.look_at(room, [&](const boards::whiteboard& in) {
            const auto* const document = in.find_document(which);
            may = document != nullptr && document->downloadable;
        });
        return may;
    };
    documents_->set_keeper(std::move(keeper));
}

void board_documents::add_routes(net::http_router& routes) {
    const auto serve = [](const net::http_request& request, std::string type, std::string body) {
        const bool french = language_of(request) == documents::welcome_language::french;
        return net::http_response{200,
                                  std::move(type),
                                  std::move(body),
                                  {{"Content-Security-Policy", inert_page},
                                   {"Content-Language", french ? "fr" : "en"},
                                   {"Vary", "Accept-Language"},
                                   {"Cache-Control", "max-age=3600"}}};
    };
    routes.add("GET", welcome_path, [serve](const net::http_request& request) {
        return serve(request, "image/svg+xml", documents::welcome_page(language_of(request)));
    });
    routes.add("GET", welcome_text_path, [serve](const net::http_request& request) {
        return serve(request, "text/plain; charset=utf-8", documents::welcome_text(language_of(request)));
    });
}

void board_documents::welcome(boards::whiteboard& in, const rooms::moment& at, boards::outputs& out) {
    // One title for everybody; the page speaks each one's language.
    const auto title = std::string(documents::welcome_name(documents::welcome_language::english)) + " / " +
                       std::string(documents::welcome_name(documents::welcome_language::french));
    const auto number = in.add_document(boards::document_kind::file, title, std::nullopt, at, out);
    if (!number) return;
    const std::string picture(welcome_path);
    // In the list, and on nobody's screen before somebody shows it: a call begins with its people.
    in.set_pages(*number,
                 {{.background = picture, .thumbnail = picture, .text = std::string(welcome_text_path)}}, at,
                 out, false);
    in.set_state(*number, document_state::ready, std::nullopt, at, out);
}

void board_documents::loaded(const std::string& room) {
    // Whose conversion the last end of the server cut off begins again, and is told of.
    if (documents_ != nullptr) documents_->with_room(room, [](const documents::shelf&) {});
}

void board_documents::forgotten(const std::string& room) {
    if (documents_ == nullptr) return;
    // Notes outlive their meeting, with the pictures in them.
    pads_.with_list(room, [this, room](const pad_host::list& all) {
        if (all.empty()) documents_->forget_assets(room);
    });
}

bool board_documents::has_asset(const std::string& room, const std::string& asset) const {
    return documents_ != nullptr && documents_->has_asset(room, asset);
}

void board_documents::end(const std::string& room, boards::document_number which) {
    if (documents_ != nullptr) documents_->remove(room, which);
}

// Uploads.

void board_documents::refuse_upload(const std::string& room, const boards::upload_wish& what,
                                    rooms::failure why) {
    boards_.with_board(
        room, [which = what.document](boards::whiteboard& in, const rooms::moment& at, boards::outputs& out) {
            in.remove_document(which, at, out);
        });
    boards_.answer(room, what.connection, what.request, std::move(why));
}

void board_documents::upload(const std::string& room, const boards::upload_wish& what) {
    if (documents_ == nullptr) {
        return refuse_upload(room, what,
                             {.code = rooms::error_code::forbidden,
                              .text = "this server takes no files: documents.enabled is off",
                              .field = {}});
    }
    documents_->with_room(room, [this, room, what](const documents::shelf&) {
        const auto path = documents_->expect_upload(room, what.document, what.owner, what.name, what.bytes);
        if (path) {
            boards_.answer(room, what.connection, what.request, boards::document_made{what.document, *path});
            return;
        }
        const auto code = path.error().code();
        const bool is_limit = code == documents::make_error_code(documents::shelf_errc::too_large) ||
                              code == documents::make_error_code(documents::shelf_errc::room_full);
        refuse_upload(room, what,
                      {.code = is_limit ? rooms::error_code::limit : rooms::error_code::bad_message,
                       .text = path.error().message(),
                       .field = is_limit ? "bytes" : "name"});
    });
}

void board_documents::take(const std::string& room, const documents::shelf_event& what,
                           const documents::stored_file& file) {
    using enum documents::shelf_event_kind;
    boards_.with_board(room, [room, what, file](boards::whiteboard& in, const rooms::moment& at,
                                                boards::outputs& out) {
        const auto number = what.document;
        const auto* const known = in.find_document(number);
        if (known == nullptr) return;
        const auto add_pages = [&] {
            std::vector<boards::page_info> pages;
            for (std::uint32_t page = 1; page <= file.pages.size(); ++page)
                pages.push_back(page_of(room, file, page));
            if (known->pages.empty()) return in.set_pages(number, pages, at, out);
            for (std::size_t index = 0; index < pages.size(); ++index)
                in.set_page(number, index, pages[index], at, out);
        };
        const auto tell_progress = [&] {
            const auto made = std::ranges::count_if(file.pages, [](const auto& page) { return page.made; });
            const boards::progress done{static_cast<std::uint32_t>(made),
                                        static_cast<std::uint32_t>(file.pages.size())};
            in.set_state(number, document_state::converting, done, at, out);
        };
        switch (what.what) {
            case pages_known:
                add_pages();
                tell_progress();
                break;
            case page_ready:
                in.set_page(number, what.page - 1, page_of(room, file, what.page), at, out);
                tell_progress();
                break;
            case ready:
                // All at once where the same file was converted before.
                if (known->state != document_state::converting) add_pages();
                in.set_state(number, document_state::ready, std::nullopt, at, out);
                break;
            case failed:
                in.set_failed(
                    number,
                    error_of(file.why.value_or(documents::plain_problem(documents::problem_code::failed))),
                    at, out);
                break;
            case restarted: in.set_state(number, document_state::converting, std::nullopt, at, out); break;
        }
    });
}

// Exports.

void board_documents::make_export(const std::string& room, const boards::export_wish& what) {
    using enum boards::export_format;
    const auto& asked = what.what;
    const auto path = "/api/v1/rooms/" + room + "/board/" + std::to_string(asked.document) + "/" +
                      std::to_string(asked.page.value_or(0));
    switch (asked.format) {
        case original:
            boards_.answer(room, what.connection, what.request,
                           boards::exported{"/api/v1/rooms/" + room + "/documents/" +
                                            std::to_string(asked.document) + "/original"});
            break;
        case svg:
        case excalidraw: {
            std::string query = asked.format == svg ? "?format=svg" : "?format=excalidraw";
            if (!asked.annotations) query += "&annotations=false";
            if (asked.own) query += "&own=" + what.by;
            boards_.answer(room, what.connection, what.request, boards::exported{path + query});
            break;
        }
        case pdf:
        case png:
            export_drawn(room, asked, what.by,
                         [this, room, to = what.connection, request = what.request](const auto& got) {
                             const auto* const url = std::get_if<std::string>(&got);
                             if (url != nullptr)
                                 return boards_.answer(room, to, request, boards::exported{*url});
                             boards_.answer(room, to, request, std::get<rooms::failure>(got));
                         });
            break;
    }
}

void board_documents::fetch_pictures(const std::string& room, const boards::place& of,
                                     std::function<void(const pictures&)> then) {
    if (documents_ == nullptr) return then({});
    std::set<std::string> ids;
    std::uint32_t source = 0;
    bool welcomes = false;
    boards_.look_at(room, [&](const boards::whiteboard& in) {
        collect_assets(in.find_page(of), ids);
        const auto* const document = in.find_document(of.document);
        if (document == nullptr) return;
        const auto page = std::ranges::find(document->pages, of.page, &boards::page_info::number);
        if (page == document->pages.end()) return;
        welcomes = page->background == welcome_path;
        if (!welcomes && !page->background.empty()) source = source_of(*document, *page);
    });
    documents_->read_pictures(room, of.document, source, std::move(ids),
                              [welcomes, then = std::move(then)](const document_host::pictures& got) {
                                  then({welcomes ? welcome_data() : got.page, got.assets});
                              });
}

/// Drawings over the pages of the file, by the converter.
void board_documents::export_drawn(const std::string& room, const boards::document_export& asked,
                                   const boards::participant_id& by, drawn done) {
    if (documents_ == nullptr) {
        return done(rooms::failure{.code = rooms::error_code::forbidden,
                                   .text = "this server has no converter: documents.enabled is off",
                                   .field = "format"});
    }
    std::set<std::string> ids;
    bool known = false;
    boards_.look_at(room, [&](const boards::whiteboard& in) {
        const auto* const document = in.find_document(asked.document);
        if (document == nullptr) return;
        for (const auto& page : document->pages) {
            if (asked.page && *asked.page != page.number) continue;
            known = true;
            collect_assets(in.find_page({document->number, page.number}), ids);
        }
    });
    if (!known) {
        return done(rooms::failure{.code = rooms::error_code::unknown_page,
                                   .text = "there is no such page in this room",
                                   .field = "page"});
    }
    documents_->read_pictures(room, asked.document, 0, std::move(ids),
                              [this, room, asked, by, done](const document_host::pictures& got) {
                                  export_with(room, asked, by, got.assets, done);
                              });
}

void board_documents::export_with(const std::string& room, const boards::document_export& asked,
                                  const boards::participant_id& by,
                                  const std::map<std::string, std::string>& assets, const drawn& done) {
    const auto wanted = std::make_shared<document_export>();
    wanted->as = asked.format == boards::export_format::pdf ? document_export::format::pdf
                                                            : document_export::format::png;
    // Not `look_at`: while the pictures were read, the boards may have been put away.
    boards_.with_board(
        room,
        [wanted, asked, by, assets](const boards::whiteboard& in, const auto&, const auto&) {
            wanted->pages = drawn_pages(in, asked, by, assets);
        },
        [this, room, which = asked.document, wanted, done](bool) {
            documents_->with_room(room, [this, room, which, wanted, done](const documents::shelf&) {
                documents_->export_document(room, which, *wanted,
                                            [done](const std::variant<std::string, documents::problem>& got) {
                                                if (const auto* const url = std::get_if<std::string>(&got))
                                                    return done(*url);
                                                done(failure_of(std::get<documents::problem>(got)));
                                            });
            });
        });
}

}  // namespace conf::host
