#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct BisectOptions {
  std::string metric;
  std::string condition;
  std::string good;
  std::string bad;
  bool all = false;
  bool run = false;
};

void declare_bisect(Declaration& declaration, BisectOptions& options);
int run_bisect(Session& session, const BisectOptions& options);

}  // namespace clew::cmd
