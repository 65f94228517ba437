#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/facets.h"
#include "analysis/hunks.h"
#include "analysis/reading.h"
#include "model/parts.h"

// From a difference between two runs back to what may have caused it.

namespace clew::analysis {

/// A file of the code that differs.
struct CodeFile {
  FileHunks change;
  Used used = Used::unknown;  ///< was it read by one of the two runs?
};

/// One thing in which the runs differ.
struct Difference {
  Facet facet;
  std::optional<Json> a;  ///< nullopt where the run has none; of code the trees
  std::optional<Json> b;
  Used used = Used::unknown;
  std::vector<CodeFile> files;  ///< of code: those of this difference, read ones first
  bool chance = false;          ///< a parameter that drives chance
  bool label = false;           ///< different in nearly every run
  std::string alias;  ///< the parameter that this one always changes together with; may be empty
  bool comments_only = false;  ///< of code: nothing but comments and blank lines
  std::optional<Evidence> evidence;
};

struct Causes {
  std::vector<Difference> differences;  ///< the likeliest cause first
  std::vector<Difference> unused;       ///< what differs but was not used
  std::optional<Spread> spread;         ///< of repeats
  /// Do repeats differ by as much as these two runs (twice the standard deviation of a difference)?
  /// nullopt where nothing was repeated or one of the values is missing.
  std::optional<bool> within_chance;
};

/// What is asked: two runs, the files of their code that differ, and the metric's values.
struct Question {
  const model::RunParts& a;
  const model::RunParts& b;
  std::vector<FileHunks> code;
  InCode in_code_a;  ///< of the snapshot of a
  InCode in_code_b;
  std::optional<double> value_a;
  std::optional<double> value_b;
};

/// Lists what differs and ranks it: first what has been seen to matter by itself, by the change of
/// the metric there, in the settings of these two runs where that is known; then what has not been
/// seen by itself, used before not known, in the order of FacetKind; last what says little (labels,
/// comments) or has been seen not to matter.
[[nodiscard]] Causes find_causes(const Question& question, const Witness& witness);

}  // namespace clew::analysis
