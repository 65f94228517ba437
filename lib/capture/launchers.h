#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace clew::capture {

/// How a command line is made up: launchers, then a program, its script or module, its arguments.
struct CommandShape {
  std::size_t program = 0;       ///< the innermost program, after env, nice, mpirun, uv run, …
  std::size_t arguments = 0;     ///< the first word of its own arguments; argv.size() when none
  bool interpreter = false;      ///< the program is an interpreter that is known by its name
  bool own_environment = false;  ///< a launcher sets up PATH itself, so the caller's says nothing
};
[[nodiscard]] CommandShape command_shape(const std::vector<std::string>& argv);

/// Is the word an option: a dash and more that is not a negative number?
[[nodiscard]] bool is_option_word(std::string_view word);

}  // namespace clew::capture
