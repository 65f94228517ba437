#pragma once

#include "base/id.h"
#include "store/key_value.h"
#include "store/layout.h"

namespace clew::store {

/// Deletes all rows and files of a run that no reader sees: one that was never committed, or that
/// was removed. A bounded number of rows at once; safe to repeat.
void remove_remains(KeyValue& database, const Layout& layout, RunId id);

/// Takes a committed run out of the store, as Store::remove() says. Does nothing when it is not
/// here.
void remove_run(KeyValue& database, const Layout& layout, RunId id);

}  // namespace clew::store
