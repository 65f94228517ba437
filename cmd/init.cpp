#include "init.h"

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "record/hook.h"
#include "store/layout.h"

namespace clew::cmd {

void declare_init(Declaration& declaration, InitOptions& options) {
  declaration.positional("DIR", options.directory, "The directory; by default the current one")
      .completes = Completes::directory;
  declaration.description =
      "Makes the store in which runs are kept: inside a git repository in its git directory, "
      "where git itself and all work trees leave it alone, elsewhere as '.clew' in the directory. "
      "CLEW_DIR names another place. 'clew run' makes a store by itself where there is none. On a "
      "store that is there already the command changes nothing.";
  declaration.examples = {{"clew init", "make a store for the current directory"}};
}

int run_init(Session& session, const InitOptions& options) {
  store::Location location = *session.location;
  if (options.directory) {
    const fs::path directory = (session.directory / *options.directory).lexically_normal();
    std::error_code code;
    if (!fs::is_directory(directory, code)) {
      throw Error(ErrorKind::usage, concat("no directory '", *options.directory, '\''),
                  {concat("mkdir -p ", shell_quote(*options.directory))});
    }
    location = store::locate(directory, session.environment);
  }
  store::create(location.layout);
  record::write_hook_samples(location.layout);
  const std::string& root = location.layout.root.native();
  if (session.global.json) {
    Json answer;
    answer["store"] = root;
    answer["created"] = !location.exists;
    session.out.line(dump_json(answer));
  } else {
    session.out.line(
        concat(location.exists ? "the store is already in '" : "made a store in '", root, '\''));
  }
  return 0;
}

}  // namespace clew::cmd
