#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct GenerateOptions {
  std::string what;                      ///< man, completions or complete
  std::optional<std::string> directory;  ///< for all but complete
  std::vector<std::string> words;        ///< for complete: the command line up to the cursor
};

void declare_generate(Declaration& declaration, GenerateOptions& options);
int run_generate(Session& session, const GenerateOptions& options);

}  // namespace clew::cmd
