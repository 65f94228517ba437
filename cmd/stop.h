#pragma once

#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct StopOptions {
  std::string run;
  bool checkpoint = false;
  bool now = false;
  bool no_wait = false;
  std::optional<std::string> grace;
};

void declare_stop(Declaration& declaration, StopOptions& options);
int run_stop(Session& session, const StopOptions& options);

}  // namespace clew::cmd
