// Files become pages, one after the other; what must not become pages becomes a sentence, and nothing is
// left.
#include "tests/convert/converting.hpp"
#include "tests/documents/fixtures.hpp"

#include "libconf/convert/tools.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <fmt/format.h>

#include <thread>

using namespace conf;
using namespace conf::convert;
using test::has_sandbox;
using test::workplace;

TEST_CASE("a PDF becomes pages with vectors, thumbnails and text", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto made = at.pages("talk.pdf", test::make_pdf(3));
    REQUIRE(made.done);
    REQUIRE(made.events.size() == 6);
    CHECK(std::get<kind_event>(made.events[0]).kind == "pdf");
    const auto papers = std::get<pages_event>(made.events[1]).papers;
    REQUIRE(papers.size() == 3);
    const auto pages = made.all<page_event>();
    REQUIRE(pages.size() == 3);
    for (std::uint32_t i = 0; i < 3; ++i) {
        CHECK(pages[i].page == i + 1);
        CHECK(papers[i].width == 600);
        CHECK(papers[i].height == 450);
        CHECK_FALSE(pages[i].picture);
        CHECK(at.read(fmt::format("{}.txt", i + 1)).find(fmt::format("This is page {}", i + 1)) == 0);
        CHECK(at.read(fmt::format("{}.svg", i + 1)).find("viewBox=\"0 0 600 450\"") != std::string::npos);
        const auto small = documents::read_picture(as_bytes(at.read(fmt::format("{}.png", i + 1))));
        REQUIRE(small);
        CHECK(std::max(small->width, small->height) == documents::thumbnail_px);
    }
    CHECK(at.made() == std::set<std::string>{"1.png", "1.svg", "1.txt", "2.png", "2.svg", "2.txt", "3.png",
                                             "3.svg", "3.txt", "document.pdf"});
}

TEST_CASE("pictures, drawings and text become pages without an office program", "[convert]") {
    if (!has_sandbox()) return;
    struct easy_case {
        std::string name;
        std::string content;
        std::uint32_t pages;
        std::string text;
    };
    const auto c = GENERATE(values<easy_case>({
        {"a.png", test::make_png(60, 40), 1, ""},
        {"a.svg",
         "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'><rect width='2' height='2'/></svg>", 1,
         ""},
        {"a.txt", "hello caf\xC3\xA9\fsecond", 2, "hello caf\xC3\xA9"},
    }));
    INFO(c.name);
    const workplace at;
    const auto made = at.pages(c.name, c.content);
    REQUIRE(made.done);
    CHECK(made.all<page_event>().size() == c.pages);
    CHECK(at.read("1.txt").find(c.text) != std::string::npos);
    CHECK(at.read("1.svg").starts_with("<"));
}

TEST_CASE("pages that are dear as vectors become pictures", "[convert]") {
    if (!has_sandbox()) return;
    std::string content;
    for (int i = 0; i < 20'000; ++i) {  // short strokes: many as vectors, quick to draw
        content +=
            fmt::format("0.{:02} g {} {} m {} {} l S\n", i % 100, i % 600, i % 450, i % 600 + 3, i % 450 + 2);
    }
    const auto type3 = test::make_pdf_of(
        {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
         "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 450]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
         "<</Length 30>>stream\nBT /F 40 Tf 99 99 Td (a) Tj ET \nendstream",
         "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 97/LastChar "
         "97/Widths[9]/Encoding<</Type/Encoding/Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<<>>>>",
         "<</Length 24>>stream\n9 0 0 0 9 9 d1 0 0 9 9 re f\nendstream"});
    const workplace at;
    for (const auto& file : {test::make_pdf_page(content, ""), type3}) {
        const auto made = at.pages("talk.pdf", file);
        REQUIRE(made.done);
        REQUIRE(made.all<page_event>().size() == 1);
        CHECK(made.all<page_event>()[0].picture);
        CHECK_FALSE(made.all<page_event>()[0].missing);
        CHECK(at.read("1.svg").find("data:image/") != std::string::npos);
        std::filesystem::remove_all(at.out);
        std::filesystem::create_directory(at.out);
    }
}

TEST_CASE("what a page shows is its crop box, upright", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto made =
        at.pages("talk.pdf", test::make_pdf(1, "/MediaBox[0 0 900 900]/CropBox[100 100 500 400]/Rotate 90"));
    REQUIRE(made.done);
    CHECK(made.all<pages_event>()[0].papers[0].width == 300);
    CHECK(made.all<pages_event>()[0].papers[0].height == 400);
    CHECK(at.read("1.svg").find("viewBox=\"0 0 300 400\"") != std::string::npos);
}

TEST_CASE("SEC-DOC-3: hostile files end with a sentence and nothing on the disk", "[convert]") {
    struct hostile_case {
        std::string name;
        std::string content;
        std::string code;
        std::string limits = "{}";
    };
    const auto c = GENERATE(values<hostile_case>({
        {"a.pdf", test::make_encrypted_pdf(), "encrypted"},
        {"a.pdf", test::make_png(2, 2), "lying_name"},
        {"a.pdf", "%PDF-1.4\nnothing", "broken"},
        {"a.pdf", test::make_pdf(3).substr(0, 300), "broken"},
        {"a.pdf", test::make_pdf(4), "too_many_pages", R"({"pages":3})"},
        {"a.pdf", test::make_pdf(4), "too_large", R"({"bytes":100})"},
        // A tree of pages that contains itself.
        {"a.pdf",
         test::make_pdf_of(
             {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000>>"}),
         "broken"},
        {"a.pdf",
         test::make_pdf_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 1000000>>"}),
         "broken"},
        {"a.png", test::make_png_head(10'000, 10'000), "too_many_pixels"},
        {"a.odt",
         test::make_zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
                         {"content.xml", std::string(1000, 'x'), 200'000'000, 8}}),
         "archive_too_large"},
        {"a.odt", test::make_odt("<text:p/>").substr(0, 400), "broken"},
        {"a.txt", std::string(300, '\f'), "too_many_pages"},
        {"a.eps", "%!PS-Adobe-3.0", "refused_kind"},
    }));
    INFO(c.name << ": " << c.code);
    const workplace at;
    const auto made = at.pages(c.name, c.content, c.limits);
    CHECK_FALSE(made.done);
    CHECK(at.made().empty());
    const auto problems = made.all<documents::problem>();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message.size() > 20);
    if (!has_sandbox()) {
        CHECK(made.code() == "no_sandbox");
        return;
    }
    if (c.content.starts_with("%PDF-1.4") && c.code == "broken") {
        // Poppler repairs what it can, or gives up: neither hangs.
        CHECK((made.code() == "broken" || made.code() == "too_many_pages"));
    } else {
        CHECK(made.code() == c.code);
    }
    if (c.code == "too_many_pages" || c.code == "too_large") CHECK_FALSE(problems[0].limit.empty());
}

TEST_CASE("a picture that is a lie behind its header is broken", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto made = at.pages("a.png", test::make_png_head(300, 300));
    // It may be shown as far as it goes; what counts is that it ends.
    if (!made.done) CHECK(at.made().empty());
}

TEST_CASE("a job that nobody waits for is cancelled and cleaned up", "[convert]") {
    if (!has_sandbox()) return;
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const descriptor read_end(ends[0]);
    descriptor(ends[1]).reset();
    const workplace at;
    const auto made = at.pages("a.pdf", test::make_pdf(50), "{}", read_end.get());
    CHECK(made.code() == "cancelled");
    CHECK(at.made().empty());
}

TEST_CASE("a job has so much time in all", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto made = at.pages("a.pdf", test::make_pdf(2), R"({"seconds":0})");
    CHECK(made.code() == "too_slow");
    CHECK(at.made().empty());
}

TEST_CASE("office files say what is missing, or become pages without fetching anything", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    if (!soffice.installed()) {
        const auto made = at.pages("a.odp", test::make_odp(2));
        CHECK(made.code() == "office_missing");
        CHECK(made.all<documents::problem>()[0].message.find("libreoffice-impress-nogui") !=
              std::string::npos);
        CHECK(at.made().empty());
        WARN("LibreOffice is not installed, so only its absence was tried");
        return;
    }
    const descriptor listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof local;
    REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0);
    REQUIRE(::listen(listening.get(), 8) == 0);
    REQUIRE(::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&local), &size) == 0);
    const auto secret = at.folder.write("secret.png", test::make_png(64, 64));
    const auto image = [](const std::string& where) {
        return fmt::format(
            "<text:p>before<draw:frame svg:width=\"3cm\" svg:height=\"3cm\"><draw:image "
            "xlink:href=\"{}\" xlink:type=\"simple\" xlink:show=\"embed\" "
            "xlink:actuate=\"onLoad\"/></draw:frame></text:p>",
            where);
    };
    const auto http = fmt::format("http://127.0.0.1:{}/x.png", ntohs(local.sin_port));
    const auto made = at.pages("a.odt", test::make_odt(image(http) + image("file://" + secret)));
    REQUIRE(made.done);
    CHECK(at.read("1.txt").find("before") != std::string::npos);
    pollfd one{listening.get(), POLLIN, 0};
    CHECK(poll(&one, 1, 0) == 0);
    // The picture's blue is in no page.
    CHECK(at.read("1.svg").find("data:image") == std::string::npos);
}

TEST_CASE("one page is drawn again as wide as somebody wants it", "[convert]") {
    if (!has_sandbox()) return;
    const workplace at;
    const auto in = at.folder.write("d.pdf", test::make_pdf(2));
    const auto job = [&](int page) {
        return fmt::format(R"({{"job":"picture","in":"{}","page":{},"width":320,"out":"{}"}})", in, page,
                           at.out);
    };
    REQUIRE(test::run_job(job(2)).done);
    const auto made = documents::read_picture(as_bytes(at.read("picture.png")));
    REQUIRE(made);
    CHECK(made->width == 320);
    CHECK(made->height == 240);
    std::filesystem::remove(at.out + "/picture.png");
    CHECK(test::run_job(job(3)).code() == "broken");
    CHECK(at.made().empty());
}

TEST_CASE("a converter takes jobs from a socket, of this user", "[convert]") {
    const workplace at;
    const auto path = at.folder.file("socket");
    std::array<int, 2> stop{};
    REQUIRE(pipe(stop.data()) == 0);
    const descriptor stop_read(stop[0]);
    descriptor stop_write(stop[1]);
    result<void> ended;
    std::thread server([&] { ended = serve_conversions({path, 1}, stop_read.get()); });
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto ask = [&](const std::string& job) {
        const descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        while (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
               0) {
            std::this_thread::yield();
        }
        REQUIRE(write_all(connection.get(), job + "\n"));
        std::string answer;
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto count = ::read(connection.get(), buffer.data(), buffer.size());
            if (count <= 0) return answer;
            answer.append(buffer.data(), static_cast<std::size_t>(count));
        }
    };
    CHECK(ask(R"({"job":"check"})").find(R"("event":"abilities")") != std::string::npos);
    CHECK(ask("nonsense").find(R"("code":"failed")") != std::string::npos);
    const auto in = at.folder.write("upload", test::make_pdf(2));
    const auto pages =
        ask(fmt::format(R"({{"job":"pages","in":"{}","name":"a.pdf","out":"{}"}})", in, at.out));
    if (has_sandbox()) CHECK(pages.ends_with("{\"event\":\"done\"}\n"));
    stop_write.reset();
    server.join();
    CHECK(ended);
    CHECK_FALSE(std::filesystem::exists(path));
}
