#pragma once

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct HookOptions {};

void declare_hook(Declaration& declaration, HookOptions& options);
int run_hook(Session& session, const HookOptions& options);

}  // namespace clew::cmd
