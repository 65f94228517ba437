#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace clew::cmd {

/// What the value of an option is, for completion.
enum class Completes {
  nothing,
  file,
  directory,
  run,
  run_or_file,  ///< RUN, RUN:path or a file
  metric,
  tag,
  command,
  choices,
  expression
};

/// One option or positional argument: the one source of parsing, help, man page and completion.
struct Argument {
  std::string names;        ///< "-n,--name" or, for a positional, "RUN"
  std::string placeholder;  ///< "NAME"; empty for a flag
  std::string help;         ///< imperative or a noun phrase, no full stop at the end
  Completes completes = Completes::nothing;
  std::vector<std::string> choices;  ///< the only values allowed, if any
  bool positional = false;
  bool required = false;
  bool repeated = false;

  /// The names apart: "-n", "--name".
  [[nodiscard]] std::vector<std::string_view> spellings() const;
};

/// The arguments of one command, bound to the fields of its options struct. A command's declare()
/// fills it; the parser, the help and the generated documents read it. The struct must outlive it.
class Declaration {
 public:
  /// What comes after "--".
  struct Tail {
    std::string placeholder;
    std::string help;
    std::vector<std::string>* target = nullptr;
    Completes completes = Completes::command;  ///< or file: each word
    bool required = true;
  };

  /// A switch that sets `target` to true.
  Argument& flag(std::string names, bool& target, std::string help);
  /// An option with a value. Given twice, the last one counts; a list takes every one.
  Argument& option(std::string names, std::string placeholder, std::string& target,
                   std::string help);
  Argument& option(std::string names, std::string placeholder, std::optional<std::string>& target,
                   std::string help);
  Argument& option(std::string names, std::string placeholder, std::optional<std::int64_t>& target,
                   std::string help);
  Argument& option(std::string names, std::string placeholder, std::vector<std::string>& target,
                   std::string help);
  /// Positional arguments, in their order; a vector takes the rest. They may be left out unless
  /// `.required` is set in what this returns.
  Argument& positional(std::string placeholder, std::string& target, std::string help);
  Argument& positional(std::string placeholder, std::optional<std::string>& target,
                       std::string help);
  Argument& positional(std::string placeholder, std::vector<std::string>& target, std::string help);

  /// What stands after "--" in the usage line, "COMMAND..." say, bound to `target`: handed over
  /// untouched, and never seen by the option parser.
  Tail& after_separator(std::string placeholder, std::vector<std::string>& target,
                        std::string help);

  /// Paragraphs for --help and the man page that follow the summary.
  std::string description;
  /// Command lines with what each does.
  std::vector<std::pair<std::string, std::string>> examples;

  /// Where a parsed value goes.
  using Binding = std::variant<bool*, std::string*, std::optional<std::string>*,
                               std::optional<std::int64_t>*, std::vector<std::string>*>;
  struct Entry {
    Argument argument;
    Binding target;
  };
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
  [[nodiscard]] const std::optional<Tail>& tail() const { return tail_; }

 private:
  std::deque<Entry> entries_;  // a deque, so that the references handed out stay good
  std::optional<Tail> tail_;
};

}  // namespace clew::cmd
