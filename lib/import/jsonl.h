#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"

namespace clew::importer {

/// Takes what an interchange file says, in its order.
class Receiver {
 public:
  virtual ~Receiver() = default;
  /// A run begins. `foreign_id` is the id as the file gives it; `run.id` is set when that is one of
  /// clew's own, else zero. Returns the id under which the run is known from now on.
  virtual RunId begin(model::Run run, const std::string& foreign_id) = 0;
  virtual void point(RunId run, std::string_view name, model::MetricSource source,
                     const model::Point& point) = 0;
  virtual void change(RunId run, model::ParamChange change) = 0;
};

/// Reads interchange lines (clew-json(5)) from `next`, which yields one line per call until it
/// returns false. Lines of a run may come in any order after its own. Throws Error(failed) with the
/// number of the first line that is wrong; the receiver then throws away what it had.
void read_jsonl(const std::function<bool(std::string& line)>& next, Receiver& receiver);

}  // namespace clew::importer
