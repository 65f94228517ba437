#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/parts.h"
#include "prov/graph.h"

namespace clew::prov {

/// The run that made a file which another run then read.
struct FileOrigin {
  RunId run;
  Time generated = 0;  ///< when that run wrote it last
};

/// Finds the newest run that left the file at `path` with these bytes before the time `read`;
/// nullopt where none did.
using OriginOf = std::function<std::optional<FileOrigin>(const std::string& path,
                                                         const std::string& sha256, Time read)>;

/// All that the graph of one run is made of. `series` is called once per metric, `origin` once for
/// each file that the run found there and read, if its digest is known.
struct RunRecord {
  model::RunParts parts;
  model::SeriesOf series;
  bool has_output = false;
  OriginOf origin = nullptr;
};

struct GraphOptions {
  bool with_series = false;        ///< points of every series, also of those above 10,000 points
  std::string version;             ///< of clew, for its agent
  bool processes = false;          ///< processes as activities, to which their files are attached
  bool infer_derivations = false;  ///< what a process wrote was derived from what it had read
  bool anonymous = false;          ///< without names of user and host, and absolute paths
  bool bundles = false;            ///< a bundle for each run
  bool seal = true;  ///< compute the digest of the document; else that is left to who writes it
};

/// The graph of runs by the mapping published in clew-prov(7). Runs that used the same snapshot
/// share its entity, and a run uses the entity that an earlier one generated where it read the file
/// which that one had left. The same runs give the same document. Seals: see prov/seal.h.
[[nodiscard]] Document run_graph(std::vector<RunRecord> runs, const GraphOptions& options);

}  // namespace clew::prov
