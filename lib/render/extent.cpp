#include "render/extent.h"

#include <cmath>

namespace clew::render {

Extent extent_of(const Plot& plot) {
  Extent extent{Range(plot.x.scale), Range(plot.y.scale)};
  for (const Curve& curve : plot.curves) {
    for (const auto* samples : {&curve.samples, &curve.raw}) {
      for (const Sample& sample : *samples) {
        if (std::isnan(sample.x) || std::isnan(sample.y)) continue;
        extent.x.include(sample.x);
        extent.y.include(sample.low);
        if (sample.high != sample.low) extent.y.include(sample.high);
      }
    }
  }
  return extent;
}

}  // namespace clew::render
