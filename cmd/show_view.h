#pragma once

#include "base/clock.h"
#include "model/parts.h"
#include "ui/output.h"

namespace clew::cmd {

struct ShowView {
  Time now = 0;
  bool system_metrics = false;
};

/// One run for people: what it was, where, with which parameters, and what came of it. A section
/// without content is left out.
void print_run(ui::Output& out, const model::RunParts& parts, const ShowView& view);

/// What an environment comes down to: pairs of a heading and a line, for those parts that are
/// there.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_digest(
    const Json& environment);

}  // namespace clew::cmd
