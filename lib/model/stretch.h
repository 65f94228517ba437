#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "model/series.h"

namespace clew::model {

/// Consecutive points of a series in summary; of a single point it says all but which of its bits
/// made a NaN.
struct Stretch {
  std::uint64_t count = 0;
  std::uint64_t numbers = 0;               ///< points whose value is not NaN
  std::optional<std::int64_t> first_step;  ///< of the first point that has one
  std::optional<std::int64_t> last_step;   ///< of the last point that has one
  Time first_time = 0;
  Time last_time = 0;
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
  double sum = 0;  ///< of the numbers

  void add(const Point& point);
  /// NaN where there are no numbers.
  [[nodiscard]] double mean() const;
};

/// Which places of a stretch's ends a reader needs; others may be left 0 or out where that spares
/// work.
enum class StretchEnds { steps, times };

/// The points in stretches of equal count, in their order: one for each point where there are at
/// most `most` (1 or more) of them, else at most `most`.
[[nodiscard]] std::vector<Stretch> stretches_of(std::span<const Point> points, std::size_t most);

/// Makes stretches of `per_stretch` points each from points that come piece by piece.
class Stretcher {
 public:
  explicit Stretcher(std::uint64_t per_stretch) : per_stretch_(per_stretch) {}
  void add(const Point& point) {
    if (stretches_.empty() || stretches_.back().count >= per_stretch_) stretches_.emplace_back();
    stretches_.back().add(point);
  }
  [[nodiscard]] std::vector<Stretch> take() { return std::move(stretches_); }

 private:
  std::uint64_t per_stretch_;
  std::vector<Stretch> stretches_;
};

}  // namespace clew::model
