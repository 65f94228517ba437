#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/causes.h"
#include "base/json.h"
#include "model/parts.h"
#include "ui/output.h"

namespace clew::cmd {

/// Everything that `clew why` has to say.
struct WhyReport {
  model::RunParts a;
  model::RunParts b;
  std::optional<std::string> metric;  ///< nullopt: the runs have none in common
  std::optional<double> value_a;
  std::optional<double> value_b;
  analysis::Causes causes;
  std::string code_gap;        ///< why the code could not be compared; empty when it was
  std::size_t considered = 0;  ///< runs that the evidence comes from
};

/// For people. `patch`: all lines of the code, else the first of them.
void print_why(ui::Output& out, const WhyReport& report, bool patch);

/// The ranked differences and those that were not used, without a heading.
void print_causes(ui::Output& out, const WhyReport& report, bool patch);

/// As the object that the help of `clew why` describes.
[[nodiscard]] Json why_to_json(const WhyReport& report);

}  // namespace clew::cmd
