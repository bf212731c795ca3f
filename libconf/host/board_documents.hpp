/// Between a room's boards, which know its documents, and the files behind them.
#pragma once

#include "libconf/host/board_host.hpp"
#include "libconf/host/document_host.hpp"
#include "libconf/host/pad_host.hpp"
#include "libconf/net/http_router.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace conf::host {

/// Uploads that boards were asked for become pages on them, one by one; exports are drawn over the file's
/// pages; boards that nobody has used yet begin with a page that welcomes. Everything runs on one loop.
class board_documents final : public board_host::files {
public:
    /// `of`: null where the server takes no files. All have to outlive it, save that it is used no more.
    board_documents(board_host& boards, document_host* of, pad_host& pads);
    board_documents(const board_documents&) = delete;
    board_documents& operator=(const board_documents&) = delete;

    /// `/api/v1/welcome/page.svg` and its text, in the language that the client likes best.
    static void add_routes(net::http_router& routes);
    /// Called when something has become of a document's file.
    void on_news(std::function<void()> handler) { news_ = std::move(handler); }

    void fetch_pictures(const std::string& room, const boards::place& of,
                        std::function<void(const pictures&)> then) override;
    void export_drawn(const std::string& room, const boards::document_export& what,
                      const boards::participant_id& by, drawn done) override;
    void upload(const std::string& room, const boards::upload_wish& what) override;
    void make_export(const std::string& room, const boards::export_wish& what) override;
    void end(const std::string& room, boards::document_number which) override;
    void welcome(boards::whiteboard& in, const rooms::moment& at, boards::outputs& out) override;
    void loaded(const std::string& room) override;
    void forgotten(const std::string& room) override;
    [[nodiscard]] bool has_asset(const std::string& room, const std::string& asset) const override;

private:
    void take(const std::string& room, const documents::shelf_event& what,
              const documents::stored_file& file);
    void refuse_upload(const std::string& room, const boards::upload_wish& what, rooms::failure why);
    void export_with(const std::string& room, const boards::document_export& asked,
                     const boards::participant_id& by, const std::map<std::string, std::string>& assets,
                     const drawn& done);

    board_host& boards_;
    document_host* documents_;
    pad_host& pads_;
    std::function<void()> news_;
};

}  // namespace conf::host
