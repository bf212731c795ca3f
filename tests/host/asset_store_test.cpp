// Pictures of rooms on the disk: what is taken, how much of it, and what is not told with it.
#include "libconf/host/asset_store.hpp"

#include "libconf/base/bytes.hpp"
#include "libconf/documents/picture.hpp"
#include "tests/documents/fixtures.hpp"
#include "tests/net/temp_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace conf;
using namespace conf::host;
using documents::problem;
using documents::problem_code;
using test::make_jpeg;
using test::make_png;
using test::temp_folder;

namespace {

struct shelf {
    temp_folder folder;
    asset_store store{folder.file("assets")};
    documents::limits within{};

    std::variant<std::string, problem> adopt(const std::string& content,
                                             const std::string& room = "algebra") {
        const auto path = folder.write("upload", content);
        auto made = store.adopt(path, room, within);
        CHECK_FALSE(std::filesystem::exists(path));
        return made;
    }
    std::string good(const std::string& content, const std::string& room = "algebra") {
        return std::get<std::string>(adopt(content, room));
    }
    problem_code bad(const std::string& content) { return std::get<problem>(adopt(content)).code; }
    [[nodiscard]] std::string read(const std::string& id) const {
        std::ifstream from(store.path("algebra", id), std::ios::binary);
        return {std::istreambuf_iterator<char>(from), {}};
    }
};

}  // namespace

TEST_CASE("a picture is there once, in its room", "[host]") {
    shelf on;
    const auto id = on.good(make_png(3, 2));
    CHECK(is_asset(id));
    CHECK(media_type_of_asset(id) == "image/png");
    CHECK(on.good(make_png(3, 2)) == id);
    CHECK(on.good(make_png(2, 3)) != id);
    CHECK(on.read(id) == make_png(3, 2));
    CHECK(on.store.has("algebra", id));
    CHECK_FALSE(on.store.has("physics", id));
    CHECK_FALSE(on.store.has("algebra", "../algebra/" + id));
    const auto addresses = on.store.addresses("algebra", {id, "nothing", on.good(make_png(9, 9))}, 100);
    REQUIRE(addresses.size() == 1);  // the other one is too much
    CHECK(addresses.begin()->second.starts_with("data:image/png;base64,iVBOR"));
    on.store.forget("algebra");
    CHECK_FALSE(on.store.has("algebra", id));
}

TEST_CASE("what is no picture, or a huge one, is no asset", "[host]") {
    shelf on;
    CHECK(on.bad("") == problem_code::unknown_kind);
    CHECK(on.bad("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>") == problem_code::unknown_kind);
    on.within.pixels_max = 100;
    CHECK(std::holds_alternative<std::string>(on.adopt(make_png(10, 10))));
    CHECK(on.bad(test::make_png_head(10, 11)) == problem_code::too_many_pixels);
}

TEST_CASE("a room has so many pictures and no more", "[host]") {
    shelf on;
    for (std::uint32_t each = 1; each <= documents::assets_per_room_max; ++each)
        (void)on.good(make_png(1, each));
    CHECK(on.bad(make_png(2, 1)) == problem_code::room_full);
    CHECK(std::holds_alternative<std::string>(on.adopt(make_png(1, 7))));  // is there
    CHECK(std::holds_alternative<std::string>(on.adopt(make_png(2, 1), "physics")));
    on.within.room_bytes_max = make_png(2, 1).size() + make_png(2, 2).size();
    CHECK(std::holds_alternative<std::string>(on.adopt(make_png(2, 2), "physics")));
    CHECK(std::get<problem>(on.adopt(make_png(2, 3), "physics")).limit == "room_bytes");
}

TEST_CASE("a photograph tells which side is up, and nothing of its maker", "[host]") {
    shelf on;
    const auto orientation = GENERATE('\1', '\6', '\x8');
    const auto file = on.read(on.good(make_jpeg(400, 300, orientation)));
    CHECK(
        documents::read_picture(as_bytes(file)) ==
        documents::picture{documents::picture_type::jpeg, 400, 300, static_cast<std::uint8_t>(orientation)});
    CHECK(file.find("made at home") == std::string::npos);
}
