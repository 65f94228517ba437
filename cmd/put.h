#pragma once

#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct PutOptions {
  std::vector<std::string> words;  ///< none, or "-": lines of standard input
};

/// The protocol line that the words make, with its end. Throws Error(usage) for words that cannot
/// make one.
[[nodiscard]] std::string put_line(const std::vector<std::string>& words);

void declare_put(Declaration& declaration, PutOptions& options);
int run_put(Session& session, const PutOptions& options);

}  // namespace clew::cmd
