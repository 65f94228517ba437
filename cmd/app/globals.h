#pragma once

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

/// Declares the options that every command takes, before or after its name.
void declare_globals(Declaration& declaration, GlobalOptions& options);

}  // namespace clew::cmd
