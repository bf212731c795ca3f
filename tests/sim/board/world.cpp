#include "tests/sim/board/world.hpp"

#include "libconf/whiteboard/page.hpp"
#include "libconf/whiteboard/page_json.hpp"
#include "tests/sim/board/client.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace conf::sim::board {

using namespace boards;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {
constexpr wall_time epoch{1'700'000'000'000};
constexpr duration patience = seconds(30);
constexpr connection_id hostile_link = 0xE0E;

/// A page's own sequence is of no meaning after a restart.
std::string shapes_of(const boards::page& of) {
    auto text = page_to_json(of);
    return text.substr(text.find("\"shapes\""));
}
}  // namespace

world::world(const profile& with, std::uint64_t seed) : how(with), chance_(seed), weather_(chance_.fork()) {
    start_server();
    server_->add_document(document_kind::blank, "Board", {}, moment_now(), out_);
    keep(out_.records);  // before anybody can be told of it
    out_.clear();
    for (unsigned at = 0; at < how.clients; ++at) {
        const auto role = at < 2    ? rooms::role::moderator
                          : at == 2 ? rooms::role::presenter
                                    : rooms::role::viewer;
        person who{"p" + std::to_string(at), "Person " + std::to_string(at), role};
        clients_.push_back(std::make_unique<client>(*this, std::move(who), chance_.next()));
    }
    finish_turn();
}

world::~world() = default;

moment world::moment_now() {
    return {queue.now(),
            epoch + clock_step_ + std::chrono::duration_cast<wall_time>(queue.now().time_since_epoch())};
}

duration world::latency() {
    faults.count(fault::jitter);
    return weather_.between(duration(200), std::max(duration(200), how.latency_max));
}

void world::start_server() {
    settings with;
    with.mode = draw_mode::everybody;
    with.log = true;
    server_ = std::make_unique<whiteboard>(with);
    std::vector<rooms::record> kept;
    for (const auto& [key, value] : disk_) kept.push_back({key.first, key.second, value});
    if (server_->restore(kept) != 0) throw failure("a record can not be read");
    if (server_->last_sequence() < promised_) {
        throw failure(fmt::format("change {} was acknowledged and is lost; the last is {}", promised_,
                                  server_->last_sequence()));
    }
    ++life_;
    armed_.reset();
    committing_ = false;
    log.note(queue.now(), "server starts", server_->last_sequence());
}

void world::kill_server() {
    if (server_ == nullptr) return;
    faults.count(fault::restart);
    ++kills_;
    log.note(queue.now(), "server killed", waiting_.size());
    server_.reset();
    waiting_.clear();
    out_.clear();
    ++life_;
    while (!links_.empty()) reset(links_.begin()->first);
    queue.after(weather_.between(milliseconds(50), milliseconds(1500)), [this] { start_server(); });
}

connection_id world::connect(client& whose) {
    if (server_ == nullptr) return 0;
    const auto made = next_link_++;
    links_[made] = {&whose, whose.who(), queue.now(), queue.now()};
    log.note(queue.now(), "connected", made);
    return made;
}

void world::reset(connection_id which) {
    const auto found = links_.find(which);
    if (found == links_.end()) return;
    auto* const whose = found->second.whose;
    links_.erase(found);
    log.note(queue.now(), "connection lost", which);
    if (server_ != nullptr) {
        server_->handle_closed(which, moment_now(), out_);
        finish_turn();
    }
    whose->lost();
}

void world::send(connection_id on, upward what) {
    const auto found = links_.find(on);
    if (found == links_.end()) return;
    auto& link = found->second;
    link.up_free = std::max(link.up_free, queue.now() + latency());
    queue.at(link.up_free, [this, on, what = std::move(what)] {
        const auto sender = links_.find(on);
        if (sender == links_.end() || server_ == nullptr) return;
        if (const auto* const asked = std::get_if<request>(&what)) {
            log.note(queue.now(), "request", on, asked->what.index());
            server_->handle(on, sender->second.who, *asked, moment_now(), out_);
        } else {
            const auto& bytes = std::get<std::string>(what);
            log.note(queue.now(), "frame", on, bytes.size());
            if (seen_frames_.size() < 200) seen_frames_.push_back(bytes);
            server_->handle_frame(on, sender->second.who, as_bytes(bytes), moment_now(), out_);
        }
        finish_turn();
    });
}

void world::deliver(const outgoing& what) {
    for (const auto to : *what.to) {
        const auto found = links_.find(to);
        if (to == what.but || found == links_.end()) continue;
        if (what.by == lane::loose && weather_.chance(0.1)) continue;
        auto& link = found->second;
        link.down_free = std::max(link.down_free, queue.now() + latency());
        queue.at(link.down_free, [this, to, body = what.what] {
            const auto receiver = links_.find(to);
            if (receiver != links_.end()) receiver->second.whose->take(body);
        });
    }
}

void world::finish_turn() {
    held turn;
    for (auto& one : out_.messages) {
        if (one.by == lane::kept) {
            turn.messages.push_back(std::move(one));
        } else {
            deliver(one);
        }
    }
    turn.records = std::move(out_.records);
    turn.log = std::move(out_.log);
    out_.clear();
    waiting_.push_back(std::move(turn));
    if (!committing_) commit();
    arm();
}

void world::keep(std::vector<rooms::record>& records) {
    for (auto& one : records) {
        if (one.value.empty()) {
            disk_.erase({one.kind, one.key});
        } else {
            disk_[{one.kind, one.key}] = std::move(one.value);
        }
    }
}

/// All that waits is written together; what comes meanwhile waits for the next time.
void world::commit() {
    while (!waiting_.empty() && waiting_.front().records.empty()) {
        for (const auto& one : waiting_.front().messages) deliver(one);
        for (auto& one : waiting_.front().log) event_log_.push_back(std::move(one));
        waiting_.pop_front();
    }
    committing_ = !waiting_.empty();
    if (!committing_) return;
    auto pause = weather_.between(duration(500), how.commit_max);
    if (how.slow_store && !over() && weather_.chance(0.01)) pause += milliseconds(500);
    queue.after(pause, [this, life = life_, count = waiting_.size()] {
        if (life != life_) return;  // killed in the middle: nothing of it is there
        for (std::size_t at = 0; at < count; ++at) {
            auto& turn = waiting_.front();
            keep(turn.records);
            for (auto& one : turn.log) event_log_.push_back(std::move(one));
            for (const auto& one : turn.messages) deliver(one);
            waiting_.pop_front();
        }
        commit();
    });
}

void world::arm() {
    const auto due = server_->deadline();
    if (!due || (armed_ && *armed_ <= *due)) return;
    armed_ = due;
    auto when = std::max(*due, queue.now());
    if (weather_.chance(how.late_timers)) {
        faults.count(fault::late_timer);
        when += weather_.between(milliseconds(1), milliseconds(50));
    }
    queue.at(when, [this, life = life_] {
        if (life != life_ || server_ == nullptr) return;
        armed_.reset();
        server_->handle_timeout(moment_now(), out_);
        finish_turn();
    });
}

void world::weather() {
    if (over()) {
        // What she has begun to draw ends with her connection, as everybody's does.
        if (how.hostile && server_ != nullptr) {
            server_->handle_closed(hostile_link, moment_now(), out_);
            finish_turn();
        }
        return;
    }
    constexpr auto step = milliseconds(100);
    if (weather_.chance(how.kills * 0.1)) kill_server();
    if (how.clock_steps && weather_.chance(0.02)) {
        faults.count(fault::clock_step);
        clock_step_ += wall_time(static_cast<std::int64_t>(weather_.below(172'800'000)) - 86'400'000);
    }
    std::vector<connection_id> over;
    for (const auto& [id, link] : links_) {
        if (weather_.chance(how.resets * 0.1)) over.push_back(id);
    }
    for (const auto id : over) {
        faults.count(fault::stream_reset);
        reset(id);
    }
    if (how.hostile && server_ != nullptr) hostile_act();
    queue.after(step, [this] { weather(); });
}

/// A viewer who may draw at some times only sends what others sent, torn and changed, at all times.
void world::hostile_act() {
    faults.count(fault::hostile_mutated);
    const person eve{"eve", "Eve", rooms::role::viewer};
    server_->handle(hostile_link, eve, {1, board_open{}}, moment_now(), out_);
    for (int at = 0; at < 5 && !seen_frames_.empty(); ++at) {
        auto bytes = seen_frames_[weather_.below(seen_frames_.size())];
        if (weather_.chance(0.7) && !bytes.empty())
            bytes[weather_.below(bytes.size())] ^= static_cast<char>(1 << weather_.below(8));
        if (weather_.chance(0.2)) bytes.resize(weather_.below(bytes.size() + 1));
        const auto before = server_->last_sequence();
        server_->handle_frame(hostile_link, eve, as_bytes(bytes), moment_now(), out_);
        if (server_->rules().mode != draw_mode::everybody && server_->last_sequence() != before)
            throw failure("somebody who may not draw has drawn");
    }
    finish_turn();
}

bool world::settled() const {
    return server_ != nullptr && waiting_.empty() &&
           std::ranges::all_of(clients_, [](const auto& one) { return one->settled(); });
}

outcome world::run() {
    for (auto& one : clients_) {
        queue.after(weather_.between(duration(0), milliseconds(500)),
                    [whose = one.get()] { whose->start(); });
    }
    queue.after(milliseconds(100), [this] { weather(); });
    while (queue.run_next(instant{how.faults_last})) {}
    const auto healed = queue.now();
    instant quiet = healed;
    // Everybody has to come back within the time; then what is on its way arrives.
    while (!settled()) {
        if (!queue.run_next(healed + patience)) throw failure("not everybody came back with all verdicts");
        quiet = queue.now();
    }
    while (queue.run_next(quiet + seconds(5))) {}
    judge();
    judge_replay();

    board::outcome end;
    end.hash = log.hash();
    end.events = log.events();
    end.faults = faults;
    end.recovery = quiet - healed;
    end.changes = server_->last_sequence();
    end.kills = kills_;
    for (const auto& document : server_->documents()) {
        for (const auto& one : document.pages)
            end.shapes += server_->find_page({document.number, one.number})->size();
    }
    return end;
}

void world::judge() {
    for (const auto& one : clients_) {
        const auto* const page = server_->find_page(one->looks());
        if (page == nullptr) throw failure("somebody looks at a page that is gone");
        if (const auto why = one->difference(*page); !why.empty()) throw failure(why);
        if (one->live_strokes() != 0)
            throw failure("a stroke in progress that nobody draws stayed on a screen");
    }
    // A restart finds the very same boards.
    std::map<place, std::string> before;
    for (const auto& document : server_->documents()) {
        for (const auto& one : document.pages) {
            const place where{document.number, one.number};
            before[where] = shapes_of(*server_->find_page(where));
        }
    }
    start_server();
    for (const auto& [where, text] : before) {
        const auto* const page = server_->find_page(where);
        if (page == nullptr || shapes_of(*page) != text) throw failure("a restart changed a page");
    }
}

/// The event log alone gives the same boards: one reducer for live and replay.
void world::judge_replay() const {
    std::map<place, boards::page> pages;
    for (const auto& one : event_log_) {
        const auto* const frame = std::get_if<shared_frame>(&one.what);
        if (frame == nullptr) continue;
        const auto read = decode_server_frames(as_bytes(**frame));
        if (!read) throw failure("the event log is not readable");
        for (const auto& body : *read) {
            if (const auto* const change = std::get_if<change_made>(&body)) {
                pages.try_emplace(change->where, change->where)
                    .first->second.apply(
                        {change->number, change->author, change->at, change->where, change->ops}, nullptr);
            }
        }
    }
    for (const auto& document : server_->documents()) {
        for (const auto& info : document.pages) {
            const place where{document.number, info.number};
            const auto* const page = server_->find_page(where);
            const auto found = pages.find(where);
            const auto same = [](const shape* a, const shape* b) { return *a == *b; };
            const auto replayed =
                found == pages.end() ? std::vector<const shape*>{} : found->second.in_order();
            if (!std::ranges::equal(page->in_order(), replayed, same))
                throw failure("a replay gives another page");
        }
    }
}

}  // namespace conf::sim::board
