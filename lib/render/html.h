#pragma once

#include <string>

#include "base/json.h"
#include "render/chart.h"

namespace clew::render {

/// The chart as one HTML 5 document that needs nothing from outside: values under the mouse, curves
/// to hide and show, a part of the picture to look at closely. The drawing is done by page.js in
/// the browser, from the chart as JSON; one without scripts shows draw_svg()'s picture. The same
/// chart gives the same bytes.
[[nodiscard]] std::string draw_html(const Chart& chart);

/// The chart as a JSON value, as the page has it: columns of numbers, null where there is none.
[[nodiscard]] Json to_json(const Chart& chart);

}  // namespace clew::render
