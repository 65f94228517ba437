#pragma once

#include "app/session.h"
#include "log.h"
#include "query/catalog.h"

namespace clew::cmd {

/// `clew log --best`, `--worst` and `--pareto`: prints the runs; the exit code.
int print_ranking(Session& session, const query::Catalog& catalog, const LogOptions& options);

}  // namespace clew::cmd
