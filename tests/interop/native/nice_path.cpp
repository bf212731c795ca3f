#include "tests/interop/native/nice_path.hpp"

#include <nice/agent.h>

#include <array>
#include <span>
#include <stdexcept>

namespace native {
namespace {

constexpr guint component = 1;

void free_candidate(gpointer one) {
    nice_candidate_free(static_cast<NiceCandidate*>(one));
}

}  // namespace

struct nice_path::impl {
    callbacks to;
    NiceAgent* agent = nullptr;
    guint stream = 0;
    bool ready = false;

    static void on_gathered(NiceAgent*, guint, gpointer self) { static_cast<impl*>(self)->to.gathered(); }
    static void on_state(NiceAgent*, guint, guint, guint state, gpointer at) {
        auto& self = *static_cast<impl*>(at);
        if (state == NICE_COMPONENT_STATE_FAILED) self.to.failed();
        if (state != NICE_COMPONENT_STATE_READY || std::exchange(self.ready, true)) return;
        self.to.ready();
    }
    static void on_data(NiceAgent*, guint, guint, guint size, gchar* data, gpointer at) {
        auto& self = *static_cast<impl*>(at);
        self.to.received(std::as_writable_bytes(std::span(data, size)));
    }
    static void on_closed(GObject*, GAsyncResult*, gpointer done) { *static_cast<bool*>(done) = true; }
};

nice_path::nice_path(callbacks to, const std::string& local, const std::optional<relay>& forced)
    : impl_(std::make_unique<impl>()) {
    auto& self = *impl_;
    self.to = std::move(to);
    self.agent = nice_agent_new(nullptr, NICE_COMPATIBILITY_RFC5245);
    g_object_set(self.agent, "controlling-mode", TRUE, "upnp", FALSE, "ice-tcp", FALSE, "force-relay",
                 forced.has_value(), nullptr);
    NiceAddress from;
    nice_address_init(&from);
    if (!nice_address_set_from_string(&from, local.c_str()))
        throw std::runtime_error(local + ": not an address");
    nice_agent_add_local_address(self.agent, &from);  // else libnice leaves loopback out
    self.stream = nice_agent_add_stream(self.agent, component);
    if (forced &&
        !nice_agent_set_relay_info(
            self.agent, self.stream, component, forced->host.c_str(), forced->port, forced->user.c_str(),
            forced->password.c_str(),
            forced->over == relay::transport::tcp ? NICE_RELAY_TYPE_TURN_TCP : NICE_RELAY_TYPE_TURN_UDP))
        throw std::runtime_error("libnice does not take the relay " + forced->host);
    g_signal_connect(self.agent, "candidate-gathering-done", G_CALLBACK(impl::on_gathered), &self);
    g_signal_connect(self.agent, "component-state-changed", G_CALLBACK(impl::on_state), &self);
    nice_agent_attach_recv(self.agent, self.stream, component, g_main_context_default(), impl::on_data,
                           &self);
    if (!nice_agent_gather_candidates(self.agent, self.stream))
        throw std::runtime_error("libnice does not gather");
}

nice_path::~nice_path() {
    bool done = false;
    nice_agent_close_async(impl_->agent, impl::on_closed, &done);
    while (!done) g_main_context_iteration(nullptr, TRUE);
    g_object_unref(impl_->agent);
}

conf::ice::credentials nice_path::credentials() const {
    gchar* ufrag = nullptr;
    gchar* pwd = nullptr;
    if (!nice_agent_get_local_credentials(impl_->agent, impl_->stream, &ufrag, &pwd))
        throw std::runtime_error("libnice has no credentials");
    conf::ice::credentials made{ufrag, pwd};
    g_free(ufrag);
    g_free(pwd);
    return made;
}

void nice_path::connect(const conf::media::remote_description& to) {
    nice_agent_set_remote_credentials(impl_->agent, impl_->stream, to.ice.ufrag.c_str(), to.ice.pwd.c_str());
    GSList* list = nullptr;
    for (const auto& one : to.candidates) {
        auto* made = nice_candidate_new(NICE_CANDIDATE_TYPE_HOST);
        made->stream_id = impl_->stream;
        made->component_id = component;
        made->transport = NICE_CANDIDATE_TRANSPORT_UDP;
        made->priority = 2'130'706'431;  // of a host candidate, RFC 8445 §5.1.2
        nice_address_set_from_string(&made->addr, one.ip.to_string().c_str());
        nice_address_set_port(&made->addr, one.port);
        list = g_slist_append(list, made);
    }
    const auto taken = nice_agent_set_remote_candidates(impl_->agent, impl_->stream, component, list);
    g_slist_free_full(list, free_candidate);
    if (taken < 1) throw std::runtime_error("libnice takes none of the server's candidates");
}

void nice_path::send(conf::bytes datagram) {
    nice_agent_send(impl_->agent, impl_->stream, component, static_cast<guint>(datagram.size()),
                    reinterpret_cast<const gchar*>(datagram.data()));
}

std::string nice_path::local_type() const {
    NiceCandidate* local = nullptr;
    NiceCandidate* remote = nullptr;
    if (!nice_agent_get_selected_pair(impl_->agent, impl_->stream, component, &local, &remote)) return {};
    switch (local->type) {
        case NICE_CANDIDATE_TYPE_HOST: return "host";
        case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE: return "server reflexive";
        case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE: return "peer reflexive";
        case NICE_CANDIDATE_TYPE_RELAYED: return "relayed";
    }
    return {};
}

}  // namespace native
