#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct GraphOptions {
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

void declare_graph(Declaration& declaration, GraphOptions& options);
int run_graph(Session& session, const GraphOptions& options);

}  // namespace clew::cmd
