/// The version of the headers, and of the library that is running.
#pragma once

#include <conf/export.hpp>

#include <string_view>

#define CONF_VERSION_MAJOR 0
#define CONF_VERSION_MINOR 1
#define CONF_VERSION_PATCH 0
#define CONF_VERSION_STRING "0.1.0"

namespace conf::inline v0 {

/// The version of the library at run time, "MAJOR.MINOR.PATCH". Compare with `CONF_VERSION_STRING` to find
/// out whether the program runs with the library it was compiled for. Thread: any.
[[nodiscard]] CONF_EXPORT std::string_view version() noexcept;

}  // namespace conf::inline v0
