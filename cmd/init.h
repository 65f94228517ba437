#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct InitOptions {
  std::optional<std::string> directory;
};

void declare_init(Declaration& declaration, InitOptions& options);
int run_init(Session& session, const InitOptions& options);

}  // namespace clew::cmd
