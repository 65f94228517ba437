#include "generate.h"

#include "app/command.h"
#include "app/complete.h"
#include "app/man_page.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

void write_man(const fs::path& directory) {
  replace_file(directory / "clew.1", program_page());
  for (const Command& command : commands()) {
    if (command.hidden) continue;
    const std::unique_ptr<Invocation> invocation = command.make();
    replace_file(directory / concat("clew-", command.name, ".1"),
                 command_page(command, invocation->declaration()));
  }
}

/// Under the names by which the shells find them.
void write_completions(const fs::path& directory) {
  replace_file(directory / "clew.bash", bash_script());
  replace_file(directory / "_clew", zsh_script());
  replace_file(directory / "clew.fish", fish_script());
}

}  // namespace

void declare_generate(Declaration& declaration, GenerateOptions& options) {
  Argument& what = declaration.positional("WHAT", options.what, "What to write");
  what.choices = {"man", "completions", "complete"};
  what.required = true;
  declaration
      .positional("DIR", options.directory, "The directory in which to write man or completions")
      .completes = Completes::directory;
  declaration.after_separator("WORD...", options.words,
                              "For complete: the words before the cursor");
  declaration.description =
      "Writes the man pages or the completion scripts into a directory, or answers what a "
      "completion script asks.";
}

int run_generate(Session& session, const GenerateOptions& options) {
  if (options.what == "complete") {
    for (const std::string& line : complete(session, options.words))
      session.out.line(line);
    return 0;
  }
  if (!options.directory) {
    throw Error(ErrorKind::usage, "no directory is given",
                {concat("clew generate ", options.what, " DIR")});
  }
  const fs::path directory = session.directory / *options.directory;
  make_directories(directory);
  if (options.what == "man") {
    write_man(directory);
  } else {
    write_completions(directory);
  }
  return 0;
}

}  // namespace clew::cmd
