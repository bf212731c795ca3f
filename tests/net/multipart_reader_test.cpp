// Forms are read however they are cut, and hold no more than they must.
#include "libconf/net/multipart_reader.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace conf::net;

namespace {

/// "name|file name|data" of each part; nothing where it is no form.
std::optional<std::vector<std::string>> read(const std::string& body, std::size_t piece,
                                             const std::string& boundary = "B") {
    std::vector<std::string> parts;
    multipart_reader reader(boundary,
                            {[&](const form_part& part) {
                                 parts.push_back(part.name + "|" + part.file_name.value_or("-") + "|");
                             },
                             [&](std::string_view data) { parts.back() += data; }});
    for (std::size_t at = 0; at < body.size(); at += piece) {
        if (!reader.feed(std::string_view(body).substr(at, piece))) return std::nullopt;
    }
    if (!reader.complete()) return std::nullopt;
    return parts;
}

std::string part(const std::string& disposition, const std::string& data) {
    return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\nContent-Type: text/plain\r\n\r\n" +
           data + "\r\n";
}

}  // namespace

TEST_CASE("parts of a form, cut anywhere", "[net][http]") {
    const auto piece =
        GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1000});
    const std::string tricky = "a\r\n--\r\n--A\r\n-\r\n--b\r\n\r\n";
    CHECK(read(part("name=\"x\"", "1") + part("name=\"f\"; filename=\"a b.pdf\"", tricky) + "--B--\r\n",
               piece) == std::vector<std::string>{"x|-|1", "f|a b.pdf|" + tricky});
    CHECK(read("a preamble\r\n" + part("name=f; filename=\"say %22hi%22.pdf\"", "") + "--B--and an epilogue",
               piece) == std::vector<std::string>{"f|say \"hi\".pdf|"});
    CHECK(read("--B--\r\n", piece) == std::vector<std::string>{});
    for (const auto& bad : {std::string(), part("name=\"x\"", "1"), part("name=\"x\"", "1") + "--B-",
                            std::string("--Bx\r\n\r\n\r\n--B--"), std::string("--B\r\nX: y\r\n\r\n\r\n--B--"),
                            std::string("--B\r\nContent-Disposition: attachment\r\n\r\n\r\n--B--")}) {
        INFO(bad);
        CHECK_FALSE(read(bad, piece));
    }
}

TEST_CASE("a form has so many parts, and a head so many bytes", "[net][http]") {
    const auto many = [](std::size_t count) {
        std::string made;
        for (std::size_t i = 0; i < count; ++i) made += part("name=\"x\"", "1");
        return made + "--B--";
    };
    CHECK(read(many(form_parts_max), 100));
    CHECK_FALSE(read(many(form_parts_max + 1), 100));
    const auto long_head = [](std::size_t bytes) {
        const std::string line = "Content-Disposition: form-data; name=\"x\"\r\nX: ";
        return "--B\r\n" + line + std::string(bytes - line.size(), 'y') + "\r\n\r\n1\r\n--B--";
    };
    CHECK(read(long_head(part_head_bytes_max), 100));
    CHECK_FALSE(read(long_head(part_head_bytes_max + 1), 100));
}

TEST_CASE("the boundary stands in the type", "[net][http]") {
    CHECK(form_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(form_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b");
    CHECK(form_boundary("multipart/form-data; boundary=" + std::string(70, 'x')));
    for (const auto& bad : {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
                            std::string("multipart/mixed; boundary=abc"), std::string("text/plain"),
                            std::string(), "multipart/form-data; boundary=" + std::string(71, 'x')}) {
        INFO(bad);
        CHECK_FALSE(form_boundary(bad));
    }
}
