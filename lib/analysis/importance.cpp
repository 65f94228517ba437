#include "analysis/importance.h"

#include <algorithm>
#include <cmath>

#include "analysis/factorial.h"
#include "analysis/fanova.h"
#include "analysis/forest.h"
#include "base/text.h"

namespace clew::analysis {
namespace {

constexpr std::size_t kFewestRuns = 3;
/// A forest needs so many runs, and so many for each parameter.
constexpr std::size_t kForestRuns = 10;
constexpr std::size_t kRunsPerParameter = 4;
/// Below this coefficient of determination a forest has hardly understood the runs.
constexpr double kWeakR2 = 0.25;
/// With fewer runs leaves are small, so that a forest of few runs can follow them at all.
constexpr std::size_t kManyRuns = 50;

void measure(const Table& table, Importance& out) {
  const auto count = static_cast<double>(table.target.size());
  for (const double value : table.target)
    out.mean += value / count;
  double squares = 0;
  for (const double value : table.target)
    squares += (value - out.mean) * (value - out.mean);
  out.deviation = std::sqrt(squares / count);
}

/// Why nothing can be computed; empty when something can.
std::string obstacle(const Table& table) {
  const std::size_t runs = table.target.size();
  if (runs < kFewestRuns) {
    return concat("too few runs to tell: ", runs, " with a value, of at least ", kFewestRuns);
  }
  if (table.columns.empty()) return "no parameter differs among these runs";
  const auto [least, most] = std::minmax_element(table.target.begin(), table.target.end());
  if (*least == *most) return "the value is the same in all runs";
  return {};
}

void apply_exact(const Table& table, Factorial exact, Importance& out) {
  out.method = Method::exact;
  out.effects = std::move(exact.effects);
  out.further = exact.further;
  out.cells = exact.cells;
  out.fewest = exact.fewest;
  out.most = exact.most;
  out.telling = true;
  if (table.target.size() == exact.cells) {
    out.doubts.emplace_back(
        "every combination was run once, so how much of this is chance cannot be told");
  } else {
    out.unexplained = exact.residual;
  }
}

void apply_forest(const Table& table, const ImportanceOptions& options, Importance& out) {
  const std::size_t runs = table.target.size();
  const std::size_t needed = std::max(kForestRuns, kRunsPerParameter * table.columns.size());
  ForestOptions growth;
  growth.trees = options.trees;
  growth.seed = options.seed;
  growth.least = runs < kManyRuns ? 1 : 2;
  const std::vector<Tree> forest = grow_forest(table, growth);
  Fanova fanova = analyze_forest(table, forest);
  out.method = Method::forest;
  out.effects = std::move(fanova.effects);
  out.further = fanova.further;
  out.trees = fanova.trees;
  const std::optional<double> r2 = out_of_bag_r2(table, forest);
  if (r2) out.unexplained = std::clamp(1 - *r2, 0.0, 1.0);
  out.telling = runs >= needed && r2 && *r2 > 0;
  if (runs < needed) {
    out.doubts.push_back(concat("too few runs to tell: ", runs, " of at least ", needed, " for ",
                                table.columns.size(),
                                table.columns.size() == 1 ? " parameter" : " parameters"));
  }
  if (!r2 || *r2 <= 0) {
    out.doubts.emplace_back(
        "these parameters do not foretell the value of a run better than the mean does");
  } else if (*r2 < kWeakR2) {
    out.doubts.emplace_back(
        "these parameters foretell little of the value of a run, so shares are rough");
  }
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::exact:
      return "exact";
    case Method::forest:
      return "forest";
    case Method::none:
      break;
  }
  return "none";
}

Importance compute_importance(const Table& table, const ImportanceOptions& options) {
  Importance out;
  if (!table.target.empty()) measure(table, out);
  if (std::string why = obstacle(table); !why.empty()) {
    out.doubts.push_back(std::move(why));
    return out;
  }
  auto exact = options.always_forest ? std::nullopt : decompose(table);
  if (exact) {
    apply_exact(table, std::move(*exact), out);
  } else {
    apply_forest(table, options, out);
  }
  std::stable_sort(out.effects.begin(), out.effects.end(),
                   [](const Effect& a, const Effect& b) { return a.share > b.share; });
  return out;
}

}  // namespace clew::analysis
