#include "capture/parameter_values.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace clew::capture {
namespace {

std::size_t digits_at(std::string_view text) {
  const auto* end =
      std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return static_cast<std::size_t>(end - text.begin());
}

/// Is the text "e-3", "E+05" or empty?
bool is_exponent(std::string_view text) {
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return !text.empty() && digits_at(text) == text.size();
}

}  // namespace

std::optional<Json> number_from_word(std::string_view word) {
  std::string_view rest = word;
  if (!rest.empty() && rest[0] == '-') rest.remove_prefix(1);
  const std::size_t whole = digits_at(rest);
  if (whole > 1 && rest[0] == '0') return std::nullopt;
  rest.remove_prefix(whole);
  if (rest.empty() && whole > 0) {
    const auto value = parse_int(word);
    return value ? std::optional<Json>(*value) : std::nullopt;
  }
  std::size_t fraction = 0;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    fraction = digits_at(rest);
    rest.remove_prefix(fraction);
  }
  if (whole + fraction == 0 || !is_exponent(rest)) return std::nullopt;
  const auto value = parse_double(word);
  return value && std::isfinite(*value) ? std::optional<Json>(*value) : std::nullopt;
}

Json value_from_word(std::string_view word) {
  if (word == "true" || word == "True") return true;
  if (word == "false" || word == "False") return false;
  if (word == "null" || word == "None") return nullptr;
  if (auto number = number_from_word(word)) return *std::move(number);
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    try {
      return parse_json(word);
    } catch (const Error&) {
      // A text that only looks like a JSON string is the text that it is.
    }
  }
  return word;
}

}  // namespace clew::capture
