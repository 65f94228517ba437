#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace clew {

/// All parts as one string: texts, characters and integers. `concat("line ", 3, ": '", word,
/// '\'')`.
template <typename... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
  std::string out;
  const auto append = [&out](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (std::is_same_v<Part, char>) {
      out.push_back(part);
    } else if constexpr (std::is_integral_v<Part>) {
      out += std::to_string(part);
    } else {
      out += std::string_view(part);
    }
  };
  (append(parts), ...);
  return out;
}

/// The text with each maximal invalid sequence replaced by U+FFFD (Unicode 15, section 3.9).
[[nodiscard]] std::string valid_utf8(std::string_view bytes);
[[nodiscard]] bool is_valid_utf8(std::string_view bytes);
/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string to_lower(std::string_view text);

/// The whole text as a number; nullopt when anything is left over. Doubles also take nan, inf and
/// infinity in any case with a sign. Independent of the locale.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// The fewest digits that read back to the same bits: "0.1", "0.0005", "1e-05", "nan", "inf",
/// "-inf". With an exponent below 0.0001 and from 1e16 on.
[[nodiscard]] std::string shortest(double value);
/// A number for people: up to `digits` significant digits, without trailing zeros.
[[nodiscard]] std::string rounded(double value, int digits = 6);
/// A duration given in microseconds for people: "0.42s", "12.3s", "3m07s", "2h05m", "4d03h".
[[nodiscard]] std::string format_duration(std::int64_t microseconds);
/// A size in bytes for people: "312 B", "4.1 KiB", "12 MiB".
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// Damerau-Levenshtein distance (optimal string alignment), in bytes.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidates that `word` may have been meant as, best first, at most three.
[[nodiscard]] std::vector<std::string> suggestions(std::string_view word,
                                                   std::span<const std::string> candidates);

/// Does `path` match the pattern? '*' and '?' do not cross '/', '**' does, [...] is a class.
/// A pattern without '/' is matched against the last component.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view path);

/// The text as one word of a POSIX shell: quoted only when it needs to be.
[[nodiscard]] std::string shell_quote(std::string_view text);

}  // namespace clew
