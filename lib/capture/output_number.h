#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

// Numbers as programs print them. Internal to the layer.

namespace clew::capture {

[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// A number in a text.
struct PrintedNumber {
  double value = 0;
  std::size_t end = 0;   ///< the offset behind it
  bool integer = false;  ///< digits alone, with or without a sign
};

/// The number that begins at offset `at`, nan and inf among them; nullopt where there is none. What
/// follows is not looked at.
[[nodiscard]] std::optional<PrintedNumber> number_at(std::string_view text, std::size_t at);

/// Does the number that ends at offset `at` end there for a reader too: not in the middle of a
/// version, date, time, address, unit or ratio?
[[nodiscard]] bool number_ends(std::string_view text, std::size_t at);

/// The offset of the first character from `at` on that is not a blank.
[[nodiscard]] std::size_t skip_blanks(std::string_view text, std::size_t at);

/// The character at an offset, or 0 behind the end.
[[nodiscard]] constexpr char char_at(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

}  // namespace clew::capture
