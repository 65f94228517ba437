#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/files.h"
#include "store/store.h"

// How one run's files are tied to those of others. Internal to query.

namespace clew::query {

inline constexpr model::FileModes kReading = model::kRead | model::kExecuted | model::kInherited;

/// A file as a run found it.
struct Input {
  std::string sha256;  ///< empty where content says nothing
  std::uint64_t size = 0;
  model::DigestKind digest = model::DigestKind::none;
  Time last = 0;  ///< the run did not read it later
};
/// nullopt for a file that the run did not read, or not before it wrote it.
[[nodiscard]] std::optional<Input> input_of(const model::File& file);

/// Did the run put content into the file?
[[nodiscard]] bool is_made(const model::File& file);
/// And left it behind as its own?
[[nodiscard]] bool is_output(const model::File& file);

/// By start, newest first; of equal starts by id.
[[nodiscard]] bool newer(const store::FileMention& a, const store::FileMention& b);
/// One entry for each run, newest first.
void by_run(std::vector<store::FileMention>& mentions);
/// One entry for each run: those that made the content under this name first, then newest first.
void rank_makers(std::vector<store::FileMention>& makers, const std::string& path);

}  // namespace clew::query
