// What holds for every row of the table of commands.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <map>
#include <set>

#include "app/command.h"
#include "app/globals.h"
#include "app/help_text.h"
#include "base/error.h"

namespace clew::cmd {
namespace {

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
}

void check_argument(const Argument& argument, bool flag) {
  CAPTURE(argument.names);
  CHECK_FALSE(argument.help.empty());
  CHECK_FALSE(argument.help.ends_with('.'));
  CHECK(is_ascii(argument.help));
  CHECK(std::isupper(static_cast<unsigned char>(argument.help[0])) != 0);
  CHECK(argument.placeholder.empty() == flag);
  if (flag) CHECK(argument.choices.empty());
  if (argument.positional) {
    CHECK(argument.names == argument.placeholder);
    return;
  }
  CHECK_FALSE(argument.required);
  const auto spellings = argument.spellings();
  CHECK(spellings.size() <= 2);
  CHECK(spellings.back().starts_with("-"));
  for (const std::string_view spelling : spellings) {
    CHECK((spelling.size() == 2 || spelling.starts_with("--")));
    CHECK(spelling.find_first_of(" =") == std::string_view::npos);
  }
}

void check_declaration(const Declaration& declaration, std::multiset<std::string>& names) {
  bool rest = false;
  bool optional = false;
  for (const Declaration::Entry& entry : declaration.entries()) {
    check_argument(entry.argument, std::holds_alternative<bool*>(entry.target));
    if (entry.argument.positional) {
      CHECK_FALSE(rest);  // nothing can follow one that takes all
      CHECK_FALSE((optional && entry.argument.required));
      rest = entry.argument.repeated;
      optional = !entry.argument.required;
      continue;
    }
    for (const std::string_view spelling : entry.argument.spellings())
      names.emplace(spelling);
  }
}

TEST_CASE("names of commands are unique and in lower case") {
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(names.insert(command.name).second);
    CHECK(command.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos);
    CHECK(find_command(command.name) == &command);
    CHECK(&command_named(command.name) == &command);
  }
}

TEST_CASE("summaries are short, in the imperative, and without a full stop") {
  for (const Command& command : commands()) {
    const std::string summary(command.summary);
    CAPTURE(summary);
    CHECK(std::isupper(static_cast<unsigned char>(summary.at(0))) != 0);
    CHECK_FALSE(summary.ends_with('.'));
    CHECK(summary.size() <= 60);
    const std::string verb = summary.substr(0, summary.find(' '));
    CHECK_FALSE(verb.ends_with('s'));
  }
}

TEST_CASE("every argument has help, every value a placeholder, every name one meaning") {
  GlobalOptions options;
  Declaration globals;
  declare_globals(globals, options);
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    const auto invocation = command.make();
    std::multiset<std::string> names;
    check_declaration(globals, names);
    check_declaration(invocation->declaration(), names);
    for (const std::string& name : names) {
      CAPTURE(name);
      CHECK(names.count(name) == 1);
    }
  }
}

TEST_CASE("every command has a description; examples are command lines of it") {
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    const auto invocation = command.make();
    const Declaration& declaration = invocation->declaration();
    CHECK(declaration.description.ends_with('.'));
    for (const auto& [line, meaning] : declaration.examples) {
      CAPTURE(line);
      CHECK(line.find("clew " + std::string(command.name)) != std::string::npos);
      CHECK_FALSE(meaning.empty());
      CHECK_FALSE(meaning.ends_with('.'));
      CHECK(is_ascii(line + meaning));
    }
  }
}

TEST_CASE("an unknown command is shown the one that may be meant") {
  const auto error_of = [](const char* name) {
    try {
      (void)command_named(name);
    } catch (const Error& error) {
      return error.message() + " / " + error.hints().at(0);
    }
    return std::string("no error");
  };
  CHECK(error_of("lgo") == "unknown command 'lgo' / did you mean 'clew log'?");
  CHECK(error_of("stauts") == "unknown command 'stauts' / did you mean 'clew status'?");
  CHECK(error_of("frobnicate") ==
        "unknown command 'frobnicate' / run 'clew help' for the commands");
  CHECK(error_of("genrate") == "unknown command 'genrate' / run 'clew help' for the commands");
}

TEST_CASE("lines of help are broken at spaces") {
  using Lines = std::vector<std::string>;
  CHECK(wrapped("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 6) == Lines{"one", "two", "three"});
  CHECK(wrapped("unbreakable x", 4) == Lines{"unbreakable", "x"});
  CHECK(wrapped("a\n\nb", 10) == Lines{"a", "", "b"});
  CHECK(wrapped("", 10) == Lines{""});
}

TEST_CASE("the usage line tells what must be given") {
  CHECK(usage_line("tag", find_command("tag")->make()->declaration()) ==
        "clew tag [OPTIONS] [RUN] [TAG...]");
  CHECK(usage_line("run", find_command("run")->make()->declaration()) ==
        "clew run [OPTIONS] -- COMMAND...");
  CHECK(usage_line("version", find_command("version")->make()->declaration()) == "clew version");
}

}  // namespace
}  // namespace clew::cmd
