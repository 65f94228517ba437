#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct GraphCommandOptions {
  std::vector<std::string> runs;
  std::optional<std::string> svg;
  std::optional<std::string> png;
  std::optional<std::string> dot;
  bool full = false;
  bool processes = false;
  bool infer_derivations = false;
  bool bundles = false;
  bool anonymous = false;
};

void declare_graph(Declaration& declaration, GraphCommandOptions& options);
int run_graph_command(Session& session, const GraphCommandOptions& options);

}  // namespace clew::cmd
