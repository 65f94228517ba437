#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/effect.h"
#include "analysis/table.h"

namespace clew::analysis {

/// How importance was computed.
enum class Method {
  none,    ///< not at all: no parameter differs, too few runs, or the target is always the same
  exact,   ///< analysis/factorial.h
  forest,  ///< analysis/fanova.h
};
[[nodiscard]] std::string_view name_of(Method method);

/// Which hyperparameters matter for a target.
struct Importance {
  Method method = Method::none;
  double mean = 0;              ///< of the target over the runs
  double deviation = 0;         ///< its standard deviation over the runs, as a population
  std::vector<Effect> effects;  ///< greatest first; of a forest single parameters and pairs
  /// The share of what is in no effect: sets of more parameters, of a forest with noise.
  double further = 0;
  /// The part of the variance that the parameters do not explain. Exact: the share of the variance
  /// among repeats, nullopt without repeats. Forest: 1 − R² for runs that trees have not seen.
  std::optional<double> unexplained;
  std::size_t cells = 0;   ///< exact: combinations of levels
  std::size_t fewest = 0;  ///< exact: runs of a combination
  std::size_t most = 0;
  std::size_t trees = 0;  ///< forest
  /// Is there enough to tell? Otherwise `doubts` says why not.
  bool telling = false;
  std::vector<std::string> doubts;  ///< sentences without a full stop
};

struct ImportanceOptions {
  std::size_t trees = 64;
  std::uint64_t seed = 1;      ///< of the forest
  bool always_forest = false;  ///< also for a full factorial
};

/// Decides on the method and applies it.
[[nodiscard]] Importance compute_importance(const Table& table, const ImportanceOptions& options);

}  // namespace clew::analysis
