/// How a conf::server is put together: one loop for HTTP, metrics and the control socket, beside the relay's
/// own threads.
#pragma once

#include "libconf/api/boards.hpp"
#include "libconf/api/documents.hpp"
#include "libconf/api/log_queue.hpp"
#include "libconf/api/media_handles.hpp"
#include "libconf/api/meetings.hpp"
#include "libconf/api/pads.hpp"
#include "libconf/api/room_events.hpp"
#include "libconf/api/status_page.hpp"
#include "libconf/host/board_api.hpp"
#include "libconf/host/board_documents.hpp"
#include "libconf/host/board_host.hpp"
#include "libconf/host/call_host.hpp"
#include "libconf/host/document_host.hpp"
#include "libconf/host/pad_files.hpp"
#include "libconf/host/pad_host.hpp"
#include "libconf/host/revoked_invitations.hpp"
#include "libconf/net/control_socket.hpp"
#include "libconf/net/event_loop.hpp"
#include "libconf/net/http_router.hpp"
#include "libconf/net/http_server.hpp"
#include "libconf/net/media_host.hpp"
#include "libconf/net/tls_context.hpp"
#include "libconf/net/whip.hpp"
#include "libconf/store/room_store.hpp"

#include <conf/server.hpp>
#include <conf/turn.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace conf::inline v0 {

/// Thread-safe where conf::server is. Handlers of the routes run on `loop_` and read only what is set before
/// it starts, atomics, and the relay, which is thread-safe itself.
struct server::impl {
    static result<std::unique_ptr<impl>> create(server_options options);

    impl(const impl&) = delete;
    impl& operator=(const impl&) = delete;
    ~impl();

    result<std::vector<std::string>> apply(server_options options);
    void drain();
    void stop();
    void wait();
    [[nodiscard]] std::vector<std::string> listening() const;
    [[nodiscard]] std::string status_json() const;
    [[nodiscard]] api::media_link media_link() const { return {media_, media_ != nullptr}; }
    void on_event(room_event_handler handler);
    [[nodiscard]] conf::meetings meetings() const { return conf::meetings(meetings_); }
    [[nodiscard]] room_pads pads() const { return room_pads(pads_way_); }
    [[nodiscard]] result<conf::board> board(std::string_view room) const;
    [[nodiscard]] result<room_documents> documents(std::string_view room) const;

private:
    explicit impl(server_options options);

    result<void> start();
    result<void> start_http();
    void draw_secrets();
    void set_rules(const server_options& from, bool open);  // on the loop, or before it runs
    result<void> start_media();
    result<void> start_calls();
    void start_pads();
    result<void> start_documents();
    void add_pages(net::http_router& routes, bool metrics);
    [[nodiscard]] rooms::entry admit(const host::visitor& who);
    [[nodiscard]] std::variant<host::api_caller, host::api_refusal> admit_to_api(
        const net::http_request& request, std::string_view room);
    [[nodiscard]] rooms::ice_credentials call_ice() const;
    [[nodiscard]] std::string token_for_files(const std::string& room,
                                              const rooms::participant_id& who) const;
    result<void> start_turn();
    result<void> start_control();
    result<void> listen(std::string_view key, const std::string& text, bool for_metrics);
    [[nodiscard]] std::shared_ptr<const net::http_router> make_routes(bool pages, bool metrics);
    void run_drain();
    void close();  // on the loop
    void log(log_level level, std::string name, std::string message,
             std::vector<log_event::field> fields = {});

    [[nodiscard]] api::server_view view() const;
    [[nodiscard]] std::string metrics_text() const;
    [[nodiscard]] net::http_response ready() const;
    [[nodiscard]] net::media_rules media_rules();
    [[nodiscard]] std::vector<net::ice_server> ice_servers() const;
    // server_tokens.cpp, as is `admit`
    [[nodiscard]] std::string sign_token(std::string_view request) const;
    [[nodiscard]] std::string sign_invitation(std::string_view request) const;
    [[nodiscard]] std::string sign_pad_token(std::string_view request) const;
    [[nodiscard]] rooms::pads_given give_pads(const std::string& room, const rooms::person_info& to) const;
    [[nodiscard]] std::optional<pads::right> live_right(std::string_view room, std::string_view person);
    [[nodiscard]] result<auth::room_token> verify_invitation(std::string_view text) const;
    [[nodiscard]] result<auth::pad_token> verify_for_pads(std::string_view token) const;
    [[nodiscard]] bool presents(std::string_view room, std::string_view person);
    void tell_pads(const std::string& room, const rooms::event& what);
    [[nodiscard]] turn_options relay_options(const server_options& options);

    // Set before the threads start, then read only.
    const std::chrono::steady_clock::time_point started_;
    std::shared_ptr<net::tls_context> tls_;  // shared with the listeners; null without an https:// listener
    std::vector<std::string> relay_urls_;    // as browsers want them
    std::optional<turn_server> turn_;
    std::vector<std::string> listening_;  // HTTP and metrics

    // On the loop once it runs.
    bool rooms_open_ = false;
    std::vector<std::string> token_secrets_;  // the first one signs
    std::size_t participants_max_ = 0;
    std::string turn_secret_;  // makes credentials for our own pages; empty: none
    std::shared_ptr<net::session_limiter> session_limiter_;  // these two for all listeners together
    std::shared_ptr<net::session_limiter> failed_lookups_;

    api::log_queue log_;
    std::mutex apply_mutex_;  // one apply at a time
    server_options options_;  // in force; guarded by apply_mutex_

    std::atomic<bool> draining_{false};
    std::mutex state_mutex_;
    std::condition_variable state_changed_;
    bool stopped_ = false;  // guarded by state_mutex_, as is drained_
    bool drained_ = false;
    std::thread drain_thread_;  // guarded by state_mutex_ until it is joined

    api::room_events events_;
    net::event_loop loop_;  // before what runs on it, so that it is destroyed after
    std::unique_ptr<net::http_server> http_;
    std::unique_ptr<net::control_socket> control_;
    std::shared_ptr<conf::meetings::impl> meetings_ = std::make_shared<conf::meetings::impl>();
    std::unique_ptr<store::room_store> store_;
    std::unique_ptr<host::revoked_invitations> revoked_;  // uses the store
    std::shared_ptr<api::documents_link> documents_link_ = std::make_shared<api::documents_link>();
    std::shared_ptr<api::board_link> board_link_ = std::make_shared<api::board_link>();
    std::unique_ptr<host::board_host> boards_;  // uses the store
    std::unique_ptr<host::call_host> calls_;    // uses the store, the boards and the media
    std::shared_ptr<room_pads::impl> pads_way_ = std::make_shared<room_pads::impl>();
    std::unique_ptr<host::pad_host> pads_;                    // uses the store; told by the calls
    std::unique_ptr<host::document_host> documents_;          // uses the store; null: none
    std::unique_ptr<host::pad_files> pad_files_;              // uses the documents; null: none
    std::unique_ptr<host::board_documents> board_documents_;  // uses both
    /// Null without media.listen. Last: commands that its stopped threads never ran hold replies, which need
    /// a loop that has stopped but is still there.
    std::shared_ptr<net::media_host> media_;  // handles of the program look at it
};

}  // namespace conf::inline v0
