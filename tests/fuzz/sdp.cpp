// Session descriptions: what parses is bounded and written anew it is the same (SEC-SDP-1, SEC-SDP-4);
// reading costs what the text is long (SEC-SDP-3); an answer can be read, and a refusal says where.
#include "libconf/sdp/limits.hpp"
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/parse.hpp"
#include "libconf/sdp/text.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {
namespace {

using namespace conf::sdp;

/// Each character is looked at a few times, each entry of a list compared with a few others.
constexpr std::size_t steps_each_byte_max = 16;

const server_parameters& server() {
    static const server_parameters made{
        .session_id = 1,
        .session_version = 1,
        .ufrag = "ufragufr",
        .pwd = "passwordpasswordpasswordpassword",
        .certificate = {hash_function::sha256, std::vector(32, std::byte{1})},
        .candidates = {{.foundation = "1",
                        .priority = 1,
                        .ip = conf::ip_address::v4(0xCB007107),
                        .name = {},
                        .port = 40000,
                        .tcp = {}}},
    };
    return made;
}

void check_error(const parse_error& why, std::string_view text) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    require(why.line >= 1 && why.line <= lines + 2);
    require(!why.expected.empty() && is_printable(why.expected));
    require(why.excerpt.size() <= excerpt_chars_max + 3 && is_printable(why.excerpt));
}

void check_bounds(const session& made) {
    require(made.media.size() <= sections_max && made.groups.size() <= lines_per_section_max);
    for (const auto& section : made.media) {
        require(section.mid.empty() || is_identifier(section.mid));
        require(section.formats.size() <= 128);
        require(section.candidates.size() <= candidates_per_section_max);
        require(section.rids.size() <= rids_per_section_max);
        require(section.ssrcs.size() <= ssrcs_per_section_max);
        require(section.fingerprints.size() <= fingerprints_per_section_max);
        for (const auto& rid : section.rids) require(is_identifier(rid.id));
        for (const auto& format : section.formats) require(format.payload_type <= 127);
        for (const auto& extension : section.extensions) require(extension.id != 0);
    }
}

/// Written and read again; only the lines that are always written may lift it above a limit.
template <class Model, class Parse>
void check_round_trip(const Model& made, Parse&& parse_again) {
    const auto text = write(made);
    const auto again = parse_again(text);
    if (!again) {
        require(again.error().expected.starts_with("at most"));
        return;
    }
    require(*again == made);
    require(write(*again) == text);
}

void check_answer(const outcome<negotiated, refusal>& got, const session& offer) {
    if (!got) {
        const auto& why = got.error();
        require(why.status == 400 || why.status == 422);
        require(why.section <= offer.media.size() && !why.why.empty() && !why.message().empty());
        return;
    }
    require(got->media.size() == offer.media.size() && got->answer.media.size() == offer.media.size());
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        const auto& media = got->media[i];
        require(media.mid == offer.media[i].mid && !media.codecs.empty() && media.rids.size() <= 3);
        for (const auto& format : got->answer.media[i].formats) {
            require(std::ranges::find(offer.media[i].formats, format.payload_type,
                                      &payload_format::payload_type) != offer.media[i].formats.end());
        }
    }
    require(!changed_meaning(*got, *got));
    const auto answer = parse(write(got->answer));
    require(answer && *answer == got->answer);
    const auto part = parse_fragment(write(make_fragment(*got, server())));
    require(part && credentials_of(*part).has_value());
}

}  // namespace

void target::sdp(bytes input) {
    const auto text = conf::as_text(input);
    std::size_t steps = 0;
    const auto part = parse_fragment(text, &steps);
    require(steps <= (text.size() + 64) * steps_each_byte_max);
    if (part) {
        check_round_trip(*part, [](std::string_view again) { return parse_fragment(again); });
        static_cast<void>(credentials_of(*part));
    } else {
        check_error(part.error(), text);
    }

    const auto read = parse(text, &steps);
    require(steps <= (text.size() + 64) * steps_each_byte_max);
    if (!read) {
        check_error(read.error(), text);
        return;
    }
    check_bounds(*read);
    check_round_trip(*read, [](std::string_view again) { return parse(again); });
    static const capabilities ours;
    const std::vector<sent_stream> streams(
        read->media.size(), {.ssrc = 1, .rtx_ssrc = 2, .cname = "cname", .msid = {"stream", "track"}});
    // Each takes as long as everything above, so an input gets one of them.
    if (text.size() % 2 == 0) {
        check_answer(answer_whip(*read, ours, server()), *read);
    } else {
        check_answer(answer_whep(*read, ours, server(), streams), *read);
    }
}

}  // namespace fuzz
