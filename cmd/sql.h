#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct SqlOptions {
  std::optional<std::string> statement;
  bool schema = false;
  bool csv = false;
};

void declare_sql(Declaration& declaration, SqlOptions& options);
int run_sql(Session& session, const SqlOptions& options);

}  // namespace clew::cmd
