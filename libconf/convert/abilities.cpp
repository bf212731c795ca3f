#include "libconf/convert/converter.hpp"

#include <conf/convert.hpp>

#include <fmt/format.h>

#include <set>

namespace conf::inline v0 {

converter_abilities check_converter() {
    using namespace conf::convert;
    converter_abilities made;
    const auto sandbox = sandbox_problem();
    if (!sandbox.empty()) made.problems.push_back(sandbox);
    std::set<std::string_view> packages;
    for (const auto& one : {pdfinfo, pdffonts, pdftocairo, pdftoppm, pdftotext, rsvg_convert}) {
        if (!one.installed()) packages.insert(one.package);
    }
    made.documents = sandbox.empty() && packages.empty();
    for (const auto package : packages) {
        made.problems.push_back(fmt::format("no documents: install Debian's package {}", package));
    }
    made.overlay = made.documents && qpdf.installed();
    if (!qpdf.installed()) {
        made.problems.push_back(
            fmt::format("no export of annotated documents: install Debian's package {}", qpdf.package));
    }
    made.office = made.documents && soffice.installed();
    if (!soffice.installed()) {
        made.problems.push_back(
            fmt::format("no files of office programs, only PDF, pictures and text: install Debian's "
                        "packages {}",
                        soffice.package));
    }
    return made;
}

}  // namespace conf::inline v0
