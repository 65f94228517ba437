#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "model/event.h"
#include "store/layout.h"

namespace clew::record {

/// Adds tags and notes (TagEvent, NoteEvent) to a run, live or sealed, under the store's lock.
/// Throws Error(busy) after `patience`, Error(usage) when there is no such run.
void annotate(const store::Layout& layout, RunId id, const std::vector<model::Event>& events,
              std::chrono::milliseconds patience);

/// Removes sealed runs from the store, one after the other; each is gone for good when the next one
/// is begun. `progress` is told how many are done. Throws Error(usage) for a run that goes on
/// (before any is removed), Error(busy) after `patience`.
void remove(const store::Layout& layout, const std::vector<RunId>& ids,
            std::chrono::milliseconds patience,
            const std::function<void(std::size_t)>& progress = {});

/// What recover() did.
struct Recovery {
  std::vector<RunId> sealed;
  std::vector<std::string> failures;  ///< a sentence for each run that could not be sealed
};

/// Seals the runs whose recorder is gone. Called by every command that writes.
Recovery recover(const store::Layout& layout, std::chrono::milliseconds patience);

}  // namespace clew::record
