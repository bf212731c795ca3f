/// Pads as files that an office program makes, and as documents of their room.
#pragma once

#include "libconf/host/document_host.hpp"
#include "libconf/net/http_message.hpp"
#include "libconf/pad/rich_text.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace conf::host {

/// Puts a pad's text through the documents' sandbox. Everything runs on one loop.
class pad_files {
public:
    /// `of` has to outlive it, save that it is used no more.
    explicit pad_files(document_host& of) : documents_(of) {}
    pad_files(const pad_files&) = delete;
    pad_files& operator=(const pad_files&) = delete;

    /// What a file is made of.
    struct source {
        std::string room;
        std::string title;
        pads::node text;
    };
    template <class Made>
    using done = std::function<void(const std::variant<Made, documents::problem>&)>;
    using file = std::shared_ptr<const net::http_file>;

    /// `format`: "pdf" or "docx".
    void make(const source& from, std::string_view format, done<file> then);
    /// Its pages as a document of the room, under the pad's title; the number is known before they are
    /// converted.
    void add_slides(const source& from, done<document_number> then);

    /// What is made for one room; another one is refused with `queue_full`, so that no room fills the queue
    /// of all.
    static constexpr std::size_t at_once_max = 4;

private:
    void convert(const source& from, std::string_view format, bool slides,
                 const document_host::text_made& then);

    document_host& documents_;
    std::map<std::string, std::size_t, std::less<>> running_;  // by room
};

/// What a document that a pad became is called: `title` without what no name may have, and ".pdf".
[[nodiscard]] std::string document_name_of(std::string_view title);

}  // namespace conf::host
