#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/parts.h"
#include "query/row.h"

// What two runs read and wrote, compared by content.

namespace clew::query {

/// What a file held.
struct FileContent {
  std::string sha256;  ///< empty where it was not hashed
  std::uint64_t size = 0;
  model::DigestKind digest = model::DigestKind::none;
};

struct FileComparison {
  bool known = false;  ///< the files of both runs were recorded; all below is empty otherwise
  std::vector<Row<FileContent>> inputs;   ///< data that differ as the runs found them, by path
  std::vector<Row<FileContent>> outputs;  ///< files that differ as the runs left them, by path
  std::vector<Row<Json>> packages;  ///< libraries and packages that were used and differ, by name
  std::size_t same_inputs = 0;      ///< that both read, with the same content
  std::size_t same_outputs = 0;
  [[nodiscard]] bool equal() const;
};

/// Data are told by path and content; code is told by snapshots, and left out here. Two files
/// without a digest differ where their sizes do.
[[nodiscard]] FileComparison compare_files(const model::RunParts& a, const model::RunParts& b);

/// Were the files of a run recorded at all, by whatever means?
[[nodiscard]] bool files_recorded(const model::RunParts& parts);

/// Did the run read or execute a file of this name? nullopt where that cannot be told: what is not
/// in the record of a run that was not watched completely may have been read all the same.
[[nodiscard]] std::optional<bool> was_read(const model::RunParts& parts, std::string_view path);

}  // namespace clew::query
