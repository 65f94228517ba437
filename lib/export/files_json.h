#pragma once

#include <vector>

#include "base/json.h"
#include "model/files.h"

// Processes and files as in `clew show --json`. Internal to export.

namespace clew::exporter {

[[nodiscard]] Json processes_to_json(const std::vector<model::Process>& processes);
[[nodiscard]] Json files_to_json(const std::vector<model::File>& files);
/// null of a run that was not captured.
[[nodiscard]] Json capture_to_json(const model::Capture& capture);
[[nodiscard]] Json firings_to_json(const std::vector<model::Firing>& firings);

}  // namespace clew::exporter
