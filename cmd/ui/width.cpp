#include <algorithm>
#include <array>
#include <cstdint>

#include "ui/output.h"

namespace clew::ui {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

bool contains(const auto& ranges, char32_t code) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), code,
                                      [](char32_t c, const Range& r) { return c < r.first; });
  return after != ranges.begin() && code <= (after - 1)->last;
}

/// Marks and format characters that take no column: the blocks of combining marks of Unicode 15,
/// zero-width characters and variation selectors.
constexpr std::array<Range, 22> kZero = {{
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},
    {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948},
    {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
}};

/// Characters of East Asian Width W or F (Unicode Standard Annex 11), by blocks, and emoji.
constexpr std::array<Range, 20> kWide = {{
    {0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec}, {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x26aa, 0x26ab}, {0x2705, 0x2705}, {0x2728, 0x2728}, {0x274c, 0x274c},   {0x2e80, 0x303e},
    {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xa000, 0xa4cf},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd},
}};

/// The code point at the start of `text` and how many bytes it takes; a byte that begins no valid
/// sequence counts for itself.
char32_t decode(std::string_view text, std::size_t& length) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  length = lead < 0x80 ? 1 : lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0x80) return lead;
  char32_t code = lead & (0xffu >> (length + 1));
  bool valid = lead >= 0xc2 && lead < 0xf5 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xc0) == 0x80;
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  if (valid) return code;
  length = 1;
  return 0xfffd;
}

/// The length of the SGR sequence at the start of `text`; 0 where there is none.
std::size_t sequence_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    std::size_t length = sequence_length(text);
    if (length == 0) {
      const char32_t code = decode(text, length);
      width += contains(kZero, code) ? 0 : contains(kWide, code) ? 2 : 1;
    }
    text.remove_prefix(length);
  }
  return width;
}

}  // namespace clew::ui
