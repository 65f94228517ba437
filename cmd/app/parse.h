#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

// The parser of command lines. It is our own because a recorder must hand on every argument byte
// for byte: CLI11 splits '[a,b]' into two values and takes the next word as the value of '--name='.
//
// The grammar is getopt_long's without abbreviations: "-n VALUE", "-nVALUE", "-qn VALUE",
// "--name VALUE", "--name=VALUE". An option may stand anywhere before the first "--". A lone "-" is
// no option. All errors are of kind usage.

namespace clew::cmd {

/// A command line without the program's name, cut at the first "--".
struct CommandLine {
  std::vector<std::string> words;
  bool separated = false;  ///< there was a "--"
  std::vector<std::string> tail;
};
[[nodiscard]] CommandLine cut(const std::vector<std::string>& arguments);

/// Takes the global options at the start of `words`; how many words those are. Stops at --help and
/// --version, which make what follows irrelevant.
std::size_t parse_globals(const std::vector<std::string>& words, const Declaration& globals,
                          const GlobalOptions& state);

/// Takes all of a command line after the command's name into the fields that its declaration and
/// the global one are bound to. `command` is the name, for messages. Stops at --help and --version,
/// as `state` (which `globals` is bound to) tells; then nothing is missed that was required.
void parse(const CommandLine& line, std::string_view command, const Declaration& declaration,
           const Declaration& globals, const GlobalOptions& state);

}  // namespace clew::cmd
