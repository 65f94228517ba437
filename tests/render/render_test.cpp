#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "render/html.h"
#include "render/scale.h"
#include "render/svg.h"
#include "render/text.h"

using namespace clew::render;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Range range_of(std::initializer_list<double> values, Scale scale = Scale::linear) {
  Range range(scale);
  for (const double value : values)
    range.include(value);
  return range;
}

std::vector<std::string> labels(const Axis& axis, std::initializer_list<double> ends,
                                std::size_t most) {
  std::vector<std::string> out;
  for (const Tick& tick : Ruler(axis, range_of(ends, axis.scale)).ticks(most))
    out.push_back(tick.label);
  return out;
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("ticks stand at round values with the same decimals") {
  CHECK(labels({}, {0, 1}, 6) == Labels{"0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  CHECK(labels({}, {0, 99}, 6) == Labels{"0", "20", "40", "60", "80"});
  CHECK(labels({}, {-1, 1}, 5) == Labels{"-1.0", "-0.5", "0", "0.5", "1.0"});
  CHECK(labels({}, {0, 10'000'000}, 3) == Labels{"0", "5M", "10M"});
  CHECK(labels({}, {0.00001, 0.00003}, 3) == Labels{"1e-05", "2e-05", "3e-05"});
}

TEST_CASE("ticks of durations stand at what clocks count in") {
  Axis axis;
  axis.unit = Unit::seconds;
  CHECK(labels(axis, {0, 100}, 5) == Labels{"0", "30s", "1m", "1m30s"});
  CHECK(labels(axis, {0, 4 * 3600}, 5) == Labels{"0", "1h", "2h", "3h", "4h"});
}

TEST_CASE("logarithmic ticks are decades, or their parts where there are few") {
  Axis axis;
  axis.scale = Scale::logarithmic;
  CHECK(labels(axis, {0.001, 10}, 8) == Labels{"0.001", "0.01", "0.1", "1", "10"});
  CHECK(labels(axis, {0.1, 10}, 9) == Labels{"0.1", "0.2", "0.5", "1", "2", "5", "10"});
  CHECK(labels(axis, {0.3, 6}, 8) == Labels{"0.5", "1", "2", "5"});
  CHECK(labels(axis, {1e-30, 1}, 4).size() <= 4);
}

TEST_CASE("a category has a tick each, as far as there is room") {
  Axis axis;
  axis.scale = Scale::category;
  axis.categories = {"adam", "rmsprop", "sgd"};
  CHECK(labels(axis, {}, 5) == axis.categories);
  CHECK(labels(axis, {}, 2) == Labels{"adam", "sgd"});
}

TEST_CASE("what an axis has no place for is left out and counted") {
  Range range = range_of({1, kNaN, kInfinity, -kInfinity, 3});
  CHECK(range.low() == 1);
  CHECK(range.high() == 3);
  CHECK(range.left_out() == 2);
  CHECK(range_of({0, -1, 5}, Scale::logarithmic).left_out() == 2);
  Axis axis;
  axis.scale = Scale::logarithmic;
  const Ruler ruler(axis, range_of({1, 100}, Scale::logarithmic));
  CHECK(ruler.place(10) == Approx(0.5));
  CHECK_FALSE(ruler.place(0));
  CHECK_FALSE(ruler.place(kNaN));
}

TEST_CASE("a single value stands in the middle of its axis") {
  CHECK(Ruler({}, range_of({7})).place(7) == Approx(0.5));
  CHECK(Ruler({}, range_of({0})).place(0) == Approx(0.5));
  CHECK(Ruler({}, range_of({})).place(0.5) == Approx(0.5));
}

TEST_CASE("sparklines rise from the lowest to the highest value") {
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline({9, 9, 0, 7}, 2) == "▁█");
  CHECK(sparkline({5, 5}, 8) == "▅▅");
  CHECK(sparkline({1, kNaN, 2, kInfinity}, 8) == "▁ █ ");
  CHECK(sparkline({}, 8).empty());
}

TEST_CASE("names cannot break out of a document") {
  Plot plot;
  plot.curves.push_back({"<b>&\"\x01</script>", {{0, 1, 1, 1}, {1, 2, 2, 2}}, {}, {}});
  const Chart chart{"a </title><script>", plot, {"x < y"}};
  const std::string svg = draw_svg(chart);
  CHECK(svg.find("<b>") == std::string::npos);
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find('\x01') == std::string::npos);
  const std::string html = draw_html(chart);
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("a </title>") == std::string::npos);
  CHECK(html == draw_html(chart));
}

TEST_CASE("an HTML page names nothing outside itself") {
  const std::string html = draw_html({"t", Plot{}, {}});
  for (const char* word : {"src=", "href=", "@import", "url(http", "fetch("})
    CHECK(html.find(word) == std::string::npos);
}
