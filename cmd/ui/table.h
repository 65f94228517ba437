#pragma once

#include <string>
#include <vector>

#include "ui/output.h"

namespace clew::ui {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  bool shrinks = false;  ///< cut with an ellipsis when the terminal is too narrow
};

struct Cell {
  std::string text;
  Label label = Label::plain;
};

/// A table that fits its terminal: headings, columns as wide as needed, two spaces between. On no
/// terminal nothing is cut.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void row(std::vector<Cell> cells);
  void print(Output& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace clew::ui
