#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/parts.h"
#include "prov/graph.h"
#include "prov/seal.h"

namespace clew::prov {

/// What a document says of the points of a metric.
struct DescribedSeries {
  std::string name;
  std::uint64_t count = 0;
  std::string sha256;  ///< hex, of the series' text (series_text in prov/run_template.h)
  std::string points;  ///< that text; empty where the document leaves it out
};

/// A run as a document of clew tells it: enough to repeat it and to check what it claims.
struct DescribedRun {
  std::string prefix;                ///< of its namespace in the document
  std::string version;               ///< of the clew that wrote the document
  std::vector<std::string> options;  ///< "anonymous", "processes", … sorted
  /// All that the document has. Of metrics the sums are derived from the means. Without the option
  /// "processes" there are no processes, and each file has one use, by process 0, with the modes
  /// and times that the document tells. Lists that are sets in PROV (tags, gaps) are sorted.
  model::RunParts parts;
  std::string cwd_in_tree;  ///< relative to the top of the work tree; empty when not below it
  std::vector<DescribedSeries> series;
  bool has_output = false;

  [[nodiscard]] bool has_option(std::string_view name) const;
};

/// The runs that a document describes, by their ids; none where it is not clew's. Runs that it only
/// names (parents, repeated runs, makers of files) are not among them. Throws Error(failed) when
/// the document was written by a template that is newer than this program's, and where what a
/// template promises is not there or not of its type.
[[nodiscard]] std::vector<DescribedRun> runs_of(const Document& document);

}  // namespace clew::prov
