#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/parts.h"
#include "store/layout.h"

// Reading runs that are not sealed yet, from any process, without disturbing their recorder.

namespace clew::record {

/// Reads the runs under `live/`. A run whose recorder is gone without an end reads as interrupted.
/// Not thread-safe; sees each run as it is at the time of the call.
class LiveReader {
 public:
  explicit LiveReader(store::Layout layout) : layout_(std::move(layout)) {}

  /// The headers of all unsealed runs, newest first, at most a second old: reads no spool of a run
  /// that goes on.
  [[nodiscard]] std::vector<model::Run> runs() const;
  /// One run, current to the last record of its spool; nullopt when it is not (or no longer) here.
  [[nodiscard]] std::optional<model::RunParts> run(RunId id) const;
  /// A series in the order of arrival; nullopt when there is no such run or metric.
  [[nodiscard]] std::optional<model::Series> series(RunId id, std::string_view name) const;
  /// Calls `visit` with each piece of output until it returns false.
  void output(RunId id, const std::function<bool(model::OutputEvent&&)>& visit) const;

 private:
  store::Layout layout_;
};

}  // namespace clew::record
