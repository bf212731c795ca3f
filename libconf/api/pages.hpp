/// The files of libconf/api/pages, which the build puts into the library.
#pragma once

#include "libconf/net/static_files.hpp"

#include <string_view>

namespace conf::api {

/// What is served as it is, and the pages that `fill_page` completes. Any thread.
[[nodiscard]] net::static_file_table pages() noexcept;

/// The bytes of one of them. Precondition: it is there.
[[nodiscard]] inline std::string_view page_file(std::string_view name) noexcept {
    return net::find_static_file(pages(), name).content;
}

}  // namespace conf::api
