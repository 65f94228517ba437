#include "app/session.h"

#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

const store::Layout& Session::layout() const {
  if (!location) throw Error(ErrorKind::bug, "a command without access asked for the store");
  if (!location->exists) {
    throw Error(
        ErrorKind::no_store, concat("no store for '", directory.native(), '\''),
        {"'clew run -- COMMAND...' makes one and records a run; 'clew init' only makes one"});
  }
  return location->layout;
}

}  // namespace clew::cmd
