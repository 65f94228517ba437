#pragma once

#include <chrono>
#include <vector>

#include "model/event.h"
#include "store/layout.h"

namespace clew::record {

/// Adds tags and notes (TagEvent, NoteEvent) to a run, live or sealed, under the store's lock.
/// Throws Error(busy) after `patience`, Error(usage) when there is no such run.
void annotate(const store::Layout& layout, RunId id, const std::vector<model::Event>& events,
              std::chrono::milliseconds patience);

/// What recover() did.
struct Recovery {
  std::vector<RunId> sealed;
  std::vector<std::string> failures;  ///< a sentence for each run that could not be sealed
};

/// Seals the runs whose recorder is gone. Called by every command that writes.
Recovery recover(const store::Layout& layout, std::chrono::milliseconds patience);

}  // namespace clew::record
