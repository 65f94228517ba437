#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct TagOptions {
  std::string run;  ///< with a condition the first tag
  std::optional<std::string> where;
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

void declare_tag(Declaration& declaration, TagOptions& options);
int run_tag(Session& session, const TagOptions& options);

}  // namespace clew::cmd
