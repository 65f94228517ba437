#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct CompareOptions {
  std::vector<std::string> runs;
  std::optional<std::string> where;
  bool all = false;
  bool csv = false;
};

void declare_compare(Declaration& declaration, CompareOptions& options);
int run_compare(Session& session, const CompareOptions& options);

}  // namespace clew::cmd
