/// The browser's pages, as the build put them into the program: apps/web.
#pragma once

#include <conf/files.hpp>

namespace conf::apps {

[[nodiscard]] embedded_files pages() noexcept;

}  // namespace conf::apps
