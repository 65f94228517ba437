#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/parts.h"
#include "query/compare.h"

namespace clew::query {

/// One thing that runs can differ in, with the value of each run; nullopt where a run has none.
struct SideRow {
  std::string_view section;  ///< "run", "params", "metrics", "code" or "environment"
  std::string name;
  std::vector<std::optional<Json>> values;
  bool equal = true;  ///< all the same, exactly
};

/// Runs beside each other: state, command and name, parameters, the last, least and greatest value
/// of each metric, code and environment, in this order, by name within a section.
[[nodiscard]] std::vector<SideRow> side_by_side(const std::vector<model::RunParts>& runs,
                                                SystemMetrics system);

}  // namespace clew::query
