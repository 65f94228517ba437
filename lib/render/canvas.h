#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "render/text.h"

namespace clew::render {

/// A rectangle of character cells, each of 2 by 4 dots. Row and dot 0 are at the top. What is drawn
/// later lies on top: a cell has one ink. What lies outside is not drawn.
class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows);

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t dots_across() const { return columns_ * 2; }
  [[nodiscard]] std::size_t dots_down() const { return rows_ * 4; }

  /// The dot at a place of the picture: 0, 0 is its lower left, 1, 1 its upper right corner.
  struct Dot {
    std::int64_t x = 0;
    std::int64_t y = 0;
  };
  [[nodiscard]] Dot at(double x, double y) const;

  void dot(Dot where, Ink ink);
  /// A straight line with both its ends (J. E. Bresenham, IBM Systems Journal 4(1), 1965).
  void line(Dot from, Dot to, Ink ink);
  /// One character of one column's width in place of the dots of a cell.
  void put(std::size_t column, std::size_t row, std::string character, Ink ink);
  /// A text on one row, cut at the right edge; each code point takes a cell.
  void write(std::size_t column, std::size_t row, std::string_view text, Ink ink);

  /// The spans of a row, blanks at its end included.
  [[nodiscard]] TextLine row(std::size_t row) const;

 private:
  struct Cell {
    std::uint8_t dots = 0;
    std::string character;
    Ink ink;
  };
  std::size_t columns_;
  std::size_t rows_;
  std::vector<Cell> cells_;
};

}  // namespace clew::render
