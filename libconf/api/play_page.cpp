#include "libconf/api/play_page.hpp"

#include "libconf/api/page_template.hpp"
#include "libconf/api/pages.hpp"
#include "libconf/auth/names.hpp"

#include <utility>

namespace conf::api {
namespace {

// One struct, filled twice: a text that is missing in one language does not compile.
struct texts {
    std::string_view tag;
    std::string_view title;
    std::string_view stage;
    std::string_view empty;
    std::string_view empty_detail;
    std::string_view form;
    std::string_view name;
    std::string_view name_rule;
    std::string_view publish;
    std::string_view publish_test;
    std::string_view stop;
    std::string_view sound;
    std::string_view noscript;
    // For the script.
    std::string_view starting;
    std::string_view live;
    std::string_view stopped;
    std::string_view lost;
    std::string_view refused;
    std::string_view unreachable;
    std::string_view no_player;
    std::string_view no_permission;
    std::string_view no_camera;
    std::string_view insecure;
    std::string_view you;
    std::string_view participant;
    std::string_view sound_only;
};

constexpr texts english{
    .tag = "en",
    .title = "Room",
    .stage = "Participants",
    .empty = "Nobody is here yet",
    .empty_detail = "Whoever publishes in this room appears here by itself.",
    .form = "Publish",
    .name = "Your name",
    .name_rule = "1 to 64 letters (A to Z), digits, hyphens, underscores or dots",
    .publish = "Publish camera and microphone",
    .publish_test = "Publish a test card",
    .stop = "Stop publishing",
    .sound = "Turn on sound",
    .noscript = "This page needs JavaScript.",
    .starting = "Connecting…",
    .live = "You are live.",
    .stopped = "You have stopped publishing.",
    .lost = "The connection was lost. Publish again to come back.",
    .refused = "The server refused:",
    .unreachable = "The server cannot be reached. Trying again…",
    .no_player = "The room cannot be played:",
    .no_permission = "The browser does not give camera or microphone to this page. Allow them and try again.",
    .no_camera = "No camera and no microphone was found. Add ?test to the address for a test card.",
    .insecure = "Browsers give the camera to pages over HTTPS or from localhost only.",
    .you = "You",
    .participant = "Participant",
    .sound_only = "sound only",
};

constexpr texts french{
    .tag = "fr",
    .title = "Salle",
    .stage = "Participants",
    .empty = "Il n’y a encore personne",
    .empty_detail = "Toute personne qui diffuse dans cette salle apparaîtra ici d’elle-même.",
    .form = "Diffuser",
    .name = "Votre nom",
    .name_rule = "1 à 64 lettres (A à Z), chiffres, traits d’union, tirets bas ou points",
    .publish = "Diffuser caméra et micro",
    .publish_test = "Diffuser une mire",
    .stop = "Arrêter la diffusion",
    .sound = "Activer le son",
    .noscript = "Cette page a besoin de JavaScript.",
    .starting = "Connexion…",
    .live = "Vous êtes en direct.",
    .stopped = "Vous ne diffusez plus.",
    .lost = "La connexion est perdue. Diffusez à nouveau pour revenir.",
    .refused = "Le serveur a refusé :",
    .unreachable = "Le serveur est injoignable. Nouvel essai…",
    .no_player = "La salle ne peut pas être lue :",
    .no_permission = "Le navigateur ne donne ni caméra ni micro à cette page. Autorisez-les puis réessayez.",
    .no_camera = "Ni caméra ni micro n’a été trouvé. Ajoutez ?test à l’adresse pour une mire.",
    .insecure = "Les navigateurs ne donnent la caméra qu’aux pages en HTTPS ou de localhost.",
    .you = "Vous",
    .participant = "Participant",
    .sound_only = "son seul",
};

}  // namespace

std::string render_play_page(std::string_view room, language in) {
    const auto& t = in == language::french ? french : english;
    // The script's words are attributes of the body: it reads them from there.
    return fill_page(page_file("play.html"), {{"room", room},
                                              {"tag", t.tag},
                                              {"title", t.title},
                                              {"stage", t.stage},
                                              {"empty", t.empty},
                                              {"empty-detail", t.empty_detail},
                                              {"form", t.form},
                                              {"name", t.name},
                                              {"name-rule", t.name_rule},
                                              {"publish", t.publish},
                                              {"publish-test", t.publish_test},
                                              {"stop", t.stop},
                                              {"sound", t.sound},
                                              {"noscript", t.noscript},
                                              {"starting", t.starting},
                                              {"live", t.live},
                                              {"stopped", t.stopped},
                                              {"lost", t.lost},
                                              {"refused", t.refused},
                                              {"unreachable", t.unreachable},
                                              {"no-player", t.no_player},
                                              {"no-permission", t.no_permission},
                                              {"no-camera", t.no_camera},
                                              {"insecure", t.insecure},
                                              {"you", t.you},
                                              {"participant", t.participant},
                                              {"sound-only", t.sound_only}});
}

void add_play_routes(net::http_router& routes, std::function<bool(std::string_view room)> is_room) {
    routes.add("GET", "/play/{room}", [known = std::move(is_room)](const net::http_request& request) {
        const auto room = request.path_parameter("room");
        // A room's name needs no escaping, in HTML or elsewhere.
        if (!auth::is_name(room) || !known(room)) {
            return net::http_response::plain(404, "there is no such room.");
        }
        const auto in = choose_language(request.field("accept-language").value_or(""));
        return net::http_response{200,
                                  "text/html; charset=utf-8",
                                  render_play_page(room, in),
                                  {{"Cache-Control", "no-store"},
                                   {"Content-Language", std::string(language_tag(in))},
                                   {"Vary", "Accept-Language"}}};
    });
    for (const auto* name : {"play.js", "play.css"}) {
        net::add_static_file(routes, std::string("/") + name, net::find_static_file(pages(), name));
    }
}

}  // namespace conf::api
