#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/parts.h"
#include "prov/graph.h"

namespace clew::prov {

/// All that the graph of one run is made of. `series` is called once per metric.
struct RunRecord {
  model::RunParts parts;
  model::SeriesOf series;
  bool has_output = false;
};

struct GraphOptions {
  bool with_series = false;  ///< points of every series, also of those above 10,000 points
  std::string version;       ///< of clew, for its agent
};

/// The graph of runs by the mapping published in clew-prov(7). Runs that used the same snapshot
/// share its entity. The same runs give the same document.
[[nodiscard]] Document run_graph(const std::vector<RunRecord>& runs, const GraphOptions& options);

}  // namespace clew::prov
