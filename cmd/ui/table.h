#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/output.h"

namespace clew::ui {

/// `point`: numbers with their decimal points under one another.
enum class Align { left, right, point };

struct Column {
  std::string title;
  Align align = Align::left;
  bool shrinks = false;  ///< cut with an ellipsis when the terminal is too narrow
};

struct Cell {
  std::string text;  ///< one line of UTF-8, as printable() of ui/values.h makes it
  Label label = Label::plain;
};

/// A table that fits its terminal: headings, columns as wide as needed, two spaces between. On no
/// terminal nothing is cut. Without any title there is no line of headings.
///
/// On a terminal that is too narrow the widest column that shrinks gives way first, down to 8
/// columns of text. A column aligned right or by points holds numbers, and a cut number is a wrong
/// number: only its title is cut. What still does not fit is cut at the right edge.
class Table {
 public:
  /// `indent` spaces stand before each line.
  explicit Table(std::vector<Column> columns, std::size_t indent = 0)
      : columns_(std::move(columns)), indent_(indent) {}
  /// Adds a row. Missing cells at its end are empty.
  void row(std::vector<Cell> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  void print(Output& out) const;

  /// The width of each column in a terminal of `available` columns; 0 is no limit.
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t available) const;

 private:
  /// What a column's cells take before the decimal point and from it on.
  struct Extent {
    std::size_t before = 0;
    std::size_t after = 0;
  };
  [[nodiscard]] Extent extent(std::size_t column) const;
  void print_line(Output& out, const std::vector<Cell>& cells,
                  const std::vector<std::size_t>& widths, const std::vector<std::size_t>& after,
                  std::size_t limit) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  std::size_t indent_ = 0;
};

/// The text, cut and ended with "…" where it is wider than `width` columns.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

/// The text with spaces to `width` columns, before it when aligned to the right.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width,
                                 Align align = Align::left);

}  // namespace clew::ui
