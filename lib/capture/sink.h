#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "model/event.h"

namespace clew::capture {

/// A wish that the command be ended, from another terminal.
struct StopRequest {
  std::string by;           ///< who asks: "user@host"
  bool now = false;         ///< at once, by SIGKILL
  bool checkpoint = false;  ///< the training may save what it has first
  std::optional<double>
      grace;  ///< seconds from SIGTERM to SIGKILL; what is set where there is none
};

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
  virtual void stop(StopRequest request) = 0;
};

}  // namespace clew::capture
