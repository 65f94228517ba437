#pragma once

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct StatusOptions {};

void declare_status(Declaration& declaration, StatusOptions& options);
int run_status(Session& session, const StatusOptions& options);

}  // namespace clew::cmd
