#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "base/id.h"

namespace clew::cmd {

/// All that the program has from outside: the seam at which tests seal it.
struct Services {
  EnvironmentMap environment;
  Clock& clock;
  IdSource& ids;
  fs::path directory;  ///< the current directory, absolute; empty when it cannot be told
  fs::path program;    ///< the path of this program's file
  int input = 0;
  int output = 1;
  int error = 2;
};

/// Runs one command line (without the program's name); the exit code. Prints errors, throws
/// nothing. Call it from a process with one thread.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments, const Services& services);

/// The variables of a process as a map; of one named twice the first counts, as in getenv(3).
[[nodiscard]] EnvironmentMap environment_map(const char* const* variables);

/// The file of this process, resolved; the plain name where /proc does not tell.
[[nodiscard]] fs::path program_file();

/// The version of clew, "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace clew::cmd
