/// Files as people upload them, and as people should not, made from nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace conf::test {

/// A PDF with a line of text on each page; `extra` goes into each page's dictionary.
[[nodiscard]] std::string make_pdf(std::size_t pages, std::string_view extra = "/MediaBox[0 0 600 450]");
/// The same around a content stream and resources of one's own, one page.
[[nodiscard]] std::string make_pdf_page(std::string_view content, std::string_view resources,
                                        std::string_view extra = "/MediaBox[0 0 600 450]");
/// From the objects' texts; the first is the catalogue. `trailer`: more of the trailer's dictionary.
[[nodiscard]] std::string make_pdf_of(const std::vector<std::string>& objects, std::string_view trailer = {});
/// Opens with no password (RC4, 40 bit; ISO 32000-1 §7.6).
[[nodiscard]] std::string make_encrypted_pdf();

/// A picture of one colour, RGB, not packed.
[[nodiscard]] std::string make_png(std::uint32_t width, std::uint32_t height);
/// The header of a huge picture with next to nothing behind it.
[[nodiscard]] std::string make_png_head(std::uint32_t width, std::uint32_t height);

/// Start, an Exif with that orientation, a frame header, a comment, and a scan of nothing.
[[nodiscard]] std::string make_jpeg(std::uint16_t width, std::uint16_t height, char orientation,
                                    bool little = false);

struct zip_file {
    std::string name;
    std::string content;
    std::uint32_t says_bytes = 0;  ///< unpacked, by the archive's list; 0: the truth
    std::uint16_t method = 0;      ///< 8: the content is deflated already
    bool lies_twice = false;       ///< before the entry, too
};
[[nodiscard]] std::string make_zip(const std::vector<zip_file>& files);

/// A text document of OpenDocument with that body, in XML.
[[nodiscard]] std::string make_odt(std::string_view body);
/// A text document of Office Open XML; `relations`: more of the document's relationships.
[[nodiscard]] std::string make_docx(std::string_view body, std::string_view relations = {});
/// Slides with a title each.
[[nodiscard]] std::string make_odp(std::size_t slides);

[[nodiscard]] std::uint32_t crc32(std::string_view data);

}  // namespace conf::test
