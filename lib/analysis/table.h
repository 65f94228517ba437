#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/run.h"

namespace clew::analysis {

/// One hyperparameter over the runs of a table. Every run has one of its levels; a run without the
/// parameter has a level of its own, so that no run is lost.
///
/// A level has a weight, its share of the space that effects are integrated over. Levels that come
/// back (a grid) weigh the same. A number that takes ever new values (a random search) is a sample
/// of a range: each level then stands for the part of the range that is nearest to it, on a
/// logarithmic scale where `log_scale` says so. Weights add up to 1.
struct Column {
  std::string name;
  bool ordered = false;                     ///< numbers; the level for "missing" comes first
  bool log_scale = false;                   ///< ordered only
  bool continuous = false;                  ///< ordered only: a sample of a range
  std::vector<std::optional<Json>> levels;  ///< distinct, ascending where ordered; nullopt: missing
  std::vector<double> weights;              ///< of each level
  std::vector<std::uint32_t> level;         ///< of each run
};

/// A parameter that is no column, and why.
struct LeftOut {
  enum class Reason {
    constant,   ///< the same in all runs; `detail` is the value
    seed,       ///< drives chance: runs that differ in it alone are repeats
    label,      ///< another text in every run, which says no more than which run it is
    alias,      ///< changes together with the column `detail`, so that nothing tells them apart
    composite,  ///< says again what several columns say: `detail` lists them
  };
  std::string name;
  Reason reason = Reason::constant;
  std::string detail;
};

/// Runs as rows: what was set, and what came out.
struct Table {
  std::vector<Column> columns;  ///< those that differ, by name
  std::vector<double> target;   ///< of each run, finite
  std::vector<RunId> runs;
  std::vector<LeftOut> left_out;  ///< by name
  std::size_t without_value = 0;  ///< runs that were given but have no finite target
};

struct TableOptions {
  std::vector<std::string> only;                  ///< these parameters; empty: all
  std::optional<std::vector<std::string>> seeds;  ///< parameters that drive chance, else is_seed()
};

/// Makes the table. `target` gives a run's value, nullopt where it has none. Throws Error(usage),
/// with suggestions, when a name in `only` is a parameter of none of the runs.
[[nodiscard]] Table make_table(
    const std::vector<model::Run>& runs,
    const std::function<std::optional<double>(const model::Run&)>& target,
    const TableOptions& options);

/// Does a parameter of this name drive nothing but chance? Its last part is "seed" or has the word
/// in it, or is random_state, repeat, replicate or the like.
[[nodiscard]] bool is_seed(std::string_view name);

/// Would numbers (ascending, distinct) rather be seen on a logarithmic scale? They must be
/// positive. Of six and more, the scale counts on which they lie more evenly (Kolmogorov's distance
/// from the uniform distribution over their range). Of fewer: they grow at the same factor within a
/// fifth, or over a range of ten times or more, unless they lie at equal distances.
[[nodiscard]] bool grows_by_factors(const std::vector<double>& ascending);

/// A number as it was meant: one that is exactly a float32 becomes the decimal with the fewest
/// digits that reads as that float32 (0.0005000000237487257 becomes 0.0005). Others stay.
[[nodiscard]] double as_meant(double value);
/// The same for a parameter's value; integers and what is no number stay. A double that is a whole
/// number becomes an integer, since 1 and 1.0 set the same.
[[nodiscard]] Json as_meant(const Json& value);

}  // namespace clew::analysis
