#pragma once

#include <string>

namespace clew::cmd {

/// Throws Error(usage) for a run name that could not be given as RUN afterwards: one that is empty,
/// begins with '@' or '-', has a ':' or a control character, or could be the beginning of an id.
void check_run_name(const std::string& name);

/// Throws Error(usage) for a tag that is empty, begins with '-' or '@', or has a white space, ':'
/// or control character.
void check_tag(const std::string& tag);

}  // namespace clew::cmd
