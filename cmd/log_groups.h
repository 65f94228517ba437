#pragma once

#include "app/session.h"
#include "log.h"
#include "query/catalog.h"

namespace clew::cmd {

/// `clew log --group-by`: prints the groups; the exit code.
int print_groups(Session& session, const query::Catalog& catalog, const LogOptions& options);

}  // namespace clew::cmd
