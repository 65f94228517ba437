#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "model/event.h"
#include "model/run.h"

namespace clew::model {

/// All of a run but its points and its output.
struct RunParts {
  Run run;
  Json environment = Json::object();
  std::vector<ParamChange> changes;
  std::vector<ArtifactEvent> artifacts;
  std::vector<Process> processes;
  std::vector<File> files;  ///< sorted by path
  Capture capture;
  std::vector<Firing> firings;
  std::optional<Digest> digest;  ///< of a sealed run only
};

/// Reads one series of a run in full, by the metric's name. Throws Error when that fails.
using SeriesOf = std::function<Series(const std::string& metric)>;

}  // namespace clew::model
