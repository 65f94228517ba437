#include "app/globals.h"

namespace clew::cmd {

void declare_globals(Declaration& declaration, GlobalOptions& options) {
  declaration
      .option("-C,--directory", "DIR", options.directory, "Act as if started in this directory")
      .completes = Completes::directory;
  declaration.option("-c,--config", "SECTION.KEY=VALUE", options.settings,
                     "Set a setting for this command alone");
  declaration.flag("--json", options.json, "Answer in JSON");
  declaration
      .option("--color", "WHEN", options.color,
              "Colour the answer: auto (on a terminal; the default), always or never")
      .choices = {"auto", "always", "never"};
  declaration.flag("--no-pager", options.no_pager, "Do not show long answers in a pager");
  declaration.flag("-q,--quiet", options.quiet, "Print no messages beside the answer but errors");
  declaration.flag("-h,--help", options.help, "Show help");
  declaration.flag("--version", options.version, "Show the version");
}

}  // namespace clew::cmd
