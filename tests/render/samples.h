#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "render/chart.h"

namespace clew::render::testing {

/// Falling curves with a little noise, the same on every machine.
inline Plot falling(std::size_t curves, std::size_t points, bool smoothed = false) {
  Plot plot;
  plot.x.title = "step";
  std::uint32_t noise = 1;
  for (std::size_t c = 0; c < curves; ++c) {
    Curve curve;
    curve.name = "run " + std::to_string(c) + " lr=0." + std::to_string(c + 1);
    double average = 0;
    double bias = 1;
    for (std::size_t i = 0; i < points; ++i) {
      noise = noise * 1664525 + 1013904223;  // Numerical Recipes' generator
      const double x = static_cast<double>(i);
      const double fall = 2.3 / (1 + x / (20 + 10 * static_cast<double>(c)));
      const double y = fall + 0.05 + (noise >> 16) / 65536.0 * 0.1;
      if (!smoothed) {
        curve.samples.push_back({x, y, y, y});
        continue;
      }
      curve.raw.push_back({x, y, y - 0.05, y + 0.05});
      average = 0.9 * average + 0.1 * y;
      bias *= 0.9;
      const double shown = average / (1 - bias);
      curve.samples.push_back({x, shown, shown, shown});
    }
    plot.curves.push_back(std::move(curve));
  }
  return plot;
}

inline Chart lines_chart() {
  return {"val_loss", falling(3, 300), {"the newest 3 of 20 runs"}};
}
inline Chart smoothed_chart() {
  Plot plot = falling(2, 200, true);
  plot.y.scale = Scale::logarithmic;
  return {"loss", plot, {}};
}
/// A curve with a hole and one with a single point, over hours.
inline Chart gap_chart() {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Plot plot;
  plot.x.title = "time";
  plot.x.unit = Unit::seconds;
  Curve broken{"broken", {}, {}, {}};
  for (int i = 0; i < 40; ++i) {
    const double y = i >= 15 && i < 25 ? kNaN : static_cast<double>((i - 20) * (i - 20));
    broken.samples.push_back({i * 360.0, y, y, y});
  }
  plot.curves = {broken, {"single", {{7200, 200, 200, 200}}, {}, {}}};
  return {"metric", plot, {"10 values not a number"}};
}

inline Chart scatter_chart() {
  Plot plot;
  plot.form = Plot::Form::points;
  plot.x = {"lr", Scale::logarithmic, Unit::number, {}};
  plot.y.title = "val_acc.max";
  const char* names[] = {"optimizer=adam", "optimizer=sgd"};
  for (int group = 0; group < 2; ++group) {
    Curve curve{names[group], {}, {}, {}};
    for (int i = 0; i < 9; ++i) {
      const double x = std::pow(10, -4 + i * 0.375);
      const double y = 0.9 - 0.01 * (i - 4 - group) * (i - 4 - group);
      curve.samples.push_back({x, y, y, y});
      curve.names.push_back("run");
    }
    plot.curves.push_back(curve);
  }
  return {"val_acc.max by lr", plot, {"1 run without lr or val_acc.max is not shown: 4fd2e3fd"}};
}

inline Chart parallel_chart() {
  Parallel parallel;
  parallel.axes = {{"lr", Scale::logarithmic, Unit::number, {}},
                   {"batch", Scale::linear, Unit::number, {}},
                   {"optimizer", Scale::category, Unit::number, {"adam", "rmsprop", "sgd"}},
                   {"val_acc.max", Scale::linear, Unit::number, {}}};
  for (int i = 0; i < 12; ++i) {
    parallel.lines.push_back({"run " + std::to_string(i),
                              {std::pow(10, -4 + i % 3), static_cast<double>(16 << i % 4),
                               static_cast<double>(i % 3), 0.7 + 0.02 * (i % 7)}});
  }
  // A run without a value has a hole in its line.
  parallel.lines.push_back({"hole", {0.001, std::numeric_limits<double>::quiet_NaN(), 1, 0.75}});
  return {"13 runs by val_acc.max", parallel, {}};
}

inline Chart bars_chart() {
  Bars bars;
  bars.title = "share of the variance of test_acc";
  bars.bars = {{"optimizer", 0.62847, 0.58, 0.66},
               {"optimizer × dropout", 0.2537, 0.2, 0.3},
               {"dropout", 0.10505, 0.05, 0.15},
               {"optimizer × learning_rate", 0.01015, 0.01015, 0.01015},
               {"learning_rate", 0.00192, 0.00192, 0.00192}};
  return {"importance", bars, {}};
}

}  // namespace clew::render::testing
