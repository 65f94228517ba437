#pragma once

#include <string>
#include <vector>

#include "app/session.h"

namespace clew::cmd {

/// What may stand at the cursor of a command line. `words` are those after the program's name, the
/// last one, which may be empty, up to the cursor. Each line of the answer is a candidate, with a
/// tab and a description where there is one; or tells the shell what to complete itself: ":files",
/// ":directories", or ":command N" for the words from number N (from 0) on, which are a command
/// line of their own. Never throws: where no store can be read there are no runs.
[[nodiscard]] std::vector<std::string> complete(const Session& session,
                                                const std::vector<std::string>& words);

/// The scripts for the shells, which ask `clew generate complete`.
[[nodiscard]] std::string bash_script();
[[nodiscard]] std::string zsh_script();
[[nodiscard]] std::string fish_script();

}  // namespace clew::cmd
