#pragma once

#include <cstddef>
#include <vector>

#include "query/frame.h"

// Putting the runs of a frame against each other: groups, ranks, the Pareto front.

namespace clew::query {

/// What the numbers of a group come to. NaN takes no part, nor does what is missing or no number.
struct Statistics {
  std::size_t count = 0;
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation; NaN for fewer than two
  double min = 0;
  double max = 0;
};

/// Runs that agree in the values of some columns.
struct Group {
  std::vector<expr::Value> keys;
  std::size_t runs = 0;
  std::vector<Statistics> statistics;  ///< of each value column
};

/// Groups the rows by the columns `keys`, in the order in which their first rows come. Numbers are
/// one key when they are equal, whether integers or not; what is missing is a key too. The values
/// live as long as the frame.
[[nodiscard]] std::vector<Group> group(const Frame& frame, const std::vector<std::size_t>& keys,
                                       const std::vector<std::size_t>& values);

struct Ranked {
  std::size_t row = 0;
  std::size_t rank = 0;  ///< from 1; equal values share one, and the next one is as much higher
  bool tied = false;
};

/// The `count` best rows by a column, and those that tie with the last of them. Rows without a
/// number there have no rank. `smaller`: the least value is the best.
[[nodiscard]] std::vector<Ranked> best(const Frame& frame, std::size_t column, bool smaller,
                                       std::size_t count);

/// The rows that no other row beats: none is at least as good in all of these columns and better in
/// one (V. Pareto 1906). `descending` means that greater is better. Ordered by the first column,
/// the best first. Rows that lack a number in one of them take no part.
[[nodiscard]] std::vector<std::size_t> pareto_front(const Frame& frame,
                                                    const std::vector<FrameOrder>& goals);

}  // namespace clew::query
