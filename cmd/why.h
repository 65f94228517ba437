#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct WhyOptions {
  std::optional<std::string> a;  ///< both: the two newest
  std::optional<std::string> b;
  std::optional<std::string> metric;
  bool patch = false;
};

void declare_why(Declaration& declaration, WhyOptions& options);
int run_why(Session& session, const WhyOptions& options);

}  // namespace clew::cmd
