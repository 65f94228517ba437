#include "model/series.h"

#include <bit>
#include <cmath>
#include <limits>

namespace clew::model {
namespace {

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

bool operator==(const Point& a, const Point& b) {
  return a.step == b.step && a.time == b.time && same_bits(a.value, b.value);
}

std::string_view name_of(MetricSource source) {
  return source == MetricSource::api ? "api" : "output";
}

void Summary::add(const Point& point) {
  const std::int64_t place = point.step.value_or(static_cast<std::int64_t>(count));
  if (count == 0) {
    first = point.value;
    min = max = std::numeric_limits<double>::quiet_NaN();
    argmin = argmax = place;
  }
  ++count;
  last = point.value;
  last_step = point.step;
  last_time = point.time;
  if (std::isnan(point.value)) return;
  if (numbers == 0 || point.value < min) {
    min = point.value;
    argmin = place;
  }
  if (numbers == 0 || point.value > max) {
    max = point.value;
    argmax = place;
  }
  ++numbers;
  sum += point.value;
}

double Summary::mean() const {
  if (numbers == 0) return std::numeric_limits<double>::quiet_NaN();
  return sum / static_cast<double>(numbers);
}

bool operator==(const Summary& a, const Summary& b) {
  return a.count == b.count && same_bits(a.first, b.first) && same_bits(a.last, b.last) &&
         same_bits(a.min, b.min) && same_bits(a.max, b.max) && same_bits(a.sum, b.sum) &&
         a.numbers == b.numbers && a.argmin == b.argmin && a.argmax == b.argmax &&
         a.last_step == b.last_step && a.last_time == b.last_time;
}

bool is_system_metric(std::string_view name) {
  return name.starts_with("system/");
}

}  // namespace clew::model
