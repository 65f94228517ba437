#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace clew::capture {

/// What a launcher starts.
enum class Runs {
  program,  ///< the next word is a program, looked at in its turn
  script,   ///< the next word is a script; what follows are its arguments
};

/// What must be known of a launcher or interpreter to find the arguments of what it runs. Lists are
/// words with a space between; options stand without dashes and with '-' for '_'.
struct Launcher {
  std::string_view names = {};
  std::string_view modules = {};      ///< as `python -m MODULE`
  std::string_view subcommands = {};  ///< one of these must follow, as in `uv run`
  std::string_view values = {};       ///< options with a value in the next word; ":2" for two
  std::string_view ends = {};         ///< options whose value stands for the script, as -c CODE
  Runs runs = Runs::program;
  std::size_t own_words = 0;  ///< plain words of its own, as the duration of timeout
  bool interpreter = false;
  bool long_with_one_dash = false;  ///< "-host" is one option, not four
  bool assignments = false;         ///< NAME=VALUE words are its own
  bool own_environment = false;     ///< sets up PATH itself
};

[[nodiscard]] std::span<const Launcher> launchers();

}  // namespace clew::capture
