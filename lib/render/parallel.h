#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "render/chart.h"
#include "render/scale.h"

namespace clew::render {

/// What all back ends need to draw parallel coordinates. Must not outlive the chart.
class ParallelFrame {
 public:
  explicit ParallelFrame(const Parallel& parallel);

  [[nodiscard]] const std::vector<Ruler>& rulers() const { return rulers_; }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  /// The place of a line on an axis; nullopt where it has none.
  [[nodiscard]] std::optional<double> place(const Parallel::Line& line, std::size_t axis) const;
  /// Which of `shades` a line has, from its place on the last axis: 0 at the low end. nullopt for a
  /// line that is not on it.
  [[nodiscard]] std::optional<std::size_t> shade(const Parallel::Line& line,
                                                 std::size_t shades) const;
  /// The lines from the lowest to the highest on the last axis, those not on it first: the order in
  /// which they are drawn.
  [[nodiscard]] std::vector<std::size_t> order() const;

 private:
  const Parallel& parallel_;
  std::vector<Range> ranges_;
  std::vector<Ruler> rulers_;
};

}  // namespace clew::render
