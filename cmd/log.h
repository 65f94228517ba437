#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct LogOptions {
  std::optional<std::int64_t> count;
  std::optional<std::string> where;
  std::optional<std::string> sort;
  std::optional<std::string> columns;
  std::vector<std::string> tags;    ///< all of them
  std::vector<std::string> states;  ///< any of them
  std::optional<std::string> group_by;
  std::optional<std::string> best;
  std::optional<std::string> worst;
  std::optional<std::string> pareto;
  bool exact = false;
  bool csv = false;
  std::vector<std::string> paths;  ///< only runs that used any of these files
};

void declare_log(Declaration& declaration, LogOptions& options);
int run_log(Session& session, const LogOptions& options);

}  // namespace clew::cmd
