#include "help.h"

#include "app/command.h"
#include "app/help_text.h"

namespace clew::cmd {

void declare_help(Declaration& declaration, HelpOptions& options) {
  declaration.positional("COMMAND", options.command, "The command").completes = Completes::command;
  declaration.description =
      "Shows all that there is to know about a command, or the list of commands. "
      "'clew COMMAND --help' does the same.";
}

int run_help(Session& session, const HelpOptions& options) {
  if (!options.command) {
    print_overview(session.out);
    return 0;
  }
  const Command& command = command_named(*options.command);
  print_help(session.out, command, command.make()->declaration());
  return 0;
}

}  // namespace clew::cmd
