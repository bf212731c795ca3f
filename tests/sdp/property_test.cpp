// Laws for all descriptions: written and read they are the same; damaged they are refused at a line, or
// answered with something that can be read.
#include "libconf/sdp/negotiate.hpp"
#include "libconf/sdp/write.hpp"
#include "tests/sdp/offers.hpp"
#include "tests/sdp/random_sessions.hpp"
#include "tests/stun/vectors.hpp"

namespace {

using namespace sdp_test;

/// Offers to damage.
std::vector<std::string> seeds() {
    std::vector<std::string> texts{std::string(publisher), player(), simulcast_publisher()};
    for (const auto* folder : {"sdp", "sdp-offers", "sdp-bad"}) {
        for (const auto& path : vectors::files_of(folder)) {
            const auto raw = vectors::read_file(path);
            if (path.extension() == ".sdp" && raw.size() < 20'000) texts.emplace_back(conf::as_text(raw));
        }
    }
    return texts;
}

std::size_t lines_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// Where a random line begins, and its size with its end.
std::pair<std::size_t, std::size_t> some_line(random_source& random, std::string_view text) {
    auto at = text.rfind('\n', random.below(text.size()));
    at = at == std::string_view::npos ? 0 : at + 1;
    return {at, std::min(text.find('\n', at), text.size() - 1) + 1 - at};
}

/// One change: of a byte, a number, a word, a line.
void damage(random_source& random, std::string& text, const std::vector<std::string>& others) {
    if (text.empty()) text = "v=0\r\n";
    switch (random.below(8)) {
        case 0: text[random.below(text.size())] = static_cast<char>(random.below(256)); break;
        case 1: text.erase(random.below(text.size()), 1 + random.below(8)); break;
        case 2: {
            constexpr std::array pieces{"0", "-1",   "128", "65536", "4294967296", "18446744073709551616",
                                        " ", ";",    "=",   ":",     "/",          "~",
                                        ",", "\r\n", "\n",  "*",     "a=",         "m=audio 9 "};
            text.insert(random.below(text.size()), pieces[random.below(pieces.size())]);
            break;
        }
        case 3: {
            const auto digit = text.find_first_of("0123456789", random.below(text.size()));
            if (digit == std::string::npos) break;
            const auto end = std::min(text.find_first_not_of("0123456789", digit), text.size());
            text.replace(digit, end - digit, std::to_string(random.below(300)));
            break;
        }
        case 4: {
            const auto [at, size] = some_line(random, text);
            text.erase(at, size);
            break;
        }
        case 5: {
            const auto [at, size] = some_line(random, text);
            const auto line = text.substr(at, size);
            text.insert(some_line(random, text).first, line);
            break;
        }
        case 6: {
            const auto& other = others[random.below(others.size())];
            if (other.empty()) break;
            const auto [at, size] = some_line(random, other);
            text.insert(some_line(random, text).first, other.substr(at, size));
            break;
        }
        default: text.resize(random.below(text.size() + 1)); break;
    }
}

void check_refusal(const refusal& why, const session& offer) {
    REQUIRE((why.status == 400 || why.status == 422));
    REQUIRE(why.line == 0);
    REQUIRE(why.section <= offer.media.size());
    REQUIRE_FALSE(why.why.empty());
    REQUIRE(why.message().find(why.section == 0 ? "session part" : "section ") == 0);
}

/// Counts what becomes of an offer.
struct tally {
    int parsed = 0;
    int answered = 0;
};

void try_out(const std::string& text, tally& count) {
    const auto read = parse(text);
    if (!read) {
        REQUIRE(read.error().line >= 1);
        REQUIRE(read.error().line <= lines_of(text) + 2);
        REQUIRE_FALSE(read.error().expected.empty());
        REQUIRE(read.error().excerpt.size() <= excerpt_chars_max + 3);
        REQUIRE(is_printable(read.error().excerpt));
        return;
    }
    ++count.parsed;
    const auto again = parse(write(*read));
    INFO((again ? "" : again.error().message()));
    REQUIRE(again);
    REQUIRE(*again == *read);
    for (const auto& got :
         {answer_whip(*read, {}, server()), answer_whep(*read, {}, server(), streams_for(*read))}) {
        if (!got) {
            check_refusal(got.error(), *read);
            continue;
        }
        ++count.answered;
        REQUIRE(got->media.size() == read->media.size());
        REQUIRE_FALSE(changed_meaning(*got, *got));
        const auto answer = parse(write(got->answer));
        INFO((answer ? "" : answer.error().message()));
        REQUIRE(answer);
        REQUIRE(*answer == got->answer);
        const auto part = parse_fragment(write(make_fragment(*got, server())));
        REQUIRE(part);
        REQUIRE(credentials_of(*part));
    }
}

}  // namespace

TEST_CASE("500 random descriptions: written and read they are the same", "[sdp][property]") {
    constexpr std::uint64_t seed = 8866;
    random_source random(seed);
    for (int round = 0; round < 500; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto made = random_session(random);
        const auto text = write(made);
        const auto read = parse(text);
        INFO((read ? "" : read.error().message()));
        REQUIRE(read);
        REQUIRE(*read == made);
        REQUIRE(write(*read) == text);
    }
}

TEST_CASE("500 random fragments: written and read they are the same", "[sdp][property]") {
    constexpr std::uint64_t seed = 8840;
    random_source random(seed);
    for (int round = 0; round < 500; ++round) {
        INFO("seed " << seed << " round " << round);
        const auto made = random_fragment(random);
        const auto read = parse_fragment(write(made));
        INFO((read ? "" : read.error().message()));
        REQUIRE(read);
        REQUIRE(*read == made);
    }
}

TEST_CASE("10 000 damaged offers: refused at a line or section, or answered (SEC-SDP-1)", "[sdp][property]") {
    constexpr std::uint64_t seed = 3264;
    random_source random(seed);
    const auto texts = seeds();
    tally count;
    for (int round = 0; round < 10'000; ++round) {
        INFO("seed " << seed << " round " << round);
        auto text = texts[random.below(texts.size())];
        for (auto changes = random.below(5); changes > 0; --changes) damage(random, text, texts);
        // Cut to size, so that a sanitizer sees one byte too far.
        text.shrink_to_fit();
        try_out(text, count);
    }
    // Most are refused; the others go all the way.
    CHECK(count.parsed > 2000);
    CHECK(count.answered > 500);
}
