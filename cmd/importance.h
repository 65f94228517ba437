#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"
#include "importance_view.h"
#include "query/catalog.h"

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

/// What the options ask for. Throws Error(usage) for names that are not there.
[[nodiscard]] ImportanceReport importance_report(const Session& session,
                                                 const query::Catalog& catalog,
                                                 const ImportanceOptions& options);

}  // namespace clew::cmd
