#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "render/chart.h"

namespace clew::render {

/// A tick of an axis: its place from 0 (the low end) to 1 (the high end), and its label.
struct Tick {
  double place = 0;
  std::string label;
};

/// Grows with the values that it is shown; those that an axis has no place for do not count.
class Range {
 public:
  explicit Range(Scale scale) : scale_(scale) {}
  void include(double value);
  [[nodiscard]] bool empty() const { return !(low_ <= high_); }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  /// Values that have no place: infinite ones, and those up to 0 on a logarithmic axis. NaN is a
  /// value that is not there, and not counted.
  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  Scale scale_;
  double low_ = 1;
  double high_ = 0;
  std::size_t left_out_ = 0;
};

/// An axis with its ends: from values to places and labels. A plain value.
class Ruler {
 public:
  /// An empty range becomes 0..1 (1..10 on a logarithmic axis), one of a single value gets room on
  /// both sides. `margin` is what is added at each end, as a part of the length.
  Ruler(const Axis& axis, const Range& range, double margin = 0);

  /// From 0 to 1 within the range; nullopt for a value that has no place on such an axis.
  [[nodiscard]] std::optional<double> place(double value) const;
  /// Ticks at round values, at most `most` of them where that is 2 or more (P. S. Heckbert, "Nice
  /// numbers for graph labels", Graphics Gems, 1990); for durations at what clocks count in; for
  /// categories one each, as far as `most` reaches. All labels of an axis have the same decimals.
  [[nodiscard]] std::vector<Tick> ticks(std::size_t most) const;

 private:
  [[nodiscard]] std::vector<Tick> category_ticks(std::size_t most) const;
  [[nodiscard]] std::vector<Tick> log_ticks(std::size_t most) const;
  [[nodiscard]] std::vector<Tick> linear_ticks(std::size_t most) const;

  Axis axis_;
  double low_;  // on a logarithmic axis the decimal logarithm
  double high_;
};

/// A value as an axis of this kind names it: a category, a duration, or up to 6 digits.
[[nodiscard]] std::string value_label(const Axis& axis, double value);

}  // namespace clew::render
