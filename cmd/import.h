#pragma once

#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct ImportOptions {
  std::string file;  ///< "-" is standard input
  bool again = false;
};

void declare_import(Declaration& declaration, ImportOptions& options);
int run_import(Session& session, const ImportOptions& options);

}  // namespace clew::cmd
