#include "libconf/base/markup.hpp"

#include <catch2/catch.hpp>

using conf::append_escaped;
using conf::escaped;

TEST_CASE("text stays text inside elements and attributes of either quotes", "[base]") {
    CHECK(escaped(R"(<a href="x" title='y'>&)") == "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
    CHECK(escaped("caf\u00e9 \u4f60\u597d").find('&') == std::string::npos);
    std::string to = "<p>";
    append_escaped(to, "1 < 2");
    CHECK(to == "<p>1 &lt; 2");
}

TEST_CASE("what XML does not allow is left out of text", "[base]") {
    std::string all;
    for (char c = 0; c < 0x20; ++c) all += c;
    CHECK(escaped(all) == "\t\n\r");
}
