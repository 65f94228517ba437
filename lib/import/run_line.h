#pragma once

#include <functional>
#include <optional>
#include <string>

#include "import/fields.h"
#include "model/run.h"

// The line of kind "run". Internal to import.

namespace clew::importer {

/// Finds the run that a file calls by this id.
using RunOf = std::function<std::optional<RunId>(const std::string& id)>;

/// The run that the line describes, but for its id. `known` finds runs of lines before, for the
/// parent. Throws Malformed.
[[nodiscard]] model::Run read_run_line(const Json::Object& line, const RunOf& known);

}  // namespace clew::importer
