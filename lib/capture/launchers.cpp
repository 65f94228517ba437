#include "capture/launchers.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/text.h"
#include "capture/launcher_table.h"
#include "capture/parameter_values.h"

namespace clew::capture {
namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

/// "python3.11" and "python3.13t" are python.
std::string_view program_name(std::string_view word) {
  const std::string_view name = base_name(word);
  if (name.starts_with("python") &&
      name.find_first_not_of("0123456789.t", 6) == std::string_view::npos) {
    return "python";
  }
  return name;
}

bool lists(std::string_view list, std::string_view name) {
  if (name.empty()) return false;
  const auto words = split(list, ' ');
  return std::find(words.begin(), words.end(), name) != words.end();
}

const Launcher* find_by_name(std::string_view word) {
  const std::string_view name = program_name(word);
  for (const Launcher& launcher : launchers()) {
    if (lists(launcher.names, name)) return &launcher;
  }
  return nullptr;
}

const Launcher* find_by_module(std::string_view module) {
  for (const Launcher& launcher : launchers()) {
    if (lists(launcher.modules, module)) return &launcher;
  }
  return nullptr;
}

/// How many words of its own the option takes, by a list such as "n host mca:2 fsdp-*".
std::size_t values_of(std::string_view list, std::string_view option) {
  for (std::string_view item : split(list, ' ')) {
    const bool two = item.ends_with(":2");
    if (two) item.remove_suffix(2);
    const bool prefix = item.ends_with('*');
    if (prefix) item.remove_suffix(1);
    if (!item.empty() && (prefix ? option.starts_with(item) : option == item)) return two ? 2 : 1;
  }
  return 0;
}

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != 0 && equals != std::string_view::npos && word[0] != '-';
}

/// Walks over the options of one launcher or interpreter.
class Walk {
 public:
  Walk(std::span<const std::string> argv, std::size_t index, const Launcher& launcher)
      : argv_(argv), index_(index), launcher_(launcher) {}

  /// Skips options and the launcher's own words.
  void options() {
    while (index_ < argv_.size() && !ended_) {
      const std::string_view word = argv_[index_];
      if (launcher_.assignments && is_assignment(word)) {
        ++index_;
      } else if (word == "--") {
        ++index_;
        return;
      } else if (word.size() < 2 || word[0] != '-') {
        return;
      } else {
        option(word);
      }
    }
  }

  [[nodiscard]] std::size_t index() const { return std::min(index_, argv_.size()); }
  /// An option's value (code, a module, an archive) stood for the script.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::string_view module() const { return module_; }
  [[nodiscard]] bool starts_program() const { return starts_program_; }

 private:
  void option(std::string_view word) {
    ++index_;
    if (!word.starts_with("--") && !launcher_.long_with_one_dash) return cluster(word.substr(1));
    std::string name(word.substr(word.find_first_not_of('-')));
    std::replace(name.begin(), name.end(), '_', '-');
    if (name.find('=') != std::string::npos) return;
    if (name == "no-python") starts_program_ = true;
    if (lists(launcher_.ends, name)) ended_ = true;
    index_ += ended_ ? 1 : values_of(launcher_.values, name);
  }

  /// Short options behind one dash, by the rules of getopt(3): of "-Bum" the last takes the next
  /// word, of "-Wignore" the first takes the rest.
  void cluster(std::string_view letters) {
    for (std::size_t at = 0; at < letters.size(); ++at) {
      const std::string_view letter = letters.substr(at, 1);
      const std::string_view rest = letters.substr(at + 1);
      const bool ends = lists(launcher_.ends, letter);
      if (!ends && values_of(launcher_.values, letter) == 0) continue;
      const bool next_word = rest.empty();
      if (ends) {
        ended_ = true;
        if (letter == "m" && !next_word) module_ = rest;
        if (letter == "m" && next_word && index_ < argv_.size()) module_ = argv_[index_];
      }
      if (next_word) ++index_;
      return;
    }
  }

  std::span<const std::string> argv_;
  std::size_t index_;
  const Launcher& launcher_;
  std::string_view module_;
  bool ended_ = false;
  bool starts_program_ = false;
};

/// The place of the launcher's subcommand ("run" of "uv run"), or nullopt when another one stands
/// there.
std::optional<std::size_t> find_subcommand(std::span<const std::string> argv, std::size_t program,
                                           const Launcher& launcher) {
  Walk walk(argv, program + 1, launcher);
  walk.options();
  if (walk.ended() || walk.index() >= argv.size()) return std::nullopt;
  if (!lists(launcher.subcommands, argv[walk.index()])) return std::nullopt;
  return walk.index();
}

}  // namespace

CommandShape command_shape(const std::vector<std::string>& argv) {
  CommandShape shape;
  std::size_t at = 0;  // the word of the program, module or subcommand that is looked at
  const Launcher* launcher = nullptr;
  while (at < argv.size()) {
    if (launcher == nullptr) {
      shape.program = at;
      shape.arguments = at + 1;
      launcher = find_by_name(argv[at]);
      if (launcher == nullptr) return shape;
      if (!launcher->subcommands.empty()) {
        const auto subcommand = find_subcommand(argv, at, *launcher);
        if (!subcommand) return shape;
        at = *subcommand;
      }
      shape.interpreter = launcher->interpreter;
      shape.own_environment |= launcher->own_environment;
    }
    Walk walk(argv, at + 1, *launcher);
    walk.options();
    shape.arguments = walk.index();
    if (walk.ended()) {
      launcher = find_by_module(walk.module());
      if (launcher == nullptr) return shape;
      at = walk.index() - 1;
      continue;
    }
    const bool script = launcher->runs == Runs::script && !walk.starts_program();
    at = std::min(walk.index() + launcher->own_words, argv.size());
    shape.arguments = std::min(at + (script ? 1 : 0), argv.size());
    if (script) return shape;
    launcher = nullptr;
  }
  return shape;
}

bool is_option_word(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && !number_from_word(word);
}

}  // namespace clew::capture
