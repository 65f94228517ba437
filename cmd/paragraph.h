#pragma once

#include <cstddef>
#include <string_view>

#include "ui/output.h"

namespace clew::cmd {

/// Prints a text from column `at` on, which has been reached already; what does not fit the
/// terminal goes on in further lines that begin at column `indent`.
void print_paragraph(ui::Output& out, ui::Label label, std::string_view text, std::size_t at,
                     std::size_t indent);

}  // namespace clew::cmd
