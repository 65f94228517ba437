#pragma once

#include <string>

#include "app/session.h"

namespace clew::cmd {

/// Checks a PROV-JSON document and, where clew wrote it, proves what it claims against the store,
/// the git repository and the files that are here. The exit code: 0, or 1 where it is wrong.
int verify_document(Session& session, const std::string& path);

}  // namespace clew::cmd
