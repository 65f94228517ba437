#pragma once

#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct TagOptions {
  std::string run;
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

void declare_tag(Declaration& declaration, TagOptions& options);
int run_tag(Session& session, const TagOptions& options);

}  // namespace clew::cmd
