#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "model/run.h"
#include "snapshot/snapshot.h"

namespace clew::cmd {

/// The repository that holds the snapshot of a run: the one around the run's own work tree, else
/// the one around the session's directory, or the private one of the store. nullopt when the
/// snapshot is in none of them, or the run has none.
[[nodiscard]] std::optional<snapshot::Repository> open_code(const Session& session,
                                                            const model::Run& run);

/// The same; throws Error(usage) that says what is missing.
[[nodiscard]] snapshot::Repository require_code(const Session& session, const model::Run& run);

/// Some of the files that a snapshot names but does not hold, the largest first:
/// "data/big.bin (12 MiB, large), .env (312 B, secret), 4 more".
[[nodiscard]] std::string unstored_text(const std::vector<model::UnstoredFile>& files);

}  // namespace clew::cmd
