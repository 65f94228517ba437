#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "capture/yaml.h"

namespace clew::capture {

inline constexpr std::uint64_t kMaxParameterFile = 256 << 10;  ///< bytes
inline constexpr std::size_t kMaxParameterLeaves = 1'000;

/// A TOML 1.0 document; dates and times become strings. Throws the source's Error.
[[nodiscard]] Json parse_toml(std::string_view text, const TextSource& source);

/// Lines "name = value" or "name: value", sections "[name]" around them, comments after '#' or ';'
/// at the start of a line or after a space. As in Python's configparser, a line indented deeper
/// than the name above it goes on with that value. Values are words of plain text, or quoted.
/// Throws the source's Error.
[[nodiscard]] Json parse_ini(std::string_view text, const TextSource& source);

}  // namespace clew::capture
