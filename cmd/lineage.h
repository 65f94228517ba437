#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct LineageOptions {
  std::string subject;  ///< a path, RUN, RUN:path or a SHA-256
  bool up = false;
  bool down = false;  ///< neither: both
  std::optional<std::int64_t> depth;
  bool all = false;  ///< follow every run, and name every file
  bool dot = false;
  std::optional<std::string> svg;  ///< the file to write
};

void declare_lineage(Declaration& declaration, LineageOptions& options);
int run_lineage(Session& session, const LineageOptions& options);

}  // namespace clew::cmd
