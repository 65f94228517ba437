#pragma once

#include <cstddef>
#include <vector>

#include "analysis/effect.h"
#include "analysis/forest.h"
#include "analysis/table.h"

// Functional analysis of variance of a random forest: Hutter, Hoos, Leyton-Brown, "An Efficient
// Approach for Assessing Hyperparameter Importance", ICML 2014 (PMLR 32).
//
// A tree cuts the space of settings into boxes, one for each leaf, on which it is constant. So the
// mean of its prediction over all settings in which some parameters have given values is a sum over
// boxes, computed exactly. Of these marginals come, for each tree, the variances
//
//     V_i  = Var of the marginal of i
//     V_ij = Var of the marginal of (i, j)  −  V_i − V_j
//
// as parts of the variance V of the tree over the whole space, under the weights of the table's
// levels. A share is the mean of these parts over the trees, its deviation their standard
// deviation. Trees that are constant take no part.

namespace clew::analysis {

struct Fanova {
  std::vector<Effect> effects;  ///< of single parameters, then of pairs
  /// What is left for three parameters and more together, which in a forest also holds noise.
  double further = 0;
  double mean = 0;        ///< over all settings
  std::size_t trees = 0;  ///< that are not constant
};

[[nodiscard]] Fanova analyze_forest(const Table& table, const std::vector<Tree>& forest);

}  // namespace clew::analysis
