/// The table of keys for people: the reference file and the explanation of a key.
#pragma once

#include <conf/result.hpp>

#include <string>
#include <string_view>

namespace conf::config {

/// See `configuration::reference`. `fresh_secret` is put where a program needs one.
[[nodiscard]] std::string reference_text(std::string_view program, std::string_view fresh_secret);

/// See `configuration::explain`.
[[nodiscard]] result<std::string> explanation_of(std::string_view name);

}  // namespace conf::config
