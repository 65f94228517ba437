#pragma once

#include <string>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct VerifyOptions {
  std::vector<std::string> what;  ///< runs, or PROV-JSON documents; empty: the whole store
};

void declare_verify(Declaration& declaration, VerifyOptions& options);
int run_verify(Session& session, const VerifyOptions& options);

}  // namespace clew::cmd
