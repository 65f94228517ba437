#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/table.h"

// A random forest for regression (Breiman, "Random Forests", Machine Learning 45, 2001): trees that
// each see a bootstrap sample of the runs, and at each node a sample of the columns. A split is the
// one that lessens the squared error most: of ordered columns a threshold, of others a set of
// levels, of which ordering them by their mean finds the best (Breiman et al., "Classification and
// Regression Trees", 1984, section 4.2).

namespace clew::analysis {

struct ForestOptions {
  std::size_t trees = 64;
  /// A leaf has at least so many runs of the sample.
  std::size_t least = 2;
  /// The part of the columns that a node chooses among, as in the fANOVA of Hutter et al.
  double columns = 5.0 / 6.0;
  std::uint64_t seed = 1;  ///< the same seed gives the same forest, on every machine
};

/// A node of a tree: a leaf with a value, or a split of the levels of a column between two nodes.
struct Node {
  std::optional<std::size_t> column;  ///< nullopt: a leaf
  std::uint32_t below = 0;            ///< of an ordered column: levels below it go to `yes`
  std::vector<bool> left;             ///< of another column: does this level go to `yes`?
  std::size_t yes = 0;
  std::size_t no = 0;
  double value = 0;  ///< the mean of the runs here
  [[nodiscard]] bool takes_yes(std::uint32_t level) const {
    return left.empty() ? level < below : left[level];
  }
};

/// A tree; node 0 is its root.
struct Tree {
  std::vector<Node> nodes;
  std::vector<bool> in_bag;  ///< of each run: was it in the sample?
  [[nodiscard]] double predict(const Table& table, std::size_t row) const;
};

/// Grows a forest over the runs of a table that has runs and columns.
[[nodiscard]] std::vector<Tree> grow_forest(const Table& table, const ForestOptions& options);

/// The coefficient of determination of the predictions for runs by those trees that have not seen
/// them: 1 is perfect, 0 no better than the mean, and less than that worse. nullopt when the target
/// does not vary, or no run is out of any bag.
[[nodiscard]] std::optional<double> out_of_bag_r2(const Table& table,
                                                  const std::vector<Tree>& forest);

}  // namespace clew::analysis
