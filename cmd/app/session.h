#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "base/id.h"
#include "capture/settings.h"
#include "store/layout.h"
#include "ui/output.h"

namespace clew::cmd {

/// The options that stand before or after any command.
struct GlobalOptions {
  std::string directory;              ///< -C
  std::vector<std::string> settings;  ///< -c section.key=value
  bool json = false;                  ///< --json
  std::string color = "auto";         ///< --color auto|always|never
  bool no_pager = false;              ///< --no-pager
  bool quiet = false;                 ///< -q, --quiet: no chatter on stderr
  bool help = false;                  ///< --help
  bool version = false;               ///< --version
};

/// What a command runs with. Made once by main; the only way to the outside for commands.
struct Session {
  GlobalOptions global;
  EnvironmentMap environment;
  fs::path directory;  ///< absolute, after -C
  fs::path program;    ///< the path of this program
  Clock& clock;
  IdSource& ids;
  int input;                                ///< descriptor of standard input
  ui::Output& out;                          ///< standard output: the answer
  ui::Output& err;                          ///< standard error: chatter; silent when quiet
  capture::Settings settings;               ///< merged by the dispatcher
  std::optional<store::Location> location;  ///< set for every access but `nothing`

  /// The layout of the store; Error(no_store) when the command has no access to one.
  [[nodiscard]] const store::Layout& layout() const;
};

}  // namespace clew::cmd
