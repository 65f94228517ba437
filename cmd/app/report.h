#pragma once

#include <exception>
#include <string_view>

#include "base/error.h"
#include "ui/output.h"

namespace clew::cmd {

/// The exit code for a kind of error, as clew(1) documents it.
[[nodiscard]] int exit_code_of(ErrorKind kind);

/// Prints "clew: error: MESSAGE" and a line "hint: …" for each hint.
void report(ui::Output& err, const Error& error);
/// Prints an exception that should never have come this far.
void report_bug(ui::Output& err, const std::exception& error);
/// Prints "clew: warning: MESSAGE", unless quiet.
void warn(ui::Output& err, std::string_view message);

}  // namespace clew::cmd
