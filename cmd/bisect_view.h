#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/turn.h"
#include "base/json.h"
#include "model/run.h"
#include "ui/output.h"
#include "why_view.h"

namespace clew::cmd {

/// A run that bisect looked at, or a commit that could be run.
struct BisectStep {
  model::Run run;
  std::string commit;  ///< that was run, or could be, because no run was of it; else empty
  analysis::Verdict verdict = analysis::Verdict::unknown;
  std::optional<double> value;
};

/// Everything that `clew bisect` has to say.
struct BisectReport {
  std::string metric;
  std::string condition;           ///< as an expression of its own
  std::vector<BisectStep> steps;   ///< by start, from GOOD to BAD
  std::size_t other_commands = 0;  ///< runs between that were left out
  analysis::Turn turn;
  WhyReport why;  ///< from the last good run to the first bad one
};

void print_bisect(ui::Output& out, const BisectReport& report);

/// As the object that the help of `clew bisect` describes.
[[nodiscard]] Json bisect_to_json(const BisectReport& report);

}  // namespace clew::cmd
