#pragma once

#include "app/session.h"
#include "model/parts.h"
#include "query/reproduction.h"
#include "record/replay.h"

namespace clew::cmd {

/// A run again, beside the one that it repeats.
struct RerunCheck {
  const model::RunParts& before;
  const model::RunParts& after;
  const query::Reproduction& found;
  const std::vector<record::ReplayInput>& inputs;
};

/// Prints which outputs and metrics matched and, where some did not, what else differs: code,
/// command, parameters, environment, inputs. As one JSON object with --json.
void print_rerun_check(Session& session, const RerunCheck& check);

}  // namespace clew::cmd
