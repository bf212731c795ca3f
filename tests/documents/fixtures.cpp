#include "tests/documents/fixtures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace conf::test {
namespace {

std::string big(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
}
std::string little16(std::size_t value) {
    return {static_cast<char>(value), static_cast<char>(value >> 8)};
}
std::string little32(std::size_t value) {
    return little16(value & 0xFFFF) + little16(value >> 16);
}

std::string png_chunk(std::string_view type, std::string_view data) {
    const auto covered = std::string(type).append(data);
    return big(static_cast<std::uint32_t>(data.size())) + covered + big(crc32(covered));
}

/// RFC 1950 around RFC 1951 §3.2.4: blocks that are not packed.
std::string zlib_stored(std::string_view data) {
    std::string made("\x78\x01", 2);
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    for (const char c : data) {
        a = (a + static_cast<unsigned char>(c)) % 65521;
        b = (b + a) % 65521;
    }
    do {
        const auto size = std::min<std::size_t>(data.size(), 65535);
        made += data.size() == size ? '\x01' : '\x00';
        made += little16(size) + little16(~size & 0xFFFFU);
        made += data.substr(0, size);
        data.remove_prefix(size);
    } while (!data.empty());
    return made + big(b << 16 | a);
}

std::string png_of(std::uint32_t width, std::uint32_t height, std::string_view data) {
    return "\x89PNG\r\n\x1A\n" +
           png_chunk("IHDR", big(width) + big(height) + std::string("\x08\x02\x00\x00\x00", 5)) +
           png_chunk("IDAT", data) + png_chunk("IEND", "");
}

}  // namespace

std::uint32_t crc32(std::string_view data) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char c : data) {
        crc ^= static_cast<unsigned char>(c);
        for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (0xEDB88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

std::string make_pdf_of(const std::vector<std::string>& objects, std::string_view trailer) {
    std::string made = "%PDF-1.4\n";
    std::vector<std::size_t> places;
    for (const auto& one : objects) {
        places.push_back(made.size());
        made += fmt::format("{} 0 obj\n{}\nendobj\n", places.size(), one);
    }
    const auto table = made.size();
    made += fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
    for (const auto place : places) made += fmt::format("{:010} 00000 n \n", place);
    return made + fmt::format("trailer<</Size {}/Root 1 0 R{}>>\nstartxref\n{}\n%%EOF\n", objects.size() + 1,
                              trailer, table);
}

std::string make_pdf_page(std::string_view content, std::string_view resources, std::string_view extra) {
    return make_pdf_of(
        {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
         fmt::format("<</Type/Page/Parent 2 0 R{}/Resources<<{}>>/Contents 4 0 R>>", extra, resources),
         fmt::format("<</Length {}>>stream\n{}\nendstream", content.size(), content)});
}

std::string make_pdf(std::size_t pages, std::string_view extra) {
    std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>", "",
                                     "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"};
    std::string kids;
    for (std::size_t i = 1; i <= pages; ++i) {
        const auto content = fmt::format("BT /F 32 Tf 60 360 Td (This is page {}) Tj ET", i);
        objects.push_back(fmt::format("<</Length {}>>stream\n{}\nendstream", content.size(), content));
        objects.push_back(
            fmt::format("<</Type/Page/Parent 2 0 R{}/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>", extra,
                        objects.size()));
        kids += fmt::format("{} 0 R ", objects.size());
    }
    objects[1] = fmt::format("<</Type/Pages/Kids[{}]/Count {}>>", kids, pages);
    return make_pdf_of(objects);
}

std::string make_encrypted_pdf() {
    // Values that no password makes, the empty one least of all.
    const std::string o = "<" + std::string(64, 'a') + ">";
    const std::string u = "<" + std::string(64, 'b') + ">";
    return make_pdf_of(
        {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
         "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 450]>>",
         "<</Filter/Standard/V 1/R 2/P -64/O" + o + "/U" + u + ">>"},
        "/Encrypt 4 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]");
}

std::string make_png(std::uint32_t width, std::uint32_t height) {
    std::string rows;
    for (std::uint32_t y = 0; y < height; ++y) {
        rows += '\0';
        for (std::uint32_t x = 0; x < width; ++x) rows.append("\x20\x80\xE0", 3);
    }
    return png_of(width, height, zlib_stored(rows));
}

std::string make_png_head(std::uint32_t width, std::uint32_t height) {
    return png_of(width, height, zlib_stored("nothing"));
}

std::string make_zip(const std::vector<zip_file>& files) {
    std::string made;
    std::string list;
    for (const auto& one : files) {
        const std::size_t says = one.says_bytes != 0 ? one.says_bytes : one.content.size();
        const auto before = one.lies_twice || one.method == 8 ? says : one.content.size();
        const auto place = made.size();
        const auto common = [&](std::size_t unpacked) {
            return little16(20) + little16(0) + little16(one.method) + little32(0) +
                   little32(crc32(one.content)) + little32(one.content.size()) + little32(unpacked) +
                   little16(one.name.size()) + little16(0);
        };
        made += "PK\x03\x04" + common(before) + one.name + one.content;
        list += "PK\x01\x02" + little16(20) + common(says) + little16(0) + little16(0) + little16(0) +
                little32(0) + little32(place) + one.name;
    }
    const auto at = made.size();
    return made + list + "PK\x05\x06" + little32(0) + little16(files.size()) + little16(files.size()) +
           little32(list.size()) + little32(at) + little16(0);
}

namespace {

constexpr std::string_view odf_names =
    "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
    "xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" "
    "xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" "
    "xmlns:xlink=\"http://www.w3.org/1999/xlink\" office:version=\"1.2\"";

std::string make_odf(std::string_view type, std::string_view content) {
    return make_zip(
        {{"mimetype", std::string(type)},
         {"content.xml",
          fmt::format("<?xml version=\"1.0\"?><office:document-content {}><office:body>{}</office:body>"
                      "</office:document-content>",
                      odf_names, content)},
         {"META-INF/manifest.xml",
          fmt::format(
              "<?xml version=\"1.0\"?><manifest:manifest "
              "xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"><manifest:file-entry "
              "manifest:full-path=\"/\" manifest:media-type=\"{}\"/><manifest:file-entry "
              "manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>",
              type)}});
}

}  // namespace

std::string make_odt(std::string_view body) {
    return make_odf("application/vnd.oasis.opendocument.text",
                    fmt::format("<office:text>{}</office:text>", body));
}

std::string make_odp(std::size_t slides) {
    std::string pages;
    for (std::size_t i = 1; i <= slides; ++i) {
        pages += fmt::format(
            "<draw:page draw:name=\"p{0}\"><draw:frame svg:width=\"20cm\" svg:height=\"3cm\" "
            "svg:x=\"2cm\" svg:y=\"2cm\"><draw:text-box><text:p>Slide {0}</text:p></draw:text-box>"
            "</draw:frame></draw:page>",
            i);
    }
    return make_odf("application/vnd.oasis.opendocument.presentation",
                    fmt::format("<office:presentation>{}</office:presentation>", pages));
}

std::string make_docx(std::string_view body, std::string_view relations) {
    constexpr std::string_view package = "http://schemas.openxmlformats.org/package/2006";
    constexpr std::string_view office = "http://schemas.openxmlformats.org/officeDocument/2006";
    return make_zip(
        {{"[Content_Types].xml",
          fmt::format("<?xml version=\"1.0\"?><Types xmlns=\"{}/content-types\"><Default Extension=\"rels\" "
                      "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override "
                      "PartName=\"/word/document.xml\" ContentType=\"application/"
                      "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
                      package)},
         {"_rels/.rels",
          fmt::format(
              "<?xml version=\"1.0\"?><Relationships xmlns=\"{}/relationships\"><Relationship Id=\"r1\" "
              "Type=\"{}/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
              package, office)},
         {"word/_rels/document.xml.rels",
          fmt::format("<?xml version=\"1.0\"?><Relationships xmlns=\"{}/relationships\">{}</Relationships>",
                      package, relations)},
         {"word/document.xml",
          fmt::format(
              "<?xml version=\"1.0\"?><w:document "
              "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
              "xmlns:r=\"{}/relationships\" "
              "xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" "
              "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
              "xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><w:body>{}</w:body>"
              "</w:document>",
              office, body)}});
}

std::string make_jpeg(std::uint16_t width, std::uint16_t height, char orientation, bool little) {
    const auto u16 = [](std::uint32_t value) {
        return std::string{static_cast<char>(value >> 8), static_cast<char>(value)};
    };
    const auto segment = [&](char marker, const std::string& payload) {
        return std::string("\xFF") + marker + u16(static_cast<std::uint32_t>(payload.size() + 2)) + payload;
    };
    using namespace std::string_literals;
    const auto tiff = little ? "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0"s
                             : "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation + "\0\0"s;
    return "\xFF\xD8"s + segment('\xE1', "Exif\0\0"s + tiff) + segment('\xFE', "made at home") +
           segment('\xC0', "\x08"s + u16(height) + u16(width) + "\x01\x01\x11\0"s) +
           segment('\xDA', "\x01\x01\0\0\x3F\0"s) + "scan\xFF\xD9"s;
}

}  // namespace conf::test
