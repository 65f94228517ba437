#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct DiffOptions {
  std::optional<std::string> a;
  std::optional<std::string> b;
  std::optional<std::string> where;
  bool exit_code = false;
  bool patch = false;
  bool all = false;  ///< system metrics too
};

void declare_diff(Declaration& declaration, DiffOptions& options);
int run_diff(Session& session, const DiffOptions& options);

}  // namespace clew::cmd
