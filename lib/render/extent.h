#pragma once

#include "render/chart.h"
#include "render/scale.h"

namespace clew::render {

/// What the axes of a plot have to reach.
struct Extent {
  Range x;
  Range y;
};

/// Of all samples, raw ones too. A sample that has no value does not stretch either axis.
[[nodiscard]] Extent extent_of(const Plot& plot);

}  // namespace clew::render
