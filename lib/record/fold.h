#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/event.h"
#include "model/parts.h"

namespace clew::record {

/// What the events of a run add up to. The recorder keeps one as it writes, readers and sealing
/// make one as they read; so all agree on what a run is. Not thread-safe.
class Fold {
 public:
  /// Takes the next event. Returns the parameter change that the event turned out to be, if any.
  std::optional<model::ParamChange> apply(const model::Event& event);
  /// A point of a series that a SeriesEvent has introduced; others are ignored.
  void add_point(std::uint32_t series, const model::Point& point);

  /// All but points and output. The header's metrics are made anew at each call.
  [[nodiscard]] model::RunParts parts() const;
  [[nodiscard]] model::Run header() const;
  /// The run as far as events have told, without its metrics.
  [[nodiscard]] const model::Run& run() const { return parts_.run; }
  /// The series in the order of their numbers.
  [[nodiscard]] const std::vector<model::MetricSummary>& series() const { return series_; }
  /// The value of a parameter after all changes; nullptr when it is not set.
  [[nodiscard]] const Json* current_value(std::string_view param) const;
  /// Has an EndEvent been seen?
  [[nodiscard]] bool ended() const { return ended_; }
  /// Has a BeginEvent been seen?
  [[nodiscard]] bool begun() const { return begun_; }

 private:
  std::optional<model::ParamChange> apply_param(const model::ParamEvent& event);

  model::RunParts parts_;
  std::vector<model::MetricSummary> series_;
  model::FileTable files_;
  std::map<std::string, Json, std::less<>> changed_;  // current values of changed parameters
  bool begun_ = false;
  bool ended_ = false;
};

/// What is to be said of a run whose recorder disappeared before the end: how it ended is not
/// known, nor what it did from `last_write` on.
void mark_interrupted(model::RunParts& parts, Time last_write);

}  // namespace clew::record
