#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct ImportanceOptions {
  std::string metric;
  std::vector<std::string> runs;  ///< empty: all
  std::optional<std::string> where;
  std::optional<std::string> params;
  std::optional<std::string> seeds;
  std::optional<std::string> svg;
  std::optional<std::int64_t> trees;
  bool forest = false;
  bool running = false;
  bool all = false;
  bool csv = false;
};

void declare_importance(Declaration& declaration, ImportanceOptions& options);
int run_importance(Session& session, const ImportanceOptions& options);

}  // namespace clew::cmd
