#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace clew::model {

/// One value of a metric.
struct Point {
  std::optional<std::int64_t> step;
  Time time = 0;
  double value = 0;
};
/// Same step, time and bits of the value (NaN equals itself).
[[nodiscard]] bool operator==(const Point& a, const Point& b);

/// Who reported a series. A series from the API silences the output source of that name. The
/// numbers are stored: never change one.
enum class MetricSource : std::uint8_t { api = 0, output = 1 };
[[nodiscard]] std::string_view name_of(MetricSource source);

/// What a series comes down to. first and last go by arrival; NaN is counted but never becomes min,
/// max or part of the mean (all three are NaN when there is nothing else). argmin and argmax are
/// the step of the first point with that value, or its index by arrival where it has no step.
struct Summary {
  std::uint64_t count = 0;
  double first = 0;
  double last = 0;
  double min = 0;
  double max = 0;
  double sum = 0;             ///< of the values that are not NaN
  std::uint64_t numbers = 0;  ///< how many those are
  std::int64_t argmin = 0;
  std::int64_t argmax = 0;
  std::optional<std::int64_t> last_step;
  Time last_time = 0;

  /// Takes the next point of the series.
  void add(const Point& point);
  [[nodiscard]] double mean() const;
};
/// Equal in every field, doubles by their bits.
[[nodiscard]] bool operator==(const Summary& a, const Summary& b);

struct MetricSummary {
  std::string name;
  MetricSource source = MetricSource::api;
  Summary summary;
  friend bool operator==(const MetricSummary&, const MetricSummary&) = default;
};

/// A whole series in the order of arrival.
struct Series {
  std::string name;
  MetricSource source = MetricSource::api;
  std::vector<Point> points;
};

/// Is this one of clew's own measurements, left out of listings, diffs and analysis unless asked
/// for (names that begin with "system/")?
[[nodiscard]] bool is_system_metric(std::string_view name);

}  // namespace clew::model
