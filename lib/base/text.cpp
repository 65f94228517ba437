#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

namespace clew {
namespace {

/// How many bytes at the front of `text` form one character: positive; or minus the length of the
/// maximal part that is wrong.
int utf8_step(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte has a narrower range after these leads: no overlong forms, no surrogates.
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  if (lead == 0xed) high = 0x9f;
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || at(i) < low || at(i) > high) return -static_cast<int>(i);
    low = 0x80;
    high = 0xbf;
  }
  return static_cast<int>(length);
}

bool class_contains(std::string_view body, char c) {
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (i + 2 < body.size() && body[i + 1] == '-') {
      if (body[i] <= c && c <= body[i + 2]) return true;
      i += 2;
    } else if (body[i] == c) {
      return true;
    }
  }
  return false;
}

/// Takes a "[...]" off the front of `pattern` and says whether `c` is in it; nullopt when the
/// bracket is never closed and so stands for itself.
std::optional<bool> take_class(std::string_view& pattern, char c) {
  const bool negated = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
  const std::size_t begin = negated ? 2 : 1;
  const std::size_t end = pattern.find(']', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  const bool found = class_contains(pattern.substr(begin, end - begin), c);
  pattern.remove_prefix(end + 1);
  return found != negated;
}

bool match_here(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern.starts_with("**")) {
      pattern.remove_prefix(2);
      // "a/**/b" also matches "a/b".
      if (pattern.starts_with('/') && match_here(pattern.substr(1), path)) return true;
      for (std::size_t i = 0; i <= path.size(); ++i) {
        if (match_here(pattern, path.substr(i))) return true;
      }
      return false;
    }
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t i = 0; i <= path.size(); ++i) {
        if (match_here(pattern, path.substr(i))) return true;
        if (i < path.size() && path[i] == '/') return false;
      }
      return false;
    }
    if (path.empty()) return false;
    if (pattern.front() == '[' && path.front() != '/') {
      if (const auto inside = take_class(pattern, path.front())) {
        if (!*inside) return false;
        path.remove_prefix(1);
        continue;
      }
    }
    if (pattern.front() == '?' ? path.front() == '/' : pattern.front() != path.front())
      return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  return path.empty();
}

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string two_digits(std::int64_t value) {
  return value < 10 ? concat('0', value) : std::to_string(value);
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  // Nearly all texts begin, and end, with ASCII alone.
  const auto ascii =
      std::find_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) != 0; });
  bytes.remove_prefix(static_cast<std::size_t>(ascii - bytes.begin()));
  while (!bytes.empty()) {
    const int step = utf8_step(bytes);
    if (step < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(step));
  }
  return true;
}

std::string valid_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const int step = utf8_step(bytes);
    const auto length = static_cast<std::size_t>(std::abs(step));
    out += step > 0 ? bytes.substr(0, length) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(length);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= group.size() ? kBase64[(word >> (18 - 6 * k)) & 63] : '=';
    }
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t word = 0;
    std::size_t padding = 0;
    for (const char c : text.substr(i, 4)) {
      const std::size_t value = kBase64.find(c);
      if (c == '=' && i + 4 == text.size()) {
        ++padding;
      } else if (value == std::string_view::npos || padding > 0) {
        return std::nullopt;
      }
      word = word << 6 | static_cast<std::uint32_t>(c == '=' ? 0 : value);
    }
    if (padding > 2) return std::nullopt;
    for (std::size_t k = 0; k + padding < 3; ++k)
      out += static_cast<char>(word >> (16 - 8 * k));
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ptr != end) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars leaves the value alone: tell overflow from underflow by the exponent's sign.
    const bool tiny = text.find("e-") != std::string_view::npos ||
                      text.find("E-") != std::string_view::npos || text.find("0.") <= 1;
    const double size = tiny ? 0.0 : HUGE_VAL;
    return text.starts_with('-') ? -size : size;
  }
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::string shortest(double value) {
  char digits[32];
  const double size = std::abs(value);
  // Between these, as Python has it, an exponent would only be harder to read.
  const bool plain = size >= 1e-4 && size < 1e16;
  const auto result =
      plain ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed)
            : std::to_chars(digits, digits + sizeof digits, value);
  return {digits, result.ptr};
}

std::string rounded(double value, int digits) {
  char text[32];
  const auto result =
      std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits);
  return {text, result.ptr};
}

std::string format_duration(std::int64_t microseconds) {
  const double seconds = static_cast<double>(microseconds) / 1e6;
  if (seconds < 59.95) {
    char text[32];
    const int precision = seconds < 9.995 ? 2 : 1;
    const auto result =
        std::to_chars(text, text + sizeof text, seconds, std::chars_format::fixed, precision);
    return std::string(text, result.ptr) + "s";
  }
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return concat(whole / 60, 'm', two_digits(whole % 60), 's');
  if (whole < 86'400) return concat(whole / 3600, 'h', two_digits(whole / 60 % 60), 'm');
  return concat(whole / 86'400, 'd', two_digits(whole / 3600 % 24), 'h');
}

std::string format_size(std::uint64_t bytes) {
  if (bytes < 1024) return concat(bytes, " B");
  static constexpr std::array<std::string_view, 6> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1023.5 && unit + 1 < kUnits.size(); ++unit)
    size /= 1024;
  char text[32];
  const auto result =
      std::to_chars(text, text + sizeof text, size, std::chars_format::fixed, size < 9.95 ? 1 : 0);
  return concat(std::string_view(text, static_cast<std::size_t>(result.ptr - text)), ' ',
                kUnits[unit]);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replace, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = last;
    std::swap(last, row);
  }
  return last[b.size()];
}

std::vector<std::string> suggestions(std::string_view word,
                                     std::span<const std::string> candidates) {
  const std::size_t limit = std::max<std::size_t>(1, std::min<std::size_t>(3, word.size() / 2));
  std::vector<std::pair<std::size_t, std::string>> close;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(to_lower(word), to_lower(candidate));
    const bool extends = word.size() >= 2 && candidate.starts_with(word);
    if (distance <= limit || extends) close.emplace_back(std::min(distance, limit), candidate);
  }
  std::stable_sort(close.begin(), close.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> best;
  for (auto& [distance, candidate] : close) {
    if (best.size() == 3) break;
    if (std::find(best.begin(), best.end(), candidate) == best.end()) best.push_back(candidate);
  }
  return best;
}

bool glob_match(std::string_view pattern, std::string_view path) {
  if (pattern.find('/') == std::string_view::npos && pattern.find("**") == std::string_view::npos) {
    path = path.substr(path.rfind('/') + 1);
  }
  return match_here(pattern, path);
}

std::string shell_quote(std::string_view text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(kSafe) == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out += '\'';
}

}  // namespace clew
