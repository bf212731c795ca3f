// Two agents of libnice that may only use relayed candidates, through one TURN server, and data both ways.
//
// usage: interop_nice udp|tcp HOST PORT USER PASSWORD
#include <nice/agent.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr guint component = 1;
constexpr int messages_max = 200;
constexpr guint patience_s = 30;

struct side {
    const char* name = "";
    NiceAgent* agent = nullptr;
    guint stream = 0;
    side* other = nullptr;
    bool gathered = false;
    bool ready = false;
    int sent = 0;
    int received = 0;
    int wrong = 0;
};

GMainLoop* loop = nullptr;
std::array<side, 2> sides;
int status = 1;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

void received(NiceAgent*, guint, guint, guint size, gchar* data, gpointer at) {
    auto& self = *static_cast<side*>(at);
    const auto expected = std::string(self.other->name) + " " + std::to_string(self.received);
    if (std::string(data, size) != expected) ++self.wrong;
    ++self.received;
    if (sides[0].received == messages_max && sides[1].received == messages_max) {
        status = 0;
        g_main_loop_quit(loop);
    }
}

gboolean send_next(gpointer) {
    for (auto& one : sides) {
        const auto text = std::string(one.name) + " " + std::to_string(one.sent);
        if (nice_agent_send(one.agent, one.stream, component, static_cast<guint>(text.size()), text.data()) ==
            static_cast<gint>(text.size())) {
            ++one.sent;
        }
    }
    return sides[0].sent < messages_max || sides[1].sent < messages_max ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void tell(const side& from, const side& to) {
    gchar* user = nullptr;
    gchar* password = nullptr;
    if (!nice_agent_get_local_credentials(from.agent, from.stream, &user, &password))
        give_up("no credentials");
    nice_agent_set_remote_credentials(to.agent, to.stream, user, password);
    g_free(user);
    g_free(password);
    auto* candidates = nice_agent_get_local_candidates(from.agent, from.stream, component);
    if (!candidates) give_up(std::string(from.name) + " has no candidate");
    if (nice_agent_set_remote_candidates(to.agent, to.stream, component, candidates) < 1)
        give_up("no remote candidate");
    g_slist_free_full(candidates,
                      [](gpointer one) { nice_candidate_free(static_cast<NiceCandidate*>(one)); });
}

void gathering_done(NiceAgent*, guint, gpointer at) {
    static_cast<side*>(at)->gathered = true;
    if (!sides[0].gathered || !sides[1].gathered) return;
    tell(sides[0], sides[1]);
    tell(sides[1], sides[0]);
}

void state_changed(NiceAgent*, guint, guint, guint state, gpointer at) {
    auto& self = *static_cast<side*>(at);
    if (state == NICE_COMPONENT_STATE_FAILED) give_up(std::string(self.name) + " failed to connect");
    if (state != NICE_COMPONENT_STATE_READY || self.ready) return;
    self.ready = true;
    if (sides[0].ready && sides[1].ready) g_timeout_add(2, send_next, nullptr);
}

gboolean too_late(gpointer) {
    std::fprintf(stderr, "not done after %u s: ready %d and %d, received %d and %d\n", patience_s,
                 sides[0].ready, sides[1].ready, sides[0].received, sides[1].received);
    std::exit(1);
}

void start(side& one, NiceRelayType type, const std::array<const char*, 4>& relay) {
    one.agent = nice_agent_new(nullptr, NICE_COMPATIBILITY_RFC5245);
    g_object_set(one.agent, "controlling-mode", &one == &sides[0], "upnp", FALSE, "ice-tcp", FALSE,
                 "force-relay", TRUE, nullptr);
    // Without it libnice leaves loopback out.
    NiceAddress local;
    nice_address_init(&local);
    nice_address_set_from_string(&local, relay[0]);
    nice_agent_add_local_address(one.agent, &local);
    one.stream = nice_agent_add_stream(one.agent, component);
    if (!nice_agent_set_relay_info(one.agent, one.stream, component, relay[0],
                                   static_cast<guint>(std::atoi(relay[1])), relay[2], relay[3], type)) {
        give_up("libnice does not take the relay");
    }
    g_signal_connect(one.agent, "candidate-gathering-done", G_CALLBACK(gathering_done), &one);
    g_signal_connect(one.agent, "component-state-changed", G_CALLBACK(state_changed), &one);
    nice_agent_attach_recv(one.agent, one.stream, component, g_main_loop_get_context(loop), received, &one);
    if (!nice_agent_gather_candidates(one.agent, one.stream)) give_up("libnice does not gather");
}

const char* type_of(const NiceCandidate* candidate) {
    return candidate->type == NICE_CANDIDATE_TYPE_RELAYED ? "relayed" : "not relayed";
}

void closed(GObject*, GAsyncResult*, gpointer left) {
    if (--*static_cast<int*>(left) == 0) g_main_loop_quit(loop);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) give_up("usage: interop_nice udp|tcp HOST PORT USER PASSWORD");
    loop = g_main_loop_new(nullptr, FALSE);
    sides[0].name = "left";
    sides[1].name = "right";
    sides[0].other = &sides[1];
    sides[1].other = &sides[0];
    const auto type = std::strcmp(argv[1], "tcp") == 0 ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP;
    for (auto& one : sides) start(one, type, {argv[2], argv[3], argv[4], argv[5]});
    g_timeout_add_seconds(patience_s, too_late, nullptr);
    g_main_loop_run(loop);

    for (const auto& one : sides) {
        NiceCandidate* local = nullptr;
        NiceCandidate* remote = nullptr;
        if (!nice_agent_get_selected_pair(one.agent, one.stream, component, &local, &remote))
            give_up("no selected pair");
        std::printf("%s: %s to %s, %d received, %d wrong\n", one.name, type_of(local), type_of(remote),
                    one.received, one.wrong);
        if (local->type != NICE_CANDIDATE_TYPE_RELAYED || one.wrong != 0) status = 1;
    }
    // It gives the allocations back before it says that it is done.
    int left = 2;
    for (auto& one : sides) nice_agent_close_async(one.agent, closed, &left);
    g_main_loop_run(loop);
    for (auto& one : sides) g_object_unref(one.agent);
    g_main_loop_unref(loop);
    return status;
}
