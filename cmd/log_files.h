#pragma once

#include "app/session.h"
#include "log.h"
#include "query/catalog.h"

namespace clew::cmd {

/// `clew log -- PATH...`: the runs that used any of these files, or files below these directories,
/// newest first, each with what it did to them.
int print_users_of_files(Session& session, const query::Catalog& catalog,
                         const LogOptions& options);

}  // namespace clew::cmd
