#include "ui/table.h"

#include <algorithm>
#include <numeric>

namespace clew::ui {

namespace {

constexpr std::size_t kGap = 2;    // spaces between columns
constexpr std::size_t kLeast = 8;  // what a shrinking column keeps

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

/// The part of a number before its decimal point; of a text without one, all of it.
std::string_view before_point(std::string_view text) {
  return text.substr(0, text.find('.'));
}

}  // namespace

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  // The longest beginning that leaves room for the ellipsis, combining marks included.
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = i + 1;
    while (next < text.size() && continues_character(text[next]))
      ++next;
    if (display_width(text.substr(0, next)) > width - 1) break;
    end = i = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t width, Align align) {
  const std::size_t taken = display_width(text);
  const std::string spaces(taken < width ? width - taken : 0, ' ');
  return align == Align::left ? std::string(text) + spaces : spaces + std::string(text);
}

void Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

Table::Extent Table::extent(std::size_t column) const {
  Extent extent;
  for (const auto& cells : rows_) {
    const std::string& text = cells[column].text;
    const std::size_t width = display_width(text);
    const bool split = columns_[column].align == Align::point;
    const std::size_t before = split ? display_width(before_point(text)) : width;
    extent.before = std::max(extent.before, before);
    extent.after = std::max(extent.after, width - before);
  }
  return extent;
}

std::vector<std::size_t> Table::widths(std::size_t available) const {
  std::vector<std::size_t> widths;
  std::vector<std::size_t> least;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t title = display_width(columns_[i].title);
    const Extent taken = extent(i);
    const std::size_t content = taken.before + taken.after;
    widths.push_back(std::max(title, content));
    const bool number = columns_[i].align != Align::left;
    const std::size_t bound = number ? std::max(content, std::min(title, kLeast)) : kLeast;
    least.push_back(columns_[i].shrinks ? std::min(widths[i], bound) : widths[i]);
  }
  if (available == 0 || widths.empty()) return widths;

  std::size_t total = std::accumulate(widths.begin(), widths.end(), indent_);
  total += kGap * (widths.size() - 1);
  for (; total > available; --total) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > least[i] && (widest == widths.size() || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    if (widest == widths.size()) break;
    --widths[widest];
  }
  return widths;
}

void Table::print_line(Output& out, const std::vector<Cell>& cells,
                       const std::vector<std::size_t>& widths,
                       const std::vector<std::size_t>& after, std::size_t limit) const {
  // Spaces are written only before a text, so that no line ends with them.
  std::size_t at = 0;
  std::size_t start = indent_;
  for (std::size_t i = 0; i < cells.size(); start += widths[i] + kGap, ++i) {
    std::string text = cut(cells[i].text, widths[i]);
    std::size_t taken = display_width(text);
    std::size_t begin = start;
    if (columns_[i].align != Align::left) begin += widths[i] - taken;
    // Where there are points, a number ends as much further left as it has fewer digits after it.
    if (after[i] > 0) begin -= after[i] - (taken - display_width(before_point(text)));
    if (limit != 0 && begin + taken > limit) {
      text = begin < limit ? cut(text, limit - begin) : "";
      taken = display_width(text);
    }
    if (text.empty()) continue;
    out.write(std::string(begin - at, ' '));
    out.write(cells[i].label, text);
    at = begin + taken;
  }
  out.line();
}

void Table::print(Output& out) const {
  const std::size_t limit = out.terminal() ? out.columns() : 0;
  const std::vector<std::size_t> fitted = widths(limit);
  const auto has_title = [](const Column& column) { return !column.title.empty(); };
  if (std::any_of(columns_.begin(), columns_.end(), has_title)) {
    std::vector<Cell> titles;
    for (const Column& column : columns_)
      titles.push_back({column.title, Label::heading});
    print_line(out, titles, fitted, std::vector<std::size_t>(columns_.size()), limit);
  }
  std::vector<std::size_t> after;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    after.push_back(extent(i).after);
  for (const auto& cells : rows_)
    print_line(out, cells, fitted, after, limit);
}

}  // namespace clew::ui
