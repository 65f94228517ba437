#pragma once

#include <chrono>

#include "store/layout.h"
#include "store/store.h"

namespace clew::record {

/// Moves an ended or abandoned run from its spool into an open store, then removes live/RUN. The
/// caller holds the spool's lock. A run that is in the store already is only removed from live/.
/// A run without an end becomes `interrupted`. Throws Error; the spool then stays as it is.
void seal(store::Store& store, RunId id, store::OutputLimit limit);

}  // namespace clew::record
