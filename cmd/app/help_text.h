#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/command.h"
#include "app/declaration.h"
#include "ui/output.h"

namespace clew::cmd {

/// "clew show [OPTIONS] RUN [PATH]".
[[nodiscard]] std::string usage_line(std::string_view command, const Declaration& declaration);

/// The text broken into lines of at most `width` columns at its spaces; a line break in the text
/// stays one. A word that is wider stands alone.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// What `clew --help` prints: the commands and the global options.
void print_overview(ui::Output& out);
/// What `clew COMMAND --help` prints.
void print_help(ui::Output& out, const Command& command, const Declaration& declaration);

}  // namespace clew::cmd
