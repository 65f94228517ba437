#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "render/canvas.h"
#include "render/chart.h"
#include "render/scale.h"
#include "render/text.h"

// The pieces that the pictures for terminals share. Internal to render.

namespace clew::render::text {

inline constexpr Ink kFaint{Ink::Kind::faint, 0};

/// A style with its bounds kept and its measure of texts there.
[[nodiscard]] TextStyle settled(TextStyle style);

/// The text cut to `width` columns, ended with "…" where something is missing.
[[nodiscard]] std::string cut(const TextStyle& style, std::string_view text, std::size_t width);
/// The text with blanks before it to `width` columns.
[[nodiscard]] std::string right(const TextStyle& style, std::string_view text, std::size_t width);

/// Takes the blanks off the end of a line.
void trim_end(TextLine& line);

/// What marks the curve `number` where colours do not: a shape, or a letter from the 9th on.
[[nodiscard]] std::string marker(std::size_t number);

/// What a curve has in the legend: its symbol and its name.
struct Entry {
  std::string symbol;
  Ink ink;
  std::string name;
};
/// The entries side by side, in columns of equal width, on at most `most` lines; the last entry
/// says how many have no room.
[[nodiscard]] std::vector<TextLine> legend(const TextStyle& style,
                                           const std::vector<Entry>& entries, std::size_t most);

/// A row of labels, each centred on a column where there is room, none over another.
class LabelRow {
 public:
  LabelRow(const TextStyle& style, std::size_t columns) : style_(style), columns_(columns) {}
  /// False when the label has no room.
  bool add(std::size_t column, const std::string& label, Ink ink = {Ink::Kind::faint, 0});
  [[nodiscard]] TextLine line() const;

 private:
  struct Label {
    std::size_t begin;
    std::size_t end;
    std::string text;
    Ink ink;
  };
  const TextStyle& style_;
  std::size_t columns_;
  std::vector<Label> labels_;  // from left to right
};

/// The picture of each kind in `rows` lines at most, without title and notes.
[[nodiscard]] std::vector<TextLine> draw(const Plot& plot, const TextStyle& style,
                                         std::size_t rows);
[[nodiscard]] std::vector<TextLine> draw(const Parallel& parallel, const TextStyle& style,
                                         std::size_t rows);
[[nodiscard]] std::vector<TextLine> draw(const Bars& bars, const TextStyle& style,
                                         std::size_t rows);

}  // namespace clew::render::text
