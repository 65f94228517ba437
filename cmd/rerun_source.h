#pragma once

#include <optional>
#include <string>

#include "app/session.h"
#include "model/parts.h"
#include "snapshot/snapshot.h"

namespace clew::cmd {

/// A run to repeat, wherever it is recorded.
struct RerunSource {
  model::RunParts parts;
  model::SeriesOf series;                    ///< of the old run
  std::optional<snapshot::Repository> code;  ///< holds its snapshot; there unless `here`
  fs::path origin;                           ///< where its inputs are looked for
};

/// Finds a run by a word as every command does, or reads it from a document where the word names a
/// file of JSON. Throws Error(usage) when there is neither, and without `here` when its code is not
/// to be had.
[[nodiscard]] RerunSource find_rerun_source(const Session& session, const std::string& word,
                                            bool here);

}  // namespace clew::cmd
