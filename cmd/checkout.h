#pragma once

#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct CheckoutOptions {
  std::string run;
  std::string directory;
  bool with_inputs = false;
};

void declare_checkout(Declaration& declaration, CheckoutOptions& options);
int run_checkout(Session& session, const CheckoutOptions& options);

}  // namespace clew::cmd
