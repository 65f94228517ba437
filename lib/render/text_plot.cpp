#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "render/extent.h"
#include "render/text_parts.h"

namespace clew::render::text {
namespace {

/// More points than this stand as dots, where shapes would only cover one another.
constexpr std::size_t kMostShapes = 400;

/// Where everything of a plot stands.
struct Frame {
  std::size_t labels = 0;  ///< columns of the labels on the left
  std::size_t columns = 0;
  std::size_t rows = 0;
};

/// Draws curves onto a canvas.
class Pen {
 public:
  Pen(Canvas& canvas, const Ruler& x, const Ruler& y) : canvas_(canvas), x_(x), y_(y) {}

  void line(const std::vector<Sample>& samples, Ink ink) {
    std::optional<Canvas::Dot> before;
    for (const Sample& sample : samples) {
      const auto here = dot(sample.x, sample.y);
      if (here) {
        if (sample.low < sample.high) spread(sample, *here, ink);
        canvas_.line(before.value_or(*here), *here, ink);
      }
      before = here;
    }
  }

  void points(const std::vector<Sample>& samples, Ink ink, const std::string& shape) {
    for (const Sample& sample : samples) {
      const auto here = dot(sample.x, sample.y);
      if (!here) continue;
      if (shape.empty()) {
        canvas_.dot(*here, ink);
      } else {
        canvas_.put(cell(here->x, 2), cell(here->y, 4), shape, ink);
      }
    }
  }

  /// Puts a curve's marker onto it, once every `every` columns from `first` on.
  void mark(const std::vector<Sample>& samples, Ink ink, const std::string& shape,
            std::size_t first, std::size_t every) {
    std::size_t next = first;
    std::optional<Canvas::Dot> before;
    bool marked = false;
    for (const Sample& sample : samples) {
      const auto here = dot(sample.x, sample.y);
      while (here && before && here->x >= before->x && next <= cell(here->x, 2)) {
        const auto aim = static_cast<std::int64_t>(next * 2);
        next += every;
        if (aim < before->x) continue;
        const double part = here->x == before->x ? 0
                                                 : static_cast<double>(aim - before->x) /
                                                       static_cast<double>(here->x - before->x);
        const double y =
            static_cast<double>(before->y) + part * static_cast<double>(here->y - before->y);
        canvas_.put(cell(aim, 2), cell(std::llround(y), 4), shape, ink);
        marked = true;
      }
      if (here) before = here;
    }
    // A short curve between two places gets its marker at its end.
    if (!marked && before) canvas_.put(cell(before->x, 2), cell(before->y, 4), shape, ink);
  }

 private:
  static std::size_t cell(std::int64_t dot, std::int64_t dots) {
    return static_cast<std::size_t>(std::max<std::int64_t>(dot, 0) / dots);
  }

  [[nodiscard]] std::optional<Canvas::Dot> dot(double x, double y) const {
    const auto across = x_.place(x);
    const auto up = y_.place(y);
    if (!across || !up) return std::nullopt;
    return canvas_.at(*across, *up);
  }

  void spread(const Sample& sample, Canvas::Dot here, Ink ink) {
    const auto low = dot(sample.x, sample.low);
    const auto high = dot(sample.x, sample.high);
    canvas_.line(low.value_or(here), high.value_or(here), ink);
  }

  Canvas& canvas_;
  const Ruler& x_;
  const Ruler& y_;
};

bool marked(const Plot& plot, const TextStyle& style) {
  return plot.curves.size() > std::max<std::size_t>(style.colors, 1);
}

void draw_curves(Canvas& canvas, const Plot& plot, const TextStyle& style, const Ruler& x,
                 const Ruler& y) {
  Pen pen(canvas, x, y);
  const bool lines = plot.form == Plot::Form::lines;
  std::size_t points = 0;
  for (const Curve& curve : plot.curves)
    points += curve.samples.size();
  // Without colours a curve that was smoothed cannot be told from what it was before.
  for (const Curve& curve : plot.curves) {
    if (lines && style.colors > 0) pen.line(curve.raw, kFaint);
  }
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const Ink ink{Ink::Kind::curve, i};
    if (lines) {
      pen.line(plot.curves[i].samples, ink);
    } else {
      pen.points(plot.curves[i].samples, ink, points <= kMostShapes ? marker(i) : std::string());
    }
  }
  if (!lines || !marked(plot, style)) return;
  constexpr std::size_t kEvery = 16;
  const std::size_t apart = std::max<std::size_t>(kEvery / plot.curves.size(), 1);
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    pen.mark(plot.curves[i].samples, {Ink::Kind::curve, i}, marker(i), 2 + i * apart % kEvery,
             kEvery);
  }
}

std::vector<Entry> entries_of(const Plot& plot, const TextStyle& style) {
  std::vector<Entry> entries;
  const bool named =
      plot.curves.size() > 1 || (plot.curves.size() == 1 && !plot.curves.front().name.empty());
  if (!named) return entries;
  const bool lines = plot.form == Plot::Form::lines;
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    std::string symbol = lines ? "━━" : marker(i);
    if (lines && marked(plot, style)) symbol = concat("─", marker(i), "─");
    entries.push_back({std::move(symbol), {Ink::Kind::curve, i}, plot.curves[i].name});
  }
  return entries;
}

/// The row of a place on a canvas's vertical axis.
std::size_t row_of(double place, std::size_t rows) {
  const auto dots = static_cast<double>(rows * 4 - 1);
  return static_cast<std::size_t>(std::llround((1 - place) * dots)) / 4;
}
std::size_t column_of(double place, std::size_t columns) {
  const auto dots = static_cast<double>(columns * 2 - 1);
  return static_cast<std::size_t>(std::llround(place * dots)) / 2;
}

/// The axis below: a line with a mark at each label that has room, the labels, and the title at the
/// right.
void add_bottom(std::vector<TextLine>& lines, const TextStyle& style, const Frame& frame,
                const Axis& axis, const Ruler& ruler) {
  constexpr std::size_t kTickWidth = 12;
  LabelRow labels(style, style.columns);
  const std::size_t left = frame.labels + 1;
  if (!axis.title.empty()) {
    labels.add(style.columns, cut(style, axis.title, style.columns / 3), Ink{});
  }
  std::vector<std::string> line(frame.columns, "─");
  for (const Tick& tick : ruler.ticks(std::max<std::size_t>(frame.columns / kTickWidth, 2))) {
    const std::size_t column = column_of(tick.place, frame.columns);
    if (column < frame.columns &&
        labels.add(left + column, cut(style, tick.label, style.columns / 3))) {
      line[column] = "┬";
    }
  }
  lines.push_back({{concat(std::string(frame.labels, ' '), "└", join(line, "")), kFaint}});
  lines.push_back(labels.line());
}

std::vector<std::string> left_labels(const TextStyle& style, const Ruler& ruler, std::size_t rows,
                                     std::size_t& width) {
  constexpr std::size_t kRowsPerTick = 2;
  std::vector<std::string> labels(rows);
  for (const Tick& tick : ruler.ticks(std::max<std::size_t>(rows / kRowsPerTick, 2))) {
    const std::size_t row = row_of(tick.place, rows);
    if (row >= rows || !labels[row].empty()) continue;
    labels[row] = cut(style, tick.label, style.columns / 4);
    width = std::max(width, style.width(labels[row]));
  }
  return labels;
}

}  // namespace

std::vector<TextLine> draw(const Plot& plot, const TextStyle& style, std::size_t rows) {
  const std::vector<TextLine> names =
      legend(style, entries_of(plot, style), std::max<std::size_t>(rows / 3, 1));
  constexpr std::size_t kBottom = 2;
  const bool titled = !plot.y.title.empty();
  const std::size_t taken = names.size() + kBottom + (titled ? 1 : 0);
  Frame frame;
  frame.rows = rows > taken + 3 ? rows - taken : 3;
  const Extent extent = extent_of(plot);
  // Points at the edge would lie on the axes.
  const double margin = plot.form == Plot::Form::points ? 0.04 : 0;
  const Ruler x(plot.x, extent.x, margin);
  const Ruler y(plot.y, extent.y, margin);
  const std::vector<std::string> labels = left_labels(style, y, frame.rows, frame.labels);
  frame.columns = style.columns - frame.labels - 1;

  Canvas canvas(frame.columns, frame.rows);
  draw_curves(canvas, plot, style, x, y);
  if (extent.x.empty() || extent.y.empty()) {
    constexpr std::string_view kNothing = "no values to show";
    const std::size_t width = style.width(kNothing);
    canvas.write(frame.columns > width ? (frame.columns - width) / 2 : 0, frame.rows / 2, kNothing,
                 Ink{});
  }
  std::vector<TextLine> lines;
  if (titled) lines.push_back({{cut(style, plot.y.title, style.columns), Ink{}}});
  for (std::size_t row = 0; row < frame.rows; ++row) {
    TextLine line{{right(style, labels[row], frame.labels), kFaint},
                  {labels[row].empty() ? "│" : "┤", kFaint}};
    TextLine cells = canvas.row(row);
    std::move(cells.begin(), cells.end(), std::back_inserter(line));
    lines.push_back(std::move(line));
  }
  add_bottom(lines, style, frame, plot.x, x);
  lines.insert(lines.end(), names.begin(), names.end());
  return lines;
}

}  // namespace clew::render::text
