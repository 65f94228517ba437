#include "capture/output_number.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace clew::capture {

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at]))
    ++at;
  return at;
}

std::optional<PrintedNumber> number_at(std::string_view text, std::size_t at) {
  std::size_t digits = at;
  if (char_at(text, at) == '+') digits = ++at;
  if (char_at(text, at) == '-') ++digits;
  const char first = char_at(text, digits);
  if (!is_digit(first) && first != '.' && first != 'n' && first != 'N' && first != 'i' &&
      first != 'I') {
    return std::nullopt;
  }
  PrintedNumber number;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + at, end, number.value);
  if (result.ec != std::errc{}) return std::nullopt;
  number.end = static_cast<std::size_t>(result.ptr - text.data());
  // from_chars also takes "nan(...)": what stands in parentheses is no part of it.
  if (std::isnan(number.value)) number.end = digits + 3;
  const std::string_view body = text.substr(digits, number.end - digits);
  number.integer = body.find_first_not_of("0123456789") == std::string_view::npos;
  // A full stop behind a whole number ends a sentence.
  if (body.size() > 1 && body.back() == '.' && !is_digit(char_at(text, number.end))) {
    --number.end;
    number.integer = body.find('.') + 1 == body.size();
  }
  return number;
}

bool number_ends(std::string_view text, std::size_t at) {
  const char c = char_at(text, at);
  const char next = char_at(text, at + 1);
  switch (c) {
    case '\0':
    case ' ':
    case '\t':
    case ';':
    case '|':
    case ')':
    case ']':
    case '}':
    case '(':
    case '*':
    case '"':
    case '\'':
      return true;
    case ',':  // not "1,000" or a decimal comma
    case ':':  // not a time of day
      return !is_digit(next);
    case '.':  // not a version, an address or the name of a file
      return next == '\0' || is_blank(next);
    case '\xc2':  // plus-minus
      return next == '\xb1';
    default:
      return false;
  }
}

}  // namespace clew::capture
