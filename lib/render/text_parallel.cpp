#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "render/parallel.h"
#include "render/text_parts.h"

namespace clew::render::text {
namespace {

std::string end_label(const Axis& axis, const Range& range, bool high) {
  if (axis.scale == Scale::category) {
    if (axis.categories.empty()) return {};
    return high ? axis.categories.back() : axis.categories.front();
  }
  if (range.empty()) return "–";
  return value_label(axis, high ? range.high() : range.low());
}

/// Draws the lines between the axes of a picture.
class Picture {
 public:
  Picture(const Parallel& parallel, const TextStyle& style, std::size_t rows)
      : parallel_(parallel),
        style_(style),
        frame_(parallel),
        canvas_(style.columns, rows),
        shades_(style.colors > 0 ? kShades : 0) {
    const std::size_t count = parallel.axes.size();
    // Titles are centred on their axes, so the outer ones keep half a title's distance.
    const std::size_t most = style.columns / (2 * count);
    const auto half = [&](std::size_t axis) {
      std::size_t width = style.width(parallel.axes[axis].title);
      for (const bool high : {false, true}) {
        width = std::max(width,
                         style.width(end_label(parallel.axes[axis], frame_.ranges()[axis], high)));
      }
      return std::min(width / 2 + 1, most);
    };
    const std::size_t left = half(0);
    const std::size_t right = half(count - 1);
    const std::size_t room = style.columns - left - right - 1;
    for (std::size_t axis = 0; axis < count; ++axis)
      columns_.push_back(left + room * axis / (count - 1));
  }

  void draw() {
    const std::vector<std::size_t> order = frame_.order();
    for (const std::size_t line : order)
      draw_line(parallel_.lines[line]);
    for (std::size_t axis = 0; axis < columns_.size(); ++axis)
      draw_axis(axis);
    // Without colours the two that say most are marked instead.
    if (shades_ > 0 || order.empty()) return;
    mark(parallel_.lines[order.back()], marker(1));
    if (order.size() > 1) mark(parallel_.lines[order.front()], marker(4));
  }

  [[nodiscard]] std::vector<TextLine> lines() const {
    std::vector<TextLine> lines;
    lines.push_back(labels([this](std::size_t axis) { return parallel_.axes[axis].title; }, Ink{}));
    lines.push_back(ends(true));
    for (std::size_t row = 0; row < canvas_.rows(); ++row)
      lines.push_back(canvas_.row(row));
    lines.push_back(ends(false));
    return lines;
  }

  [[nodiscard]] std::vector<Entry> entries() const {
    const std::vector<std::size_t> order = frame_.order();
    const Axis& last = parallel_.axes.back();
    std::vector<Entry> entries;
    if (order.empty()) return entries;
    if (shades_ == 0) {
      const auto entry = [&](std::size_t line, std::size_t shape, std::string_view what) {
        entries.push_back({marker(shape), Ink{},
                           concat(what, ' ', last.title, ": ", parallel_.lines[line].name)});
      };
      entry(order.back(), 1, "highest");
      if (order.size() > 1) entry(order.front(), 4, "lowest");
      return entries;
    }
    if (last.scale == Scale::category) return entries;
    const Range& range = frame_.ranges().back();
    if (range.empty()) return entries;
    for (const std::size_t shade : {std::size_t{0}, shades_ - 1}) {
      entries.push_back(
          {"━━", {Ink::Kind::shade, shade}, concat(shade == 0 ? "low " : "high ", last.title)});
    }
    return entries;
  }

 private:
  [[nodiscard]] Canvas::Dot dot(std::size_t axis, double place) const {
    const auto down = static_cast<double>(canvas_.dots_down() - 1);
    return {static_cast<std::int64_t>(columns_[axis] * 2), std::llround((1 - place) * down)};
  }

  void draw_line(const Parallel::Line& line) {
    const auto shade = frame_.shade(line, shades_);
    const Ink ink = shade ? Ink{Ink::Kind::shade, *shade} : shades_ > 0 ? kFaint : Ink{};
    for (std::size_t axis = 0; axis + 1 < columns_.size(); ++axis) {
      const auto from = frame_.place(line, axis);
      const auto to = frame_.place(line, axis + 1);
      if (from && to) canvas_.line(dot(axis, *from), dot(axis + 1, *to), ink);
    }
  }

  void draw_axis(std::size_t axis) {
    for (std::size_t row = 0; row < canvas_.rows(); ++row)
      canvas_.put(columns_[axis], row, "│", kFaint);
    if (parallel_.axes[axis].scale != Scale::category) return;
    const std::vector<Tick> ticks = frame_.rulers()[axis].ticks(canvas_.rows());
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      const auto at = dot(axis, ticks[i].place);
      const auto row = static_cast<std::size_t>(at.y) / 4;
      canvas_.put(columns_[axis], row, "┼", kFaint);
      // The first and the last stand above and below the axis already.
      if (ticks.size() > 1 && (i == 0 || i + 1 == ticks.size())) continue;
      const std::size_t room = style_.columns / columns_.size() / 2;
      const std::string label = cut(style_, ticks[i].label, std::max<std::size_t>(room, 3));
      const bool to_left = axis + 1 == columns_.size();
      const std::size_t width = style_.width(label);
      const std::size_t column =
          to_left ? columns_[axis] - std::min(columns_[axis], width + 1) : columns_[axis] + 2;
      canvas_.write(column, row, label, Ink{});
    }
  }

  void mark(const Parallel::Line& line, const std::string& shape) {
    for (std::size_t axis = 0; axis < columns_.size(); ++axis) {
      const auto place = frame_.place(line, axis);
      if (!place) continue;
      canvas_.put(columns_[axis], static_cast<std::size_t>(dot(axis, *place).y) / 4, shape, Ink{});
    }
  }

  template <typename LabelOf>
  [[nodiscard]] TextLine labels(LabelOf label_of, Ink ink) const {
    LabelRow row(style_, style_.columns);
    const std::size_t width = std::max<std::size_t>(style_.columns / columns_.size(), 4) - 1;
    for (std::size_t axis = 0; axis < columns_.size(); ++axis)
      row.add(columns_[axis], cut(style_, label_of(axis), width), ink);
    return row.line();
  }

  [[nodiscard]] TextLine ends(bool high) const {
    return labels(
        [&](std::size_t axis) {
          return end_label(parallel_.axes[axis], frame_.ranges()[axis], high);
        },
        kFaint);
  }

  const Parallel& parallel_;
  const TextStyle& style_;
  ParallelFrame frame_;
  Canvas canvas_;
  std::size_t shades_;
  std::vector<std::size_t> columns_;  // of the axes
};

}  // namespace

std::vector<TextLine> draw(const Parallel& parallel, const TextStyle& style, std::size_t rows) {
  constexpr std::size_t kTaken = 4;  // titles, ends, legend
  Picture picture(parallel, style, rows > kTaken + 3 ? rows - kTaken : 3);
  picture.draw();
  std::vector<TextLine> lines = picture.lines();
  std::vector<TextLine> names = legend(style, picture.entries(), 1);
  std::move(names.begin(), names.end(), std::back_inserter(lines));
  return lines;
}

}  // namespace clew::render::text
