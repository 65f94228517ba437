#include "render/canvas.h"

#include <cmath>
#include <cstdlib>

namespace clew::render {
namespace {

/// The bits of a braille pattern (Unicode 15, chapter 21.1) for the dots of a cell, by row and
/// column.
constexpr std::uint8_t kBits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

/// U+2800 and following in UTF-8.
std::string braille(std::uint8_t dots) {
  return {'\xe2', static_cast<char>(0xa0 | (dots >> 6)), static_cast<char>(0x80 | (dots & 0x3f))};
}

}  // namespace

Canvas::Canvas(std::size_t columns, std::size_t rows)
    : columns_(columns), rows_(rows), cells_(columns * rows) {}

Canvas::Dot Canvas::at(double x, double y) const {
  const auto across = static_cast<double>(dots_across() - 1);
  const auto down = static_cast<double>(dots_down() - 1);
  return {std::llround(x * across), std::llround((1 - y) * down)};
}

void Canvas::dot(Dot where, Ink ink) {
  if (where.x < 0 || where.y < 0) return;
  const auto x = static_cast<std::size_t>(where.x);
  const auto y = static_cast<std::size_t>(where.y);
  if (x >= dots_across() || y >= dots_down()) return;
  Cell& cell = cells_[y / 4 * columns_ + x / 2];
  cell.dots |= kBits[y % 4][x % 2];
  cell.ink = ink;
}

void Canvas::line(Dot from, Dot to, Ink ink) {
  const std::int64_t across = std::llabs(to.x - from.x);
  const std::int64_t down = -std::llabs(to.y - from.y);
  const std::int64_t right = from.x < to.x ? 1 : -1;
  const std::int64_t below = from.y < to.y ? 1 : -1;
  std::int64_t error = across + down;
  for (;;) {
    dot(from, ink);
    if (from.x == to.x && from.y == to.y) return;
    const std::int64_t twice = 2 * error;
    if (twice >= down) {
      error += down;
      from.x += right;
    }
    if (twice <= across) {
      error += across;
      from.y += below;
    }
  }
}

void Canvas::put(std::size_t column, std::size_t row, std::string character, Ink ink) {
  if (column >= columns_ || row >= rows_) return;
  Cell& cell = cells_[row * columns_ + column];
  cell.character = std::move(character);
  cell.ink = ink;
}

void Canvas::write(std::size_t column, std::size_t row, std::string_view text, Ink ink) {
  while (!text.empty()) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
      ++length;
    put(column++, row, std::string(text.substr(0, length)), ink);
    text.remove_prefix(length);
  }
}

TextLine Canvas::row(std::size_t row) const {
  TextLine line;
  for (std::size_t column = 0; column < columns_; ++column) {
    const Cell& cell = cells_[row * columns_ + column];
    std::string text = !cell.character.empty() ? cell.character
                       : cell.dots != 0        ? braille(cell.dots)
                                               : " ";
    const Ink ink = text == " " ? Ink{} : cell.ink;
    if (!line.empty() && line.back().ink == ink) {
      line.back().text += text;
    } else {
      line.push_back({std::move(text), ink});
    }
  }
  return line;
}

}  // namespace clew::render
