#pragma once

#include <string>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct NoteOptions {
  std::string run;
  std::string text;
};

void declare_note(Declaration& declaration, NoteOptions& options);
int run_note(Session& session, const NoteOptions& options);

}  // namespace clew::cmd
