#include "app/report.h"

#include "base/text.h"

namespace clew::cmd {

using ui::Label;

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return 2;
    case ErrorKind::no_store:
      return 3;
    case ErrorKind::busy:
      return 4;
    case ErrorKind::damaged:
      return 5;
    case ErrorKind::failed:
      return 6;
    case ErrorKind::bug:
      return 70;
  }
  return 70;
}

void report(ui::Output& err, const Error& error) {
  err.set_silent(false);
  err.write("clew: ");
  err.write(Label::bad, "error:");
  err.line(concat(' ', error.message()));
  for (const std::string& hint : error.hints()) {
    err.write(Label::hint, "hint:");
    err.line(concat(' ', hint));
  }
  err.flush();
}

void report_bug(ui::Output& err, const std::exception& error) {
  report(err, Error(ErrorKind::bug, concat("internal error: ", error.what()),
                    {"this is a fault of clew; please report it with the command line"}));
}

void warn(ui::Output& err, std::string_view message) {
  err.write("clew: ");
  err.write(Label::warning, "warning:");
  err.line(concat(' ', message));
  err.flush();
}

}  // namespace clew::cmd
