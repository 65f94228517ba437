#include "render/scale.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace clew::render {
namespace {

bool has_place(Scale scale, double value) {
  return std::isfinite(value) && (scale != Scale::logarithmic || value > 0);
}

/// The least round number (1, 2 or 5 times a power of ten) that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    // A little slack, so that 0.1 + 0.2 does not miss its step.
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

/// The least step of clocks, in seconds, that is not below `least`.
double clock_step(double least) {
  constexpr std::array kSteps = {1.0,     2.0,     5.0,     10.0,    15.0,     30.0,    60.0,
                                 120.0,   300.0,   600.0,   900.0,   1800.0,   3600.0,  7200.0,
                                 10800.0, 21600.0, 43200.0, 86400.0, 172800.0, 604800.0};
  if (least < 1) return round_step(least);
  const auto* step = std::lower_bound(kSteps.begin(), kSteps.end(), least * (1 - 1e-9));
  return step != kSteps.end() ? *step : 604800.0 * round_step(least / 604800.0);
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value,
                                    std::chars_format::fixed, decimals);
  return result.ec == std::errc{} ? std::string(text.data(), result.ptr) : rounded(value, 6);
}

/// Labels of values that are multiples of `step`; large ones with k, M or G.
std::string number_label(double value, double step, double largest) {
  if (value == 0) return "0";
  if (largest >= 1e15 || largest < 1e-4) return rounded(value, 4);
  double unit = 1;
  std::string_view letter;
  constexpr std::pair<double, std::string_view> kUnits[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  for (const auto& [size, name] : kUnits) {
    if (largest >= 10 * size && letter.empty()) {
      unit = size;
      letter = name;
    }
  }
  const int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step / unit) - 1e-9)));
  return concat(fixed(value / unit, decimals), letter);
}

std::string seconds_label(double seconds, double step) {
  const bool negative = seconds < 0;
  const double size = std::fabs(seconds);
  std::string text;
  if (size == 0) {
    text = "0";
  } else if (step < 1) {
    text = number_label(size, step, size) + "s";
  } else {
    const auto whole = static_cast<std::int64_t>(std::llround(size));
    constexpr std::pair<std::int64_t, char> kUnits[] = {
        {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    std::int64_t rest = whole;
    for (const auto& [unit, letter] : kUnits) {
      if (rest >= unit) text += concat(rest / unit, letter);
      rest %= unit;
    }
  }
  return negative ? "-" + text : text;
}

}  // namespace

void Range::include(double value) {
  if (std::isnan(value)) return;
  if (!has_place(scale_, value)) {
    ++left_out_;
    return;
  }
  const bool first = empty();
  low_ = first ? value : std::min(low_, value);
  high_ = first ? value : std::max(high_, value);
}

Ruler::Ruler(const Axis& axis, const Range& range, double margin)
    : axis_(axis), low_(range.low()), high_(range.high()) {
  const bool logarithmic = axis.scale == Scale::logarithmic;
  if (axis.scale == Scale::category) {
    low_ = 0;
    high_ = std::max(1.0, static_cast<double>(axis.categories.size()) - 1);
    if (axis.categories.size() <= 1) low_ = -1;
  } else if (range.empty()) {
    low_ = 0;
    high_ = 1;
  } else if (logarithmic) {
    low_ = std::log10(low_);
    high_ = std::log10(high_);
  }
  if (low_ == high_) {
    const double room = logarithmic || low_ == 0 ? 0.5 : std::fabs(low_) * 0.05;
    low_ -= room;
    high_ += room;
  }
  const double length = high_ - low_;
  low_ -= margin * length;
  high_ += margin * length;
}

std::optional<double> Ruler::place(double value) const {
  if (!has_place(axis_.scale, value)) return std::nullopt;
  if (axis_.scale == Scale::logarithmic) value = std::log10(value);
  return (value - low_) / (high_ - low_);
}

std::vector<Tick> Ruler::ticks(std::size_t most) const {
  most = std::max<std::size_t>(most, 2);
  switch (axis_.scale) {
    case Scale::category:
      return category_ticks(most);
    case Scale::logarithmic:
      return log_ticks(most);
    case Scale::linear:
      break;
  }
  return linear_ticks(most);
}

std::vector<Tick> Ruler::category_ticks(std::size_t most) const {
  std::vector<Tick> ticks;
  const std::size_t count = axis_.categories.size();
  const std::size_t every = (count + most - 1) / most;
  for (std::size_t i = 0; i < count; i += std::max<std::size_t>(every, 1)) {
    ticks.push_back({*place(static_cast<double>(i)), axis_.categories[i]});
  }
  return ticks;
}

std::vector<Tick> Ruler::log_ticks(std::size_t most) const {
  // Whole decades; also two and five times them where those have room, or there are few decades.
  const double first = std::ceil(low_ - 1e-9);
  const double last = std::floor(high_ + 1e-9);
  std::vector<Tick> ticks;
  const auto add = [&](double value) {
    const auto at = place(value);
    if (at && *at >= -1e-9 && *at <= 1 + 1e-9) {
      ticks.push_back({*at, value < 1e-4 || value >= 1e6 ? rounded(value, 3) : rounded(value, 6)});
    }
  };
  const double decades = last - first + 1;
  const bool parts = 3 * decades <= static_cast<double>(most);
  if (decades >= 2 && !parts) {
    const double every = std::max(1.0, std::ceil(decades / static_cast<double>(most)));
    for (double decade = first; decade <= last; decade += every)
      add(std::pow(10, decade));
    return ticks;
  }
  for (double decade = std::floor(low_); decade <= high_; ++decade) {
    for (const double factor : {1.0, 2.0, 5.0})
      add(factor * std::pow(10, decade));
  }
  if (ticks.size() >= 2) return ticks;
  // Less than an octave: as on a linear axis.
  Axis linear = axis_;
  linear.scale = Scale::linear;
  Range range(Scale::linear);
  range.include(std::pow(10, low_));
  range.include(std::pow(10, high_));
  ticks = Ruler(linear, range).linear_ticks(most);
  for (Tick& tick : ticks) {
    const double value = range.low() + tick.place * (range.high() - range.low());
    tick.place = place(value).value_or(0);
  }
  return ticks;
}

std::vector<Tick> Ruler::linear_ticks(std::size_t most) const {
  const double least = (high_ - low_) / static_cast<double>(most);
  const bool seconds = axis_.unit == Unit::seconds;
  double step = seconds ? clock_step(least) : round_step(least);
  const double largest = std::max(std::fabs(low_), std::fabs(high_));
  std::vector<Tick> ticks;
  while (true) {
    ticks.clear();
    const double slack = 1e-9 * step;
    for (double i = std::ceil((low_ - slack) / step); i * step <= high_ + slack; ++i) {
      const double value = i * step;
      ticks.push_back({(value - low_) / (high_ - low_),
                       seconds ? seconds_label(value, step) : number_label(value, step, largest)});
    }
    if (ticks.size() <= most || ticks.size() <= 2) return ticks;
    step = seconds ? clock_step(step * 1.5) : round_step(step * 1.5);
  }
}

std::string value_label(const Axis& axis, double value) {
  if (axis.scale == Scale::category) {
    const auto index = static_cast<std::size_t>(std::llround(std::max(value, 0.0)));
    return index < axis.categories.size() ? axis.categories[index] : std::string();
  }
  if (axis.unit == Unit::seconds) return seconds_label(value, value < 10 ? 0.01 : 1);
  return rounded(value, 6);
}

}  // namespace clew::render
