#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct RmOptions {
  std::vector<std::string> runs;
  std::optional<std::string> where;
  bool yes = false;
  bool dry_run = false;
};

void declare_rm(Declaration& declaration, RmOptions& options);
int run_rm(Session& session, const RmOptions& options);

}  // namespace clew::cmd
