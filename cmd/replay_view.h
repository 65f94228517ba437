#pragma once

#include <vector>

#include "app/session.h"
#include "model/parts.h"
#include "record/replay.h"

// What checkout and rerun share: where the inputs of a run are looked for, and how they are told.

namespace clew::cmd {

/// Where the inputs of a recorded run are looked for: its own work tree, or where that is gone the
/// one around the session's directory.
[[nodiscard]] record::ReplayPlaces replay_places(const Session& session,
                                                 const model::RunParts& parts);

/// "same", "changed", "missing" or "unknown".
[[nodiscard]] std::string_view name_of(record::ReplayInput::State state);

/// A list of {"path","state","sha256","size"}.
[[nodiscard]] Json inputs_to_json(const std::vector<record::ReplayInput>& inputs);

/// Names on stderr the inputs that are not there as they were, with their digests.
void warn_of_inputs(Session& session, const std::vector<record::ReplayInput>& inputs);

/// Is every input there as it was? Those whose digest is not known count as there.
[[nodiscard]] bool all_there(const std::vector<record::ReplayInput>& inputs);

}  // namespace clew::cmd
