#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "analysis/effect.h"
#include "analysis/table.h"

// The exact decomposition of variance of a full factorial design: every combination of levels was
// run.
//
// Each combination is a cell, whose value is the mean of its runs; all cells weigh the same, also
// where some were repeated more often. The cells' values f are a sum of effects f_U, one for each
// set U of parameters, that are orthogonal to one another:
//
//     f_U(x_U) = mean of f over all parameters outside U  −  sum of f_W(x_W) over all W ⊂ U
//     Var f    = sum of Var f_U
//
// (Hoeffding 1948; for designs in which all cells have the same number of runs this is the analysis
// of variance of Fisher, and the shares are η².) The variance of the target is that of the cells
// plus the mean variance within cells, both as populations; the latter is the residual.

namespace clew::analysis {

struct Factorial {
  std::vector<Effect> effects;  ///< of all sets of parameters; of three at most when there are many
  double mean = 0;
  double variance = 0;  ///< of the target, as a population
  double residual = 0;  ///< share of the variance within cells
  double further = 0;   ///< share of the sets that are left out
  std::size_t cells = 0;
  std::size_t fewest = 0;  ///< runs in a cell
  std::size_t most = 0;
};

/// nullopt when the runs of the table are no full factorial, or it has no columns. Where the target
/// does not vary all shares are 0.
[[nodiscard]] std::optional<Factorial> decompose(const Table& table);

}  // namespace clew::analysis
