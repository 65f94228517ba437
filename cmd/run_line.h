#pragma once

#include "record/recorder.h"
#include "ui/output.h"

namespace clew::cmd {

/// The exit code of `clew run` when it could not start the command.
inline constexpr int kCannotStart = 125;

/// Prints the line that `clew run` ends with:
/// "clew: 9f3c2a7b finished in 12.3s  loss=0.02 val_acc=0.97", with the last values of the four
/// metrics that were reported last.
void print_closing_line(ui::Output& err, const record::Outcome& outcome);

}  // namespace clew::cmd
