// Files that people upload, and what tools and converters say: none is believed.
#include "libconf/convert/job.hpp"
#include "libconf/convert/tools.hpp"
#include "libconf/documents/archive.hpp"
#include "libconf/documents/file_kind.hpp"
#include "libconf/documents/page_image.hpp"
#include "libconf/documents/stored_file.hpp"
#include "libconf/documents/text_pages.hpp"
#include "tests/fuzz/target.hpp"

#include <string_view>
#include <variant>

namespace fuzz {
namespace {

constexpr std::size_t pages_max = 20;

void look_at_file(bytes file) {
    using namespace conf::documents;
    for (const std::string_view name : {"a.pdf", "a.docx", "a.jpg", "a"}) {
        const auto found = find_kind(name, file, {});
        const auto* const why = std::get_if<problem>(&found);
        require(why == nullptr || !why->message.empty());
    }
    const auto list = read_archive(file);
    if (const auto* const entries = std::get_if<std::vector<archive_entry>>(&list)) {
        std::uint64_t unpacked = 0;
        for (const auto& one : *entries) unpacked += one.unpacked_bytes;
        require(unpacked <= archive_unpacked_bytes_max && entries->size() <= archive_entries_max);
    }
    if (const auto found = read_picture(file)) {
        require(found->width > 0 && found->height > 0 && found->orientation >= 1 && found->orientation <= 8);
        if (found->type == picture_type::jpeg) require(without_metadata(file).size() <= file.size());
    }
}

}  // namespace

/// The first byte says what the rest is.
void target::documents(bytes input) {
    using namespace conf;
    source from(input);
    const auto what = from.u8() % 4;
    const auto rest = from.take(input.size());
    const auto text = as_text(rest);
    if (what == 0) look_at_file(rest);
    if (what == 1) {
        const auto pages = documents::text_pages(text, pages_max);
        require(!pages.empty() && pages.size() <= pages_max + 1);
        (void)documents::is_good_drawing(text);
        (void)documents::is_document_name(text);
    }
    if (what == 2) {
        if (const auto event = convert::read_event(text)) {
            const auto line = convert::write_event(*event);
            require(convert::read_event(std::string_view(line).substr(0, line.size() - 1)).has_value());
        }
        (void)convert::read_job(text);
        (void)convert::read_pdfinfo(text);
    }
    if (what == 3) {
        const auto read = documents::read_record("0000000000000001", text);
        if (read) require(read->state != documents::file_state::ready || !read->pages.empty());
    }
}

}  // namespace fuzz
