#include "app/program.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <memory>
#include <new>

#include "app/command.h"
#include "app/globals.h"
#include "app/help_text.h"
#include "app/open.h"
#include "app/parse.h"
#include "app/report.h"
#include "base/error.h"
#include "base/text.h"
#include "ui/pager.h"

namespace clew::cmd {

namespace {

bool has(const EnvironmentMap& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found != environment.end() && !found->second.empty();
}

/// COLUMNS where it is set, as scripts and tests do; else the width of the terminal, or 80 where it
/// has none.
std::size_t columns_of(const EnvironmentMap& environment, int fd) {
  const auto found = environment.find("COLUMNS");
  if (found != environment.end()) {
    const auto columns = parse_int(found->second);
    if (columns && *columns > 0) return static_cast<std::size_t>(*columns);
  }
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// The same for lines: LINES, or what the terminal says, or 24.
std::size_t rows_of(const EnvironmentMap& environment, int fd) {
  const auto found = environment.find("LINES");
  if (found != environment.end()) {
    const auto rows = parse_int(found->second);
    if (rows && *rows > 0) return static_cast<std::size_t>(*rows);
  }
  winsize size{};
  return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

/// A terminal gets colours unless it cannot show them or the user asks for none (no-color.org).
bool colors_of(const EnvironmentMap& environment, bool terminal) {
  const auto term = environment.find("TERM");
  return terminal && !has(environment, "NO_COLOR") &&
         !(term != environment.end() && term->second == "dumb");
}

ui::Output output(const EnvironmentMap& environment, int fd, ui::Output::OnFailure on_failure) {
  const bool terminal = isatty(fd) == 1;
  return ui::Output(fd, terminal, colors_of(environment, terminal),
                    terminal ? columns_of(environment, fd) : 0, on_failure);
}

/// One command line on its way through the program.
class Dispatch {
 public:
  Dispatch(const Services& services, ui::Output& out, ui::Output& err)
      : services_(services), out_(out), err_(err) {
    declare_globals(globals_, global_);
  }

  int run(const std::vector<std::string>& arguments) {
    CommandLine line = cut(arguments);
    const std::size_t before = parse_globals(line.words, globals_, global_);
    apply();
    if (global_.version) return print_version();
    const bool no_name = before == line.words.size();
    // "clew --help run" asks for the same as "clew run --help".
    if (global_.help && (no_name || line.words[before].starts_with('-'))) return overview();
    if (no_name && line.separated) no_command(line);
    if (no_name) return overview();
    const Command& command = command_named(line.words[before]);
    line.words.erase(line.words.begin(),
                     line.words.begin() + static_cast<std::ptrdiff_t>(before) + 1);
    return run(command, line);
  }

 private:
  int overview() {
    print_overview(out_);
    return 0;
  }

  int print_version() {
    out_.line(concat("clew ", version()));
    return 0;
  }

  [[noreturn]] static void no_command(const CommandLine& line) {
    std::string hint = "clew run --";
    for (const std::string& word : line.tail)
      hint += concat(' ', shell_quote(word));
    throw Error(ErrorKind::usage, "no command before '--'", {concat("to record it: ", hint)});
  }

  int run(const Command& command, const CommandLine& line) {
    const std::unique_ptr<Invocation> invocation = command.make();
    const Declaration& declaration = invocation->declaration();
    if (!global_.help) parse(line, command.name, declaration, globals_, global_);
    apply();
    if (global_.version) return print_version();
    if (global_.help) {
      print_help(out_, command, declaration);
      return 0;
    }
    Session session = make_session();
    open(session, command.access);
    apply(session.settings);
    ui::Pager pager(out_);
    if (command.paged && out_.terminal() && !global_.no_pager) {
      pager.start(ui::pager_command(session.environment, session.settings.text("ui.pager")),
                  session.environment);
    }
    const int code = invocation->run(session);
    out_.flush();
    return code;
  }

  Session make_session() {
    return Session{.global = global_,
                   .environment = services_.environment,
                   .directory = directory_of(services_, global_),
                   .program = services_.program,
                   .clock = services_.clock,
                   .ids = services_.ids,
                   .input = services_.input,
                   .out = out_,
                   .err = err_,
                   .settings = {},
                   .location = {}};
  }

  /// What the global options say of the outputs.
  void apply() {
    color(global_.color);
    err_.set_silent(global_.quiet);
  }
  /// What the settings say where no option does.
  void apply(const capture::Settings& settings) {
    if (global_.color == "auto") color(settings.text("ui.color"));
  }
  void color(const std::string& when) {
    if (when == "auto") return;
    out_.set_color(when == "always");
    err_.set_color(when == "always");
  }

  const Services& services_;
  ui::Output& out_;
  ui::Output& err_;
  GlobalOptions global_;
  Declaration globals_;
};

}  // namespace

int run_program(const std::vector<std::string>& arguments, const Services& services) {
  using OnFailure = ui::Output::OnFailure;
  ui::Output out = output(services.environment, services.output, OnFailure::report);
  ui::Output err = output(services.environment, services.error, OnFailure::ignore);
  if (out.terminal()) out.set_rows(rows_of(services.environment, services.output));
  const auto give_up = [&out](auto&& print, int code) {
    // What was answered before the error stands before its message.
    try {
      out.flush();
    } catch (...) {
    }
    print();
    return code;
  };
  try {
    const int code = Dispatch(services, out, err).run(arguments);
    out.flush();
    err.flush();
    return code;
  } catch (const ui::ReaderGone&) {
    return 0;
  } catch (const Error& error) {
    return give_up([&] { report(err, error); }, exit_code_of(error.kind()));
  } catch (const std::bad_alloc&) {
    return give_up([&] { report(err, Error(ErrorKind::failed, "out of memory")); },
                   exit_code_of(ErrorKind::failed));
  } catch (const std::exception& error) {
    return give_up([&] { report_bug(err, error); }, exit_code_of(ErrorKind::bug));
  }
}

}  // namespace clew::cmd
