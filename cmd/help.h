#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct HelpOptions {
  std::optional<std::string> command;
};

void declare_help(Declaration& declaration, HelpOptions& options);
int run_help(Session& session, const HelpOptions& options);

}  // namespace clew::cmd
