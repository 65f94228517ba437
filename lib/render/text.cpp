#include "render/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "render/text_parts.h"

namespace clew::render {

namespace text {
namespace {

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

TextStyle settled(TextStyle style) {
  style.columns = std::max<std::size_t>(style.columns, 24);
  style.rows = std::max<std::size_t>(style.rows, 10);
  if (!style.width) style.width = code_points;
  return style;
}

std::string cut(const TextStyle& style, std::string_view text, std::size_t width) {
  if (style.width(text) <= width) return std::string(text);
  std::string kept;
  std::size_t end = 0;
  for (std::size_t next = 1; next <= text.size(); ++next) {
    const bool whole =
        next == text.size() || (static_cast<unsigned char>(text[next]) & 0xc0) != 0x80;
    if (!whole) continue;
    if (style.width(text.substr(0, next)) + 1 > width) break;
    end = next;
  }
  return concat(text.substr(0, end), "…");
}

std::string right(const TextStyle& style, std::string_view text, std::size_t width) {
  const std::size_t own = style.width(text);
  return std::string(width > own ? width - own : 0, ' ').append(text);
}

void trim_end(TextLine& line) {
  while (!line.empty()) {
    std::string& text = line.back().text;
    text.erase(text.find_last_not_of(' ') + 1);
    if (!text.empty()) return;
    line.pop_back();
  }
}

std::string marker(std::size_t number) {
  constexpr std::array<std::string_view, 8> kShapes = {"●", "▲", "■", "◆", "○", "△", "□", "◇"};
  if (number < kShapes.size()) return std::string(kShapes[number]);
  return std::string(1, static_cast<char>('a' + (number - kShapes.size()) % 26));
}

std::vector<TextLine> legend(const TextStyle& style, const std::vector<Entry>& entries,
                             std::size_t most) {
  constexpr std::size_t kGap = 2;
  std::size_t widest = 0;
  for (const Entry& entry : entries)
    widest = std::max(widest, style.width(entry.symbol) + 1 + style.width(entry.name));
  const std::size_t width = std::min(std::max<std::size_t>(widest, 1), style.columns);
  const std::size_t across = std::max<std::size_t>((style.columns + kGap) / (width + kGap), 1);
  const std::size_t room = across * most;
  const std::size_t shown =
      entries.size() <= room ? entries.size() : room - std::min<std::size_t>(room, 1);
  std::vector<TextLine> lines;
  const auto cell = [&](std::size_t place) -> TextLine& {
    if (place % across == 0) {
      lines.emplace_back();
    } else {
      lines.back().push_back({std::string(kGap, ' '), {}});
    }
    return lines.back();
  };
  for (std::size_t i = 0; i < shown; ++i) {
    const Entry& entry = entries[i];
    TextLine& line = cell(i);
    const std::size_t left = width - std::min(width, style.width(entry.symbol) + 1);
    const std::string name = cut(style, entry.name, left);
    line.push_back({entry.symbol, entry.ink});
    line.push_back({concat(' ', name, std::string(left - style.width(name), ' ')), {}});
  }
  if (shown < entries.size() && room > 0) {
    cell(shown).push_back(
        {concat("… and ", entries.size() - shown, " more"), {Ink::Kind::faint, 0}});
  }
  return lines;
}

bool LabelRow::add(std::size_t column, const std::string& label, Ink ink) {
  const std::size_t width = style_.width(label);
  if (width > columns_) return false;
  std::size_t begin = column > width / 2 ? column - width / 2 : 0;
  begin = std::min(begin, columns_ - width);
  const std::size_t end = begin + width;
  const auto after = std::find_if(labels_.begin(), labels_.end(),
                                  [begin](const Label& other) { return other.begin >= begin; });
  if (after != labels_.end() && after->begin < end + 1) return false;
  if (after != labels_.begin() && (after - 1)->end + 1 > begin) return false;
  labels_.insert(after, {begin, end, label, ink});
  return true;
}

TextLine LabelRow::line() const {
  TextLine line;
  std::size_t column = 0;
  for (const Label& label : labels_) {
    line.push_back({std::string(label.begin - column, ' '), {}});
    line.push_back({label.text, label.ink});
    column = label.end;
  }
  return line;
}

}  // namespace text

namespace {

/// A note as lines that fit, broken at its spaces.
void add_note(std::vector<TextLine>& lines, const TextStyle& style, std::string_view note) {
  std::string line;
  const auto end_line = [&] {
    if (!line.empty()) lines.push_back({{line, {Ink::Kind::faint, 0}}});
    line.clear();
  };
  for (const std::string_view word : split(note, ' ')) {
    if (!line.empty() && style.width(line) + 1 + style.width(word) > style.columns) end_line();
    line += line.empty() ? text::cut(style, word, style.columns) : concat(' ', word);
  }
  end_line();
}

}  // namespace

std::vector<TextLine> draw_text(const Chart& chart, const TextStyle& wanted) {
  const TextStyle style = text::settled(wanted);
  std::vector<TextLine> notes;
  for (const std::string& note : chart.notes)
    add_note(notes, style, note);
  std::vector<TextLine> lines;
  if (!chart.title.empty()) {
    lines.push_back({{text::cut(style, chart.title, style.columns), {Ink::Kind::heading, 0}}});
  }
  constexpr std::size_t kLeast = 8;
  const std::size_t taken = lines.size() + notes.size();
  const std::size_t rows = style.rows > taken + kLeast ? style.rows - taken : kLeast;
  auto picture = std::visit([&](const auto& content) { return text::draw(content, style, rows); },
                            chart.content);
  std::move(picture.begin(), picture.end(), std::back_inserter(lines));
  std::move(notes.begin(), notes.end(), std::back_inserter(lines));
  for (TextLine& line : lines)
    text::trim_end(line);
  return lines;
}

std::string sparkline(const std::vector<double>& values, std::size_t columns) {
  constexpr std::array<std::string_view, 8> kLevels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::size_t shown = std::min(values.size(), columns);
  const auto begin = values.end() - static_cast<std::ptrdiff_t>(shown);
  Range range(Scale::linear);
  std::for_each(begin, values.end(), [&range](double value) { range.include(value); });
  std::string line;
  for (auto value = begin; value != values.end(); ++value) {
    if (!std::isfinite(*value)) {
      line += ' ';
      continue;
    }
    const double length = range.high() - range.low();
    // A flat line stands in the middle.
    const double place = length > 0 ? (*value - range.low()) / length : 0.5;
    const auto level = static_cast<std::size_t>(place * static_cast<double>(kLevels.size()));
    line += kLevels[std::min(level, kLevels.size() - 1)];
  }
  return line;
}

}  // namespace clew::render
