#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace clew::analysis {

/// A stretch of a file that differs.
struct Hunk {
  std::string header;              ///< "@@ -27,7 +27,7 @@ def step(self):"
  std::vector<std::string> lines;  ///< with their first character: ' ', '-', '+' or '\'
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
  /// Do only comments and blank lines differ? By the sign that a language of this extension begins
  /// them with; what is not known of a language counts as code.
  bool comments_only = false;
};

struct FileHunks {
  std::string path;      ///< in the newer version; in the older one of a removed file
  std::string old_path;  ///< in the older version; empty for an added file
  bool binary = false;
  std::vector<Hunk> hunks;
};

/// Cuts a unified diff in git's format (git-diff(1), "Generating patch text") into files and hunks.
/// Lines that belong to neither are skipped.
[[nodiscard]] std::vector<FileHunks> parse_patch(std::string_view patch);

}  // namespace clew::analysis
