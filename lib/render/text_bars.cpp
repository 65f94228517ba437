#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "render/text_parts.h"

namespace clew::render::text {
namespace {

/// A bar of `length` columns with an eighth's precision.
std::string solid(double length) {
  constexpr std::array<std::string_view, 8> kParts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::llround(std::max(length, 0.0) * 8));
  std::string bar;
  for (std::size_t i = 0; i < eighths / 8; ++i)
    bar += "█";
  return bar.append(kParts[eighths % 8]);
}

/// A bar whose end is uncertain: dark as far as the value, its interval in another shade on both
/// sides.
std::string uncertain(const Bars::Bar& bar, double scale) {
  const auto column = [scale](double value) {
    return static_cast<std::size_t>(std::llround(std::max(value, 0.0) * scale));
  };
  std::string text;
  for (std::size_t i = 0; i < std::max(column(bar.high), column(bar.value)); ++i) {
    text += i >= column(bar.value) ? "░" : i >= column(bar.low) ? "▓" : "█";
  }
  return text;
}

std::string figure(const Bars::Bar& bar, bool with_interval) {
  std::string text = rounded(bar.value, 3);
  if (with_interval && bar.low < bar.high)
    text += concat("  ", rounded(bar.low, 3), "–", rounded(bar.high, 3));
  return text;
}

}  // namespace

std::vector<TextLine> draw(const Bars& bars, const TextStyle& style, std::size_t rows) {
  std::vector<TextLine> lines;
  if (!bars.title.empty()) lines.push_back({{cut(style, bars.title, style.columns), Ink{}}});
  std::size_t names = 0;
  double most = 0;
  for (const Bars::Bar& bar : bars.bars) {
    names = std::max(names, style.width(bar.name));
    most = std::max({most, bar.value, bar.high});
  }
  names = std::min(names, style.columns / 3);
  const auto room_beside = [&](bool with_interval) {
    std::size_t taken = names + 3;
    std::size_t figures = 0;
    for (const Bars::Bar& bar : bars.bars)
      figures = std::max(figures, style.width(figure(bar, with_interval)));
    taken += figures;
    return style.columns > taken ? style.columns - taken : 0;
  };
  // Where the intervals leave no room for bars they are shown by those alone.
  constexpr std::size_t kShort = 8;
  const bool intervals = room_beside(true) >= kShort;
  const std::size_t room = std::max<std::size_t>(room_beside(intervals), 1);
  const double scale = most > 0 ? static_cast<double>(room) / most : 0;
  const std::size_t space = rows - std::min(rows, lines.size());
  const std::size_t shown =
      bars.bars.size() <= space ? bars.bars.size() : space - std::min<std::size_t>(space, 1);
  for (std::size_t i = 0; i < shown; ++i) {
    const Bars::Bar& bar = bars.bars[i];
    const std::string name = cut(style, bar.name, names);
    const std::string drawn = bar.low < bar.high ? uncertain(bar, scale) : solid(bar.value * scale);
    TextLine line{{concat(right(style, name, names), ' '), Ink{}},
                  {"│", {Ink::Kind::faint, 0}},
                  {drawn, {Ink::Kind::curve, 0}},
                  {concat(' ', figure(bar, intervals)), Ink{}}};
    lines.push_back(std::move(line));
  }
  if (shown < bars.bars.size()) {
    lines.push_back({{concat("… and ", bars.bars.size() - shown, " more"), {Ink::Kind::faint, 0}}});
  }
  if (bars.bars.empty()) lines.push_back({{"no values to show", Ink{}}});
  return lines;
}

}  // namespace clew::render::text
