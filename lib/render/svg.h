#pragma once

#include <string>

#include "render/chart.h"

namespace clew::render {

/// The size of a picture, in CSS pixels.
struct SvgSize {
  int width = 800;
  int height = 480;
};

/// The chart as an SVG 1.1 document of its own, with fonts and colours that need nothing from
/// outside. Curves have a title element with their name, which browsers show as a hint. The same
/// chart gives the same bytes.
[[nodiscard]] std::string draw_svg(const Chart& chart, SvgSize size = {});

}  // namespace clew::render
