#pragma once

#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct SetOptions {
  std::string run;
  std::vector<std::string> settings;  ///< NAME=VALUE
  bool anew = false;
};

void declare_set(Declaration& declaration, SetOptions& options);
int run_set(Session& session, const SetOptions& options);

}  // namespace clew::cmd
