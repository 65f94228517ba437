#pragma once

#include <string>

#include "app/command.h"
#include "app/declaration.h"

// The man pages, made from the table of commands and their declarations.

namespace clew::cmd {

/// clew(1): the program, its commands, global options, exit codes, variables and files.
[[nodiscard]] std::string program_page();
/// clew-NAME(1).
[[nodiscard]] std::string command_page(const Command& command, const Declaration& declaration);

}  // namespace clew::cmd
