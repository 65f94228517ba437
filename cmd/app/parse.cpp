#include "app/parse.h"

#include <algorithm>
#include <array>

#include "app/help_text.h"
#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

using Entry = Declaration::Entry;

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-';
}

std::string listed(const std::vector<std::string>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) text += i + 1 == choices.size() ? " or " : ", ";
    text += concat('\'', choices[i], '\'');
  }
  return text;
}

/// One pass over the words of a command line.
class Parser {
 public:
  Parser(std::string_view command, const Declaration* declaration, const Declaration& globals,
         const GlobalOptions& state, const CommandLine& line)
      : command_(command),
        declaration_(declaration),
        globals_(globals),
        state_(state),
        line_(line),
        words_(line.words) {
    if (declaration == nullptr) return;
    for (const Entry& entry : declaration->entries()) {
      if (entry.argument.positional) positionals_.push_back(&entry);
    }
  }

  /// Takes options up to the first word that is none; false when a help or version option ended it.
  bool options() {
    while (next_ < words_.size() && looks_like_option(words_[next_])) {
      const std::string& word = words_[next_++];
      if (word.starts_with("--")) {
        long_option(word);
      } else {
        short_options(word);
      }
      if (state_.help || state_.version) return false;
    }
    return true;
  }

  void all() {
    while (options() && next_ < words_.size())
      take_positional(words_[next_], next_);
    if (state_.help || state_.version) return;
    if (declaration_->tail()) {
      *declaration_->tail()->target = line_.tail;
    } else {
      for (const std::string& word : line_.tail)
        take_positional(word, words_.size());
    }
    if (filled_ < positionals_.size()) {
      const Entry& missing = *positionals_[filled_];
      if (missing.argument.required && !taken_one_) {
        fail(concat("missing argument ", missing.argument.placeholder));
      }
    }
  }

  [[nodiscard]] std::size_t taken() const { return next_; }

 private:
  [[noreturn]] void fail(std::string message, std::string hint = {}) const {
    std::vector<std::string> hints;
    if (!hint.empty()) {
      hints.push_back(std::move(hint));
    } else if (declaration_ != nullptr) {
      hints.push_back(concat("usage: ", usage_line(command_, *declaration_)));
    } else {
      hints.push_back("run 'clew help' for the commands and options");
    }
    throw Error(ErrorKind::usage, std::move(message), std::move(hints));
  }

  [[nodiscard]] const Entry* find(std::string_view name) const {
    for (const Declaration* declaration : {declaration_, &globals_}) {
      if (declaration == nullptr) continue;
      for (const Entry& entry : declaration->entries()) {
        if (entry.argument.positional) continue;
        const auto spellings = entry.argument.spellings();
        if (std::find(spellings.begin(), spellings.end(), name) != spellings.end()) return &entry;
      }
    }
    return nullptr;
  }

  [[noreturn]] void unknown_option(std::string_view name) const {
    std::string hint;
    if (name.size() > 2) {
      // Without the dashes, which would make short names look more alike than they are.
      std::vector<std::string> meant = suggestions(name.substr(2), long_names());
      for (std::string& each : meant)
        each.insert(0, "--");
      if (!meant.empty()) hint = concat("did you mean ", listed(meant), '?');
    }
    if (hint.empty() && !positionals_.empty()) {
      hint = concat("put '--' before an argument that begins with '-', or see 'clew help ",
                    command_, '\'');
    }
    fail(concat("unknown option '", name, '\''), std::move(hint));
  }

  [[nodiscard]] std::vector<std::string> long_names() const {
    std::vector<std::string> names;
    for (const Declaration* declaration : {declaration_, &globals_}) {
      if (declaration == nullptr) continue;
      for (const Entry& entry : declaration->entries()) {
        for (const std::string_view spelling : entry.argument.spellings()) {
          if (spelling.starts_with("--")) names.emplace_back(spelling.substr(2));
        }
      }
    }
    return names;
  }

  void long_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(0, equals);
    const Entry* entry = find(name);
    if (entry == nullptr) unknown_option(name);
    const bool is_flag = std::holds_alternative<bool*>(entry->target);
    if (is_flag && equals != std::string::npos) fail(concat("option '", name, "' takes no value"));
    if (is_flag) {
      *std::get<bool*>(entry->target) = true;
    } else if (equals != std::string::npos) {
      assign(*entry, name, word.substr(equals + 1));
    } else {
      assign(*entry, name, value_of(*entry, name));
    }
  }

  /// "-q", "-n VALUE", "-nVALUE", and flags together before one of these.
  void short_options(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::array<char, 2> name_bytes = {'-', word[i]};
      const std::string_view name(name_bytes.data(), name_bytes.size());
      const Entry* entry = find(name);
      if (entry == nullptr) unknown_option(name);
      if (bool* const* flag = std::get_if<bool*>(&entry->target)) {
        **flag = true;
        continue;
      }
      assign(*entry, name, i + 1 < word.size() ? word.substr(i + 1) : value_of(*entry, name));
      return;
    }
  }

  std::string value_of(const Entry& entry, std::string_view name) {
    if (next_ < words_.size()) return words_[next_++];
    fail(concat("option '", name, "' needs a value: ", name, ' ', entry.argument.placeholder));
  }

  /// Takes the word, at `place` among the words, as the next positional argument.
  void take_positional(const std::string& word, std::size_t place) {
    if (filled_ == positionals_.size()) unexpected(word, place);
    const Entry& entry = *positionals_[filled_];
    assign(entry, entry.argument.placeholder, word);
    taken_one_ = entry.argument.repeated;
    if (!entry.argument.repeated) ++filled_;
    next_ = std::max(next_, std::min(place + 1, words_.size()));
  }

  [[noreturn]] void unexpected(const std::string& word, std::size_t place) const {
    std::string hint;
    if (declaration_->tail() && !line_.separated) {
      const bool command = declaration_->tail()->completes == Completes::command;
      hint = concat("put '--' before ", command ? "the command" : "it", ": clew ", command_);
      for (std::size_t i = 0; i < words_.size(); ++i) {
        hint += concat(i == place ? " -- " : " ", shell_quote(words_[i]));
      }
    }
    fail(concat("unexpected argument '", word, '\''), std::move(hint));
  }

  void assign(const Entry& entry, std::string_view name, std::string value) const {
    const std::vector<std::string>& choices = entry.argument.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
      fail(concat("'", value, "' is no value for '", name, '\''),
           concat("choose ", listed(choices)));
    }
    if (std::string* const* text = std::get_if<std::string*>(&entry.target)) {
      **text = std::move(value);
    } else if (std::optional<std::string>* const* maybe =
                   std::get_if<std::optional<std::string>*>(&entry.target)) {
      **maybe = std::move(value);
    } else if (std::vector<std::string>* const* list =
                   std::get_if<std::vector<std::string>*>(&entry.target)) {
      (*list)->push_back(std::move(value));
    } else if (std::optional<std::int64_t>* const* number =
                   std::get_if<std::optional<std::int64_t>*>(&entry.target)) {
      **number = parse_int(value);
      if (!**number) fail(concat("'", name, "' needs a whole number, not '", value, '\''));
    }
  }

  std::string_view command_;
  const Declaration* declaration_;  // none before the command's name
  const Declaration& globals_;
  const GlobalOptions& state_;
  const CommandLine& line_;
  const std::vector<std::string>& words_;
  std::vector<const Entry*> positionals_;
  std::size_t next_ = 0;
  std::size_t filled_ = 0;
  bool taken_one_ = false;
};

}  // namespace

CommandLine cut(const std::vector<std::string>& arguments) {
  CommandLine line;
  const auto separator = std::find(arguments.begin(), arguments.end(), "--");
  line.words.assign(arguments.begin(), separator);
  line.separated = separator != arguments.end();
  if (line.separated) line.tail.assign(separator + 1, arguments.end());
  return line;
}

std::size_t parse_globals(const std::vector<std::string>& words, const Declaration& globals,
                          const GlobalOptions& state) {
  const CommandLine line{words, false, {}};
  Parser parser({}, nullptr, globals, state, line);
  parser.options();
  return parser.taken();
}

void parse(const CommandLine& line, std::string_view command, const Declaration& declaration,
           const Declaration& globals, const GlobalOptions& state) {
  Parser(command, &declaration, globals, state, line).all();
}

}  // namespace clew::cmd
