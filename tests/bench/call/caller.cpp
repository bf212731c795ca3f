#include "tests/bench/call/caller.hpp"

#include "libconf/crypto/random.hpp"
#include "libconf/room/limits.hpp"
#include "libconf/signalling/codec.hpp"
#include "tests/bench/peer/clocks.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace call_load {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t wish_pause_ns = second / 10;  // people come in crowds
constexpr std::uint16_t small = 1;                   // any layer is enough

/// PROTOCOL.md §7: at most so long before each attempt.
std::int64_t longest_pause_ns(unsigned attempt) {
    constexpr std::array<std::int64_t, 4> seconds{2, 4, 8, 15};
    return seconds.at(std::min<std::size_t>(attempt, seconds.size() - 1)) * second;
}

/// PROTOCOL.md §1: after these nobody comes back by himself.
bool is_final(unsigned close_code) {
    return close_code == 1000 || close_code == 1008 || close_code >= 4000;
}

std::string text_of(const json& object, const char* field) {
    return object.at(field).get<std::string>();
}

}  // namespace

surroundings::surroundings(endpoint at) : server(at), keys(crypto::system_random_key()) {}

caller::caller(caller_options options, surroundings& around)
    : options_(std::move(options)), around_(around) {}

// The connection.

void caller::connect() {
    state_ = state::entering;
    again_at_ns_.reset();
    waiting_.clear();
    chats_.clear();
    next_id_ = 1;
    socket_ = std::make_unique<websocket_client>(
        around_.sockets, around_.server, "/signal/" + options_.room,
        websocket_client::handlers{[this] { enter(); }, [this](std::string_view text) { take(text); }});
}

void caller::enter() {
    if (resume_.empty()) return ask(rooms::hello{.versions = {1}}, &caller::take_hello);
    ask(rooms::resume{.versions = {1},
                      .token = resume_,
                      .publish = sending_ && sending_->connected(),
                      .receive = receiving_ && receiving_->connected()},
        &caller::take_welcome);
}

void caller::lose() {
    const auto code = socket_->close_code();
    const auto why = socket_->why();
    socket_.reset();
    if (state_ == state::out) return;
    ++connections_lost_;
    tell("lost", {{"code", code}, {"why", why}});
    if (is_final(code)) return give_up("closed with " + std::to_string(code) + " " + why);
    state_ = state::away;
    told_hearing_ = false;
    const auto pause = around_.keys.random.below(static_cast<std::uint64_t>(longest_pause_ns(attempts_)));
    again_at_ns_ = bench::wall_ns() + static_cast<std::int64_t>(pause);
    ++attempts_;
}

void caller::give_up(std::string why) {
    state_ = state::out;
    why_ = std::move(why);
    tell("out", {{"why", why_}});
}

void caller::drop_sending() {
    if (sending_) around_.ended.push_back(std::shared_ptr<sending>(std::move(sending_)));
}

void caller::drop_receiving() {
    if (receiving_) around_.ended.push_back(std::shared_ptr<receiving>(std::move(receiving_)));
    told_hearing_ = false;
}

void caller::handle_timeout() {
    const auto now = bench::wall_ns();
    if (socket_ && socket_->ended()) lose();
    if (again_at_ns_ && *again_at_ns_ <= now) connect();
    if (sending_) sending_->handle_timeout();
    if (receiving_) receiving_->handle_timeout();
    if (state_ != state::in) return;
    keep_media_up();
    if (wishes_changed_ && wish_at_ns_ <= now) wish();
    for (auto one = chats_again_at_.begin(); one != chats_again_at_.end();) {
        if (one->second > now) {
            ++one;
            continue;
        }
        const auto key = one->first;
        one = chats_again_at_.erase(one);
        send_chat(key);
    }
    if (receiving_ && report_at_ns_ <= now) {
        receiving_->send_reports();
        // The first is early: it ends the naming of sections in each packet.
        report_at_ns_ = now + second / 2 + static_cast<std::int64_t>(around_.keys.random.below(second));
    }
    if (!told_hearing_ && talks_and_hears()) {
        told_hearing_ = true;
        tell("hears", {{"others", others()}});
    }
}

void caller::keep_media_up() {
    if (sending_ && sending_->failed()) {
        tell("failed", {{"transport", "publish"}});
        drop_sending();
        publish();
    }
    if (receiving_ && receiving_->failed()) {
        tell("failed", {{"transport", "receive"}});
        drop_receiving();
        ask(rooms::receive_reset{}, &caller::take_done);
    }
}

std::int64_t caller::send_due(std::int64_t now_ns) {
    return sending_ ? sending_->send_due(now_ns) : now_ns + second;
}

// What is asked for, and the answers.

void caller::ask(rooms::request_body what, reply then) {
    const rooms::request made{next_id_++, std::move(what)};
    waiting_.emplace(made.id, then);
    socket_->send(signalling::encode(made));
}

void caller::take(std::string_view text) {
    const auto message = json::parse(text);
    const auto id = message.find("id");
    const auto type = text_of(message, "type");
    // Events about people have an id, too: a text.
    if (id == message.end() || !id->is_number()) return take_event(type, message);
    const auto number = id->get<std::uint64_t>();
    if (const auto chat = chats_.find(number); chat != chats_.end()) return take_chat(number, message);
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return give_up("an answer to nothing: " + std::string(text));
    const auto then = found->second;
    waiting_.erase(found);
    (this->*then)(message);
}

void caller::take_done(const json& answer) {
    if (answer.at("type") == "ok") return;
    ++refused_;
    tell("refused", answer);
}

void caller::take_hello(const json& answer) {
    if (answer.at("type") != "ok") return give_up("hello was refused: " + answer.dump());
    ask(rooms::join{.name = options_.name, .microphone = options_.sound, .camera = options_.picture},
        &caller::take_welcome);
}

void caller::take_welcome(const json& answer) {
    if (answer.at("type") != "welcome") {
        ++refused_;
        return give_up("was not let in: " + answer.dump());
    }
    const auto you = text_of(answer, "you");
    if (!id_.empty() && id_ != you) return give_up("came back as somebody else");
    const bool first = std::exchange(id_, you).empty();
    resume_ = text_of(answer, "resume");
    state_ = state::in;
    attempts_ = 0;
    people_.clear();
    for (const auto& one : answer.at("people")) people_[text_of(one, "id")] = one;
    read_page(answer.at("chat"), first);
    const auto& me = people_.at(id_);
    tell("in", {{"id", id_},
                {"first", first},
                {"resumed", answer.at("resumed")},
                {"role", me.at("role")},
                {"hand", me.contains("hand")},
                {"people", people_.size()},
                {"locks", answer.at("room").at("locks")}});
    if (!answer.value("media", false)) return;

    if (!answer.value("receive", false)) drop_receiving();
    if (!answer.value("publish", false)) {
        drop_sending();
        if (options_.sound) publish();
    }
    if (first && options_.hand) ask(rooms::set_hand{.up = true}, &caller::take_done);
    if (!first && options_.sound)
        ask(rooms::set_media{.what = rooms::source::microphone, .on = true}, &caller::take_done);
    if (!first && options_.picture)
        ask(rooms::set_media{.what = rooms::source::camera, .on = true}, &caller::take_done);
    wishes_changed_ = options_.watches;
    chats_again_at_.clear();
    for (const auto& [key, text] : unacknowledged_) send_chat(key);
}

/// Who was away for more than one page of messages reads on until he finds one that he knows.
void caller::read_page(const json& page, bool is_enough) {
    const auto& messages = page.at("messages");
    for (const auto& one : messages) {
        if (!read_.try_emplace(text_of(one, "id"), 1U).second) is_enough = true;
    }
    if (is_enough || !page.value("more", false)) return;
    ask(rooms::chat_history{.before = text_of(messages.front(), "id"), .limit = rooms::history_messages_max},
        &caller::take_history);
}

void caller::take_history(const json& answer) {
    if (answer.at("type") == "ok") return read_page(answer, false);
    take_done(answer);
}

void caller::publish() {
    sending_ = std::make_unique<sending>(around_.sockets, around_.reader, around_.keys, options_.picture);
    std::map<std::string, rooms::source> sources{{"0", rooms::source::microphone}};
    if (options_.picture) sources.emplace("1", rooms::source::camera);
    ask(rooms::publish{.sdp = sending_->offer(), .sources = std::move(sources)}, &caller::take_published);
}

void caller::take_published(const json& answer) {
    if (answer.at("type") != "ok") return take_done(answer);
    if (sending_) sending_->accept(text_of(answer, "sdp"));
}

// Events.

void caller::take_event(const std::string& type, const json& event) {
    if (type == "person.joined") {
        people_[text_of(event.at("person"), "id")] = event.at("person");
        wishes_changed_ = options_.watches;
    } else if (type == "person.changed") {
        if (const auto known = people_.find(text_of(event, "id")); known != people_.end())
            known->second.update(event);
    } else if (type == "person.left") {
        people_.erase(text_of(event, "id"));
        wishes_changed_ = options_.watches;
    } else if (type == "chat.message") {
        ++read_[text_of(event.at("message"), "id")];
    } else if (type == "receive.offer") {
        take_offer(event);
    } else if (type == "receive.tracks") {
        take_tracks(event);
    } else if (type == "publish.ended") {
        tell("failed", {{"transport", "publish"}, {"why", event.value("why", "")}});
        drop_sending();
        publish();
    } else if (type == "receive.ended") {
        tell("failed", {{"transport", "receive"}, {"why", event.value("why", "")}});
        drop_receiving();
        ask(rooms::receive_reset{}, &caller::take_done);
    } else if (type == "muted") {
        tell("muted", event);
    }
}

void caller::take_offer(const json& event) {
    if (!receiving_)
        receiving_ =
            std::make_unique<receiving>(around_.sockets, around_.reader, around_.keys, around_.count);
    auto made = receiving_->answer(text_of(event, "sdp"));
    receiving_->set_tracks(event.at("tracks"));
    ask(rooms::receive_answer{.number = event.at("number").get<std::uint32_t>(), .sdp = std::move(made)},
        &caller::take_done);
}

void caller::take_tracks(const json& event) {
    if (receiving_) receiving_->set_tracks(event.at("tracks"));
}

// What is seen and heard.

void caller::look_at(std::optional<std::string> id) {
    chosen_ = std::move(id);
    wishes_changed_ = options_.watches;
}

void caller::wish() {
    wishes_changed_ = false;
    wish_at_ns_ = bench::wall_ns() + wish_pause_ns;
    std::vector<std::string> others;
    for (auto one = people_.upper_bound(id_); one != people_.end(); ++one) others.push_back(one->first);
    for (auto one = people_.begin(); one != people_.end() && one->first < id_; ++one)
        others.push_back(one->first);
    if (chosen_) {
        const auto found = std::ranges::find(others, *chosen_);
        if (found != others.end()) std::rotate(others.begin(), found, others.end());
    }
    large_ = others.empty() ? std::string() : others.front();
    rooms::view made;
    for (const auto& one : others) {
        made.videos.push_back(
            {.participant = one,
             .what = rooms::source::camera,
             .height = made.videos.empty() ? std::uint32_t{options_.large} : std::uint32_t{small}});
    }
    ask(std::move(made), &caller::take_done);
}

bool caller::talks_and_hears() const {
    if (state_ != state::in) return false;
    if (options_.sound && (!sending_ || !sending_->connected())) return false;
    return unheard().empty();
}

std::vector<std::string> caller::unheard() const {
    std::vector<std::string> all;
    for (const auto& [id, person] : people_) {
        if (id == id_ || !person.value("microphone", false) || !person.value("here", false)) continue;
        if (!receiving_ || !receiving_->heard().contains(id)) all.push_back(text_of(person, "name"));
    }
    return all;
}

// Chat.

void caller::say() {
    const auto number = std::to_string(++said_);
    const auto key = options_.name + " " + number;
    unacknowledged_.emplace(key, options_.name + " says " + number);
    if (state_ == state::in) send_chat(key);
}

void caller::send_chat(const std::string& key) {
    const auto found = unacknowledged_.find(key);
    if (found == unacknowledged_.end()) return;
    const rooms::request made{next_id_++, rooms::chat_send{.text = found->second, .key = key}};
    chats_.emplace(made.id, key);
    socket_->send(signalling::encode(made));
}

void caller::take_chat(std::uint64_t request, const json& answer) {
    const auto key = chats_.extract(request).mapped();
    const auto found = unacknowledged_.find(key);
    if (found == unacknowledged_.end()) return;
    if (answer.at("type") == "ok") {
        const auto text = found->second;
        unacknowledged_.erase(found);
        return tell("acknowledged", {{"text", text}, {"message", answer.at("message")}});
    }
    const auto code = answer.value("code", "");
    if (code == "rate" || code == "not_saved") {
        chats_again_at_[key] = bench::wall_ns() + second;
        return;
    }
    unacknowledged_.erase(found);
    take_done(answer);
}

void caller::tell(const char* event, json more) const {
    if (!around_.tell) return;
    more["event"] = event;
    more["name"] = options_.name;
    more["at"] = static_cast<double>(bench::now().time_since_epoch().count()) / 1e6;
    around_.tell(more);
}

}  // namespace call_load
