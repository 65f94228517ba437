#include "render/parallel.h"

#include <algorithm>
#include <numeric>

namespace clew::render {

ParallelFrame::ParallelFrame(const Parallel& parallel) : parallel_(parallel) {
  for (std::size_t axis = 0; axis < parallel.axes.size(); ++axis) {
    Range range(parallel.axes[axis].scale);
    for (const Parallel::Line& line : parallel.lines) {
      if (axis < line.values.size()) range.include(line.values[axis]);
    }
    ranges_.push_back(range);
    rulers_.emplace_back(parallel.axes[axis], range);
  }
}

std::optional<double> ParallelFrame::place(const Parallel::Line& line, std::size_t axis) const {
  if (axis >= line.values.size()) return std::nullopt;
  return rulers_[axis].place(line.values[axis]);
}

std::optional<std::size_t> ParallelFrame::shade(const Parallel::Line& line,
                                                std::size_t shades) const {
  const auto at = place(line, parallel_.axes.size() - 1);
  if (!at || shades == 0) return std::nullopt;
  const auto shade = static_cast<std::size_t>(std::max(*at, 0.0) * static_cast<double>(shades));
  return std::min(shade, shades - 1);
}

std::vector<std::size_t> ParallelFrame::order() const {
  std::vector<std::size_t> order(parallel_.lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t last = parallel_.axes.size() - 1;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return place(parallel_.lines[a], last).value_or(-1) <
           place(parallel_.lines[b], last).value_or(-1);
  });
  return order;
}

}  // namespace clew::render
