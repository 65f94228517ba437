#pragma once

#include <string>

#include "app/client.h"
#include "app/session.h"
#include "model/run.h"

namespace clew::cmd {

/// Who gives an order: "user@host".
[[nodiscard]] std::string who_asks();

/// Sends lines (each with its end) to the recorder of a run that goes on, and returns when they are
/// recorded. Throws Error(usage) when the run has ended, runs on another host, or the recorder
/// refuses a line; Error(failed) when the recorder does not answer.
void tell_recorder(const Session& session, const model::Run& run, const std::string& lines);

}  // namespace clew::cmd
