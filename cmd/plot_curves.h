#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/run.h"
#include "query/catalog.h"
#include "render/chart.h"

// What `clew plot` draws of metrics, apart from where it is drawn.

namespace clew::cmd {

/// What stands on the axis below.
enum class Across { step, time, epoch };

struct CurveRequest {
  std::vector<std::string> metrics;
  std::vector<model::Run> runs;
  Across across = Across::step;
  bool logarithmic = false;
  double smoothing = 0;     ///< from 0 (none) to below 1
  std::size_t most = 2000;  ///< values per curve; more are drawn as what several come down to
};

/// A curve for each of the metrics of each of the runs that has it. Steps of points that have none
/// are their numbers; times count from the start of the run; epochs come from the run's metric
/// "epoch" where it has one, else they are its steps. Throws Error(usage) when no run has any of
/// the metrics.
[[nodiscard]] render::Chart chart_of(const query::Catalog& catalog, const CurveRequest& request);

/// An exponential moving average without the bias of its start: s[n] = w s[n-1] + (1-w) v, shown
/// as s[n] / (1 - w^n), as TensorBoard does and Adam (Kingma and Ba, 2015, algorithm 1). A sample
/// that stands for `counts[i]` values counts as so many equal ones. Values that are not finite stay
/// as they are and do not count.
[[nodiscard]] std::vector<render::Sample> smoothed(const std::vector<render::Sample>& samples,
                                                   const std::vector<std::uint64_t>& counts,
                                                   double weight);

/// What tells runs apart in a legend: name or id, and up to three parameters in which they differ.
[[nodiscard]] std::vector<std::string> run_labels(const std::vector<model::Run>& runs);

}  // namespace clew::cmd
