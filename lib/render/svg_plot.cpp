#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "render/extent.h"
#include "render/svg_parts.h"

namespace clew::render::svg {
namespace {

constexpr std::string_view kGrid = "stroke=\"#e4e4e4\"";
constexpr std::string_view kAxis = "stroke=\"#888888\"";

struct Point {
  double x = 0;
  double y = 0;
};

/// The axes of a plot on the page.
class Page {
 public:
  Page(const Box& box, const Ruler& x, const Ruler& y) : box_(box), x_(x), y_(y) {}
  [[nodiscard]] std::optional<Point> point(double x, double y) const {
    const auto across = x_.place(x);
    const auto up = y_.place(y);
    if (!across || !up) return std::nullopt;
    return Point{box_.x(*across), box_.y(*up)};
  }

 private:
  const Box& box_;
  const Ruler& x_;
  const Ruler& y_;
};

std::string curve_path(const Page& page, const std::vector<Sample>& samples) {
  std::string data;
  bool down = false;
  for (const Sample& sample : samples) {
    const auto at = page.point(sample.x, sample.y);
    if (at) data += concat(down ? 'L' : 'M', pixels(at->x), ' ', pixels(at->y));
    down = at.has_value();
  }
  return data;
}

/// The area between the lowest and the highest of what each sample stands for.
std::string band_path(const Page& page, const std::vector<Sample>& samples) {
  const bool spread = std::any_of(samples.begin(), samples.end(),
                                  [](const Sample& sample) { return sample.low < sample.high; });
  if (!spread) return {};
  std::string above;
  std::vector<Point> below;
  for (const Sample& sample : samples) {
    const auto high = page.point(sample.x, sample.high);
    const auto low = page.point(sample.x, sample.low);
    if (!high || !low) continue;
    above += concat(above.empty() ? 'M' : 'L', pixels(high->x), ' ', pixels(high->y));
    below.push_back(*low);
  }
  if (above.empty()) return {};
  for (auto point = below.rbegin(); point != below.rend(); ++point)
    above += concat('L', pixels(point->x), ' ', pixels(point->y));
  return above + "Z";
}

void draw_curve(Writer& out, const Page& page, const Curve& curve, std::size_t number) {
  out.begin_group(curve.name);
  const std::string_view ink = color(number);
  const auto& shown = curve.raw.empty() ? curve.samples : curve.raw;
  const std::string band = band_path(page, shown);
  if (!band.empty()) out.path(band, concat("fill=\"", ink, "\" fill-opacity=\"0.2\""));
  if (!curve.raw.empty()) {
    out.path(curve_path(page, curve.raw),
             concat("fill=\"none\" stroke=\"", ink, "\" stroke-opacity=\"0.3\""));
  }
  out.path(curve_path(page, curve.samples),
           concat("fill=\"none\" stroke=\"", ink,
                  "\" stroke-width=\"1.6\" stroke-linejoin=\"round\" stroke-linecap=\"round\""));
  out.end_group();
}

void draw_points(Writer& out, const Page& page, const Curve& curve, std::size_t number) {
  for (const Sample& sample : curve.samples) {
    const auto at = page.point(sample.x, sample.y);
    if (!at) continue;
    out.circle(at->x, at->y, 4,
               concat("fill=\"", color(number), "\" fill-opacity=\"0.75\" stroke=\"#ffffff\""),
               curve.name);
  }
}

/// The names of the curves below the picture, each with its colour; what the lines take.
double draw_legend(Writer& out, const Plot& plot, const Box& box) {
  constexpr double kSymbol = 26;
  constexpr double kGap = 18;
  const bool named =
      plot.curves.size() > 1 || (plot.curves.size() == 1 && !plot.curves.front().name.empty());
  if (!named) return 0;
  double widest = 0;
  for (const Curve& curve : plot.curves)
    widest = std::max(widest, text_width(curve.name));
  const double cell = widest + kSymbol + kGap;
  const auto across =
      static_cast<std::size_t>(std::max(1.0, std::floor((box.right - box.left) / cell)));
  const std::size_t lines = (plot.curves.size() + across - 1) / across;
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const std::size_t below = lines - 1 - i / across;
    const double x = box.left + static_cast<double>(i % across) * cell;
    const double y = box.bottom - static_cast<double>(below) * kLine;
    if (plot.form == Plot::Form::lines) {
      out.line(x, y - 4, x + 18, y - 4, concat("stroke=\"", color(i), "\" stroke-width=\"2.5\""));
    } else {
      out.circle(x + 9, y - 4, 4, concat("fill=\"", color(i), '"'), {});
    }
    out.text(x + kSymbol, y, plot.curves[i].name);
  }
  return static_cast<double>(lines) * kLine + 8;
}

}  // namespace

void draw(Writer& out, const Plot& plot, const Box& outer) {
  Box box = outer;
  box.bottom -= draw_legend(out, plot, outer);
  box.bottom -= kLine + (plot.x.title.empty() ? 0 : kLine);
  if (!plot.y.title.empty()) {
    out.text(box.left, box.top + 10, plot.y.title);
    box.top += kLine;
  }
  box.bottom = std::max(box.bottom, box.top + 40);
  const Extent extent = extent_of(plot);
  constexpr double kMargin = 0.03;
  const Ruler x(plot.x, extent.x, plot.form == Plot::Form::points ? kMargin : 0);
  const Ruler y(plot.y, extent.y, kMargin);
  const auto most = [](double length, double per_tick) {
    return static_cast<std::size_t>(std::max(2.0, length / per_tick));
  };
  const std::vector<Tick> rows = y.ticks(most(box.bottom - box.top, 45));
  double labels = 0;
  for (const Tick& tick : rows)
    labels = std::max(labels, text_width(tick.label));
  box.left += labels + 8;
  for (const Tick& tick : rows) {
    out.line(box.left, box.y(tick.place), box.right, box.y(tick.place), kGrid);
    out.text(box.left - 8, box.y(tick.place) + 4, tick.label, Anchor::end);
  }
  for (const Tick& tick : x.ticks(most(box.right - box.left, 90))) {
    out.line(box.x(tick.place), box.top, box.x(tick.place), box.bottom, kGrid);
    out.text(box.x(tick.place), box.bottom + kLine, tick.label, Anchor::middle);
  }
  out.line(box.left, box.bottom, box.right, box.bottom, kAxis);
  out.line(box.left, box.top, box.left, box.bottom, kAxis);
  if (!plot.x.title.empty())
    out.text((box.left + box.right) / 2, box.bottom + 2 * kLine, plot.x.title, Anchor::middle);
  const Page page(box, x, y);
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    if (plot.form == Plot::Form::lines) {
      draw_curve(out, page, plot.curves[i], i);
    } else {
      draw_points(out, page, plot.curves[i], i);
    }
  }
  if (extent.x.empty() || extent.y.empty()) {
    out.text((box.left + box.right) / 2, (box.top + box.bottom) / 2, "no values to show",
             Anchor::middle);
  }
}

}  // namespace clew::render::svg
