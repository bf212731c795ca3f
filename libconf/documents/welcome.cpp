#include "libconf/documents/welcome.hpp"

#include "libconf/base/markup.hpp"
#include "libconf/documents/text_pages.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace conf::documents {
namespace {

struct words {
    std::string_view name;
    std::string_view title;
    std::array<std::string_view, 4> lines;
};

constexpr words english{"Welcome",
                        "Welcome",
                        {"Presenters and moderators show documents here: PDF, slides, pictures, text.",
                         "Drop a file onto this page, or choose one in the documents menu.",
                         "Everybody sees the page that is presented, and may look around and come back.",
                         "Draw on any page: what is drawn stays with it, and leaves with the exported PDF."}};

constexpr words french{
    "Bienvenue",
    "Bienvenue",
    {"Ici, présentateurs et modérateurs montrent des documents : PDF, diapositives, images, texte.",
     "Déposez un fichier sur cette page, ou choisissez-en un dans le menu des documents.",
     "Tout le monde voit la page présentée, et peut regarder ailleurs puis revenir.",
     "Dessinez sur chaque page : le dessin y reste, et part avec le PDF exporté."}};

const words& words_of(welcome_language in) noexcept {
    return in == welcome_language::french ? french : english;
}

}  // namespace

welcome_language welcome_language_of(std::string_view tag) noexcept {
    return tag == "fr" || tag.starts_with("fr-") ? welcome_language::french : welcome_language::english;
}

std::string_view welcome_name(welcome_language in) noexcept {
    return words_of(in).name;
}

std::string welcome_page(welcome_language in) {
    const auto& said = words_of(in);
    auto made = fmt::format(
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="1440" height="1080" viewBox="0 0 1440 1080">)"
        R"(<rect width="1440" height="1080" fill="#fff"/><rect x="120" y="200" width="96" height="8" rx="4" )"
        R"(fill="#2f6fed"/><g font-family="system-ui, 'DejaVu Sans', sans-serif" fill="#1b1f2a">)"
        R"(<text x="120" y="310" font-size="84" font-weight="600">{}</text>)",
        escaped(said.title));
    int y = 430;
    for (const auto line : said.lines) {
        fmt::format_to(std::back_inserter(made), R"(<text x="120" y="{}" font-size="27">{}</text>)", y,
                       escaped(line));
        y += 70;
    }
    return made + "</g></svg>";
}

std::string welcome_text(welcome_language in) {
    const auto& said = words_of(in);
    std::string made(said.title);
    for (const auto line : said.lines) made.append("\n").append(line);
    return made + "\n";
}

}  // namespace conf::documents
