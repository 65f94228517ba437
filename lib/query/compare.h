#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/parts.h"
#include "query/compare_files.h"
#include "query/row.h"

namespace clew::query {

/// What differs between two runs. Values compare exactly.
struct Comparison {
  std::vector<Row<Json>> params;                   ///< those that differ, by name
  std::vector<Row<model::MetricSummary>> metrics;  ///< those whose summaries differ, by name
  std::vector<Row<Json>> environment;              ///< leaves that differ, flattened, by name
  FileComparison files;                            ///< data that were read, files written
  bool state_differs = false;
  bool code_differs = false;     ///< different trees, or files that were named but not stored
  bool code_unknown = false;     ///< no difference is known of, but not everything was stored
  bool command_differs = false;  ///< argv
  [[nodiscard]] bool equal() const;
};

/// Whether metrics of clew's own ("system/…") take part.
enum class SystemMetrics { leave_out, include };

[[nodiscard]] Comparison compare(const model::RunParts& a, const model::RunParts& b,
                                 SystemMetrics system);

}  // namespace clew::query
