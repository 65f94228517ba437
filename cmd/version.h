#pragma once

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct VersionOptions {};

void declare_version(Declaration& declaration, VersionOptions& options);
int run_version(Session& session, const VersionOptions& options);

}  // namespace clew::cmd
