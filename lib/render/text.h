#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "render/chart.h"

// Charts for terminals, of braille dots (Unicode block 2800), block elements and box drawing.

namespace clew::render {

/// What a piece of a picture is; whoever prints it gives it a colour.
struct Ink {
  enum class Kind {
    plain,
    faint,    ///< axes, and curves that were smoothed
    heading,  ///< the title
    curve,    ///< of the curve `number`, counted modulo TextStyle::colors
    shade,    ///< `number` from 0 (low) to kShades - 1 (high)
  };
  Kind kind = Kind::plain;
  std::size_t number = 0;
  friend bool operator==(const Ink&, const Ink&) = default;
};

/// The shades of the lines of parallel coordinates.
inline constexpr std::size_t kShades = 5;

struct Span {
  std::string text;
  Ink ink;
};
using TextLine = std::vector<Span>;

struct TextStyle {
  std::size_t columns = 80;  ///< 24 or more, below which pictures do not get narrower
  std::size_t rows = 24;     ///< of the whole picture; 10 or more
  /// How many curves can be told apart by colour. Beyond that, and with 0, they carry markers.
  std::size_t colors = 0;
  /// How many columns a text takes; by default one per code point.
  std::function<std::size_t(std::string_view)> width;
};

/// The picture, line by line; no line has blanks at its end or is wider than `style.columns`, and
/// there are at most `style.rows` of them (more only where notes alone take more).
[[nodiscard]] std::vector<TextLine> draw_text(const Chart& chart, const TextStyle& style);

/// A series as one line of block elements (E. Tufte's sparklines), the lowest value at the bottom;
/// the newest `columns` of the values, blanks where one is NaN or infinite.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, std::size_t columns);

}  // namespace clew::render
