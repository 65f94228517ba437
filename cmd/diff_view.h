#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/parts.h"
#include "query/compare.h"
#include "snapshot/snapshot.h"
#include "ui/output.h"

namespace clew::cmd {

/// How the code of two runs differs, as far as that can be told here.
struct CodeComparison {
  std::optional<snapshot::CodeDifference> stored;         ///< nullopt when a snapshot is not here
  std::string gap;                                        ///< why it is not
  std::vector<query::Row<model::UnstoredFile>> unstored;  ///< those that differ, by path
};

/// Everything that `clew diff` knows about two runs.
struct RunDifference {
  const model::RunParts& a;
  const model::RunParts& b;
  query::Comparison comparison;
  CodeComparison code;
};

/// The files that a snapshot names but does not hold and that differ between two: in size, or in
/// content where both were hashed.
[[nodiscard]] std::vector<query::Row<model::UnstoredFile>> compare_unstored(
    const std::vector<model::UnstoredFile>& a, const std::vector<model::UnstoredFile>& b);

/// Whether either run read or executed a file of the code that differs between them, under the name
/// that it had then; nullopt where that cannot be told. What differs and was never read cannot
/// explain anything.
[[nodiscard]] std::array<std::optional<bool>, 2> code_reading(const RunDifference& runs,
                                                              const snapshot::FileChange& file);

/// The differences for people, section by section; with `patch`, the code as a unified diff.
void print_difference(ui::Output& out, const RunDifference& difference, bool patch);

/// "added", "removed", "modified", "renamed", "type_changed".
[[nodiscard]] std::string_view name_of(snapshot::FileChange::Kind kind);

/// The differences as the object that the help of `clew diff` describes.
[[nodiscard]] Json difference_to_json(const RunDifference& difference);

}  // namespace clew::cmd
