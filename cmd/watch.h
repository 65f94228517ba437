#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct WatchOptions {
  std::vector<std::string> runs;
  bool exit = false;
  std::optional<std::string> interval;
};

void declare_watch(Declaration& declaration, WatchOptions& options);
int run_watch(Session& session, const WatchOptions& options);

}  // namespace clew::cmd
