#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/parts.h"

namespace clew::query {

/// The runs that are not sealed yet, as a catalog needs them; a seam for tests. The functions mean
/// what those of record::LiveReader do.
class LiveRuns {
 public:
  virtual ~LiveRuns() = default;
  [[nodiscard]] virtual std::vector<model::Run> runs() const = 0;
  [[nodiscard]] virtual std::optional<model::RunParts> run(RunId id) const = 0;
  [[nodiscard]] virtual std::optional<model::Series> series(RunId id,
                                                            std::string_view name) const = 0;
  virtual void output(RunId id, const std::function<bool(model::OutputEvent&&)>& visit) const = 0;
};

}  // namespace clew::query
