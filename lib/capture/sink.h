#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "model/event.h"

namespace clew::capture {

/// Takes what sources of capture find out. The recorder implements it over the spool. Called from
/// one thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void point(std::string_view name, model::MetricSource source,
                     const model::Point& point) = 0;
  /// A parameter of one name and one value; maps have been flattened before.
  virtual void param(const model::ParamEvent& event) = 0;
  virtual void tag(std::string tag) = 0;
  virtual void note(model::Note note) = 0;
  virtual void artifact(std::string path, Time time) = 0;
};

}  // namespace clew::capture
