#include <algorithm>

#include "base/text.h"
#include "render/parallel.h"
#include "render/svg_parts.h"

// Parallel coordinates and bars.

namespace clew::render::svg {
namespace {

void draw_axis(Writer& out, const Axis& axis, const Ruler& ruler, const Box& box, double x,
               bool last) {
  out.line(x, box.top, x, box.bottom, "stroke=\"#888888\"");
  out.text(x, box.top - 10, axis.title, Anchor::middle, "font-weight=\"bold\" fill=\"#333333\"");
  const auto most = static_cast<std::size_t>(std::max(2.0, (box.bottom - box.top) / 45));
  for (const Tick& tick : ruler.ticks(axis.scale == Scale::category ? 2 * most : most)) {
    const double y = box.y(tick.place);
    const double side = last ? -1 : 1;
    out.line(x, y, x + 4 * side, y, "stroke=\"#888888\"");
    out.text(x + 7 * side, y + 4, tick.label, last ? Anchor::end : Anchor::start,
             "fill=\"#333333\" stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"");
  }
}

}  // namespace

void draw(Writer& out, const Parallel& parallel, const Box& outer) {
  const ParallelFrame frame(parallel);
  Box box = outer;
  const double edge =
      std::max(text_width(parallel.axes.front().title), text_width(parallel.axes.back().title)) / 2;
  box.left += std::max(edge, 20.0);
  box.right -= std::max(edge, 20.0);
  box.top += 2 * kLine;
  const std::size_t count = parallel.axes.size();
  const auto x = [&](std::size_t axis) {
    return box.x(static_cast<double>(axis) / static_cast<double>(count - 1));
  };
  for (const std::size_t number : frame.order()) {
    const Parallel::Line& line = parallel.lines[number];
    std::string data;
    bool down = false;
    for (std::size_t axis = 0; axis < count; ++axis) {
      const auto place = frame.place(line, axis);
      if (place) data += concat(down ? 'L' : 'M', pixels(x(axis)), ' ', pixels(box.y(*place)));
      down = place.has_value();
    }
    const auto last = frame.place(line, count - 1);
    const std::string ink = last ? shade(*last) : std::string("#bbbbbb");
    out.begin_group(line.name);
    out.path(data, concat("fill=\"none\" stroke=\"", ink,
                          "\" stroke-width=\"1.6\" stroke-opacity=\"0.75\""));
    out.end_group();
  }
  for (std::size_t axis = 0; axis < count; ++axis) {
    draw_axis(out, parallel.axes[axis], frame.rulers()[axis], box, x(axis), axis + 1 == count);
  }
}

void draw(Writer& out, const Bars& bars, const Box& outer) {
  Box box = outer;
  if (!bars.title.empty()) {
    out.text(box.left, box.top + 10, bars.title);
    box.top += kLine + 4;
  }
  double names = 0;
  double figures = 0;
  double most = 0;
  for (const Bars::Bar& bar : bars.bars) {
    names = std::max(names, text_width(bar.name));
    figures = std::max(figures, text_width(rounded(bar.value, 3)));
    most = std::max({most, bar.value, bar.high});
  }
  box.left += std::min(names, (box.right - box.left) / 2) + 8;
  box.right -= figures + 10;
  const double scale = most > 0 ? (box.right - box.left) / most : 0;
  const auto count = static_cast<double>(std::max<std::size_t>(bars.bars.size(), 1));
  const double step = std::min((box.bottom - box.top) / count, 30.0);
  double y = box.top;
  for (const Bars::Bar& bar : bars.bars) {
    const double middle = y + step / 2;
    out.text(box.left - 8, middle + 4, bar.name, Anchor::end);
    out.begin_group(concat(bar.name, ": ", rounded(bar.value, 6)));
    out.rectangle(box.left, y + step * 0.15, std::max(bar.value, 0.0) * scale, step * 0.7,
                  concat("fill=\"", color(0), '"'));
    if (bar.low < bar.high) {
      const double low = box.left + std::max(bar.low, 0.0) * scale;
      const double high = box.left + std::max(bar.high, 0.0) * scale;
      constexpr std::string_view kWhisker = "stroke=\"#111111\" stroke-width=\"1.5\"";
      out.line(low, middle, high, middle, kWhisker);
      for (const double end : {low, high})
        out.line(end, middle - step * 0.2, end, middle + step * 0.2, kWhisker);
    }
    out.end_group();
    out.text(box.left + std::max({bar.value, bar.high, 0.0}) * scale + 6, middle + 4,
             rounded(bar.value, 3));
    y += step;
  }
  out.line(box.left, box.top, box.left, y, "stroke=\"#888888\"");
  if (bars.bars.empty()) out.text(box.left, box.top + kLine, "no values to show");
}

}  // namespace clew::render::svg
