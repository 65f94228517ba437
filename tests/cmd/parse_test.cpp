#include "app/parse.h"

#include <catch2/catch.hpp>

#include "app/globals.h"
#include "base/error.h"

namespace clew::cmd {
namespace {

using Words = std::vector<std::string>;

/// A declaration with one argument of every kind.
struct Sample {
  bool flag = false;
  bool other = false;
  std::string name;
  std::optional<std::string> maybe;
  std::optional<std::int64_t> number;
  Words list;
  std::string color;
  std::string run;
  Words rest;
  Declaration declaration;
  GlobalOptions options;
  Declaration globals;

  Sample() {
    declaration.flag("-f,--flag", flag, "A flag");
    declaration.flag("-o,--no-other", other, "Another flag");
    declaration.option("-n,--name", "NAME", name, "A name");
    declaration.option("--maybe", "TEXT", maybe, "A text");
    declaration.option("-k,--number", "N", number, "A number");
    declaration.option("-l,--list", "TEXT", list, "Texts");
    declaration.option("--shade", "SHADE", color, "A shade").choices = {"light", "dark"};
    declaration.positional("RUN", run, "A run").required = true;
    declaration.positional("WORD", rest, "Words");
    declare_globals(globals, options);
  }

  void parse(const Words& arguments) {
    cmd::parse(cut(arguments), "sample", declaration, globals, options);
  }
};

/// A declaration of a command that runs another.
struct Wrapper {
  std::string name;
  Words command;
  Declaration declaration;
  GlobalOptions options;
  Declaration globals;

  Wrapper() {
    declaration.option("-n,--name", "NAME", name, "A name");
    declaration.after_separator("COMMAND...", command, "The command");
    declare_globals(globals, options);
  }

  void parse(const Words& arguments) {
    cmd::parse(cut(arguments), "wrap", declaration, globals, options);
  }
};

template <typename Declared>
Error error_of(const Words& arguments) {
  Declared declared;
  try {
    declared.parse(arguments);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.hints().size() == 1);
    return error;
  }
  FAIL("no error");
  throw;
}

/// Arguments that parsers like to change.
const Words kOddWords = {"[a,b]", "[x]", "",        "line\nbreak", "100%", "\xff\xfe", "a b",
                         "{x}",   "=",   "a=b,c=d", "@file",       "'q'",  "\"q\"",    "\\n",
                         "+",     "++",  "/x",      "#",           "%s",   "\t",       "-"};

TEST_CASE("a command line is cut at the first separator") {
  const CommandLine line = cut({"run", "-n", "x", "--", "a", "--", "b"});
  CHECK(line.words == Words{"run", "-n", "x"});
  CHECK(line.separated);
  CHECK(line.tail == Words{"a", "--", "b"});
  CHECK_FALSE(cut({"run"}).separated);
  CHECK(cut({"run", "--"}).separated);
  CHECK(cut({"run", "--"}).tail.empty());
}

TEST_CASE("every argument arrives byte for byte") {
  for (const std::string& odd : kOddWords) {
    CAPTURE(odd);
    Sample sample;
    sample.parse({odd, odd, "x", "--name", odd, "-l", odd, "--list=" + odd, "--maybe", odd, "--",
                  odd, "--", "-f"});
    CHECK(sample.run == odd);
    CHECK(sample.rest == Words{odd, "x", odd, "--", "-f"});
    CHECK(sample.name == odd);
    CHECK(sample.list == Words{odd, odd});
    CHECK(sample.maybe == odd);
    Wrapper wrapper;
    wrapper.parse({"-n", odd, "--", odd, "-n", odd, "--"});
    CHECK(wrapper.name == odd);
    CHECK(wrapper.command == Words{odd, "-n", odd, "--"});
  }
}

TEST_CASE("options are spelt as getopt_long has them") {
  Sample sample;
  sample.parse({"r", "-fo", "-nshort", "-k5", "--maybe=", "--number", "-7", "-l", "-f", "-q",
                "--json", "--color=never"});
  CHECK(sample.flag);
  CHECK(sample.other);
  CHECK(sample.name == "short");
  CHECK(sample.number == -7);
  CHECK(sample.maybe == "");
  CHECK(sample.list == Words{"-f"});
  CHECK(sample.options.quiet);
  CHECK(sample.options.json);
  CHECK(sample.options.color == "never");
}

TEST_CASE("flags and a value stand together in one word") {
  Sample sample;
  sample.parse({"-fqnname", "r", "-ok", "3"});
  CHECK(sample.flag);
  CHECK(sample.options.quiet);
  CHECK(sample.name == "name");
  CHECK(sample.other);
  CHECK(sample.number == 3);
}

TEST_CASE("of an option given twice the last one counts") {
  Sample sample;
  sample.parse({"--name", "a", "r", "--name=b", "-k1", "-k2"});
  CHECK(sample.name == "b");
  CHECK(sample.number == 2);
}

TEST_CASE("wrong options are usage errors with a hint") {
  CHECK(error_of<Sample>({"r", "--nmae", "x"}).message() == "unknown option '--nmae'");
  CHECK(error_of<Sample>({"r", "--nmae", "x"}).hints()[0] == "did you mean '--name'?");
  CHECK(error_of<Sample>({"r", "--jsn"}).hints()[0] == "did you mean '--json'?");
  CHECK(error_of<Sample>({"r", "-fx"}).message() == "unknown option '-x'");
  CHECK(error_of<Sample>({"r", "--flag=1"}).message() == "option '--flag' takes no value");
  CHECK(error_of<Sample>({"r", "--name"}).message() ==
        "option '--name' needs a value: --name NAME");
  CHECK(error_of<Sample>({"r", "-k", "1x"}).message() == "'-k' needs a whole number, not '1x'");
  CHECK(error_of<Sample>({"r", "-k", "99999999999999999999"}).message() ==
        "'-k' needs a whole number, not '99999999999999999999'");
  CHECK(error_of<Sample>({"r", "--shade", "red"}).message() == "'red' is no value for '--shade'");
  CHECK(error_of<Sample>({"r", "--shade", "red"}).hints()[0] == "choose 'light' or 'dark'");
  CHECK(error_of<Sample>({"-f"}).message() == "missing argument RUN");
  CHECK(error_of<Sample>({"-f"}).hints()[0] == "usage: clew sample [OPTIONS] RUN [WORD...]");
}

TEST_CASE("a command without its separator is shown where to put it") {
  const Error error = error_of<Wrapper>({"-n", "x", "python", "my train.py", "--lr", "0.1"});
  CHECK(error.message() == "unexpected argument 'python'");
  CHECK(error.hints()[0] ==
        "put '--' before the command: clew wrap -n x -- python 'my train.py' --lr 0.1");
  CHECK(error_of<Wrapper>({"python", "--", "x"}).hints()[0] ==
        "usage: clew wrap [OPTIONS] -- COMMAND...");
}

TEST_CASE("nothing is missed and nothing else is looked at when help is asked for") {
  Sample sample;
  sample.parse({"--help", "--nonsense"});
  CHECK(sample.options.help);
  Sample short_one;
  short_one.parse({"-h"});
  CHECK(short_one.options.help);
  Wrapper wrapper;
  wrapper.parse({"--version"});
  CHECK(wrapper.options.version);
}

TEST_CASE("a help option of the wrapped command is its own") {
  Wrapper wrapper;
  wrapper.parse({"--", "tool", "--help", "--version", "-q"});
  CHECK_FALSE(wrapper.options.help);
  CHECK_FALSE(wrapper.options.quiet);
  CHECK(wrapper.command == Words{"tool", "--help", "--version", "-q"});
}

TEST_CASE("global options before the command end at its name") {
  GlobalOptions options;
  Declaration globals;
  declare_globals(globals, options);
  CHECK(parse_globals({"-C", "dir", "-cui.color=never", "--json", "log", "-q"}, globals, options) ==
        4);
  CHECK(options.directory == "dir");
  CHECK(options.settings == Words{"ui.color=never"});
  CHECK(options.json);
  CHECK_FALSE(options.quiet);
  CHECK_THROWS_AS(parse_globals({"--bogus"}, globals, options), Error);
  CHECK_THROWS_AS(parse_globals({"-C"}, globals, options), Error);
}

}  // namespace
}  // namespace clew::cmd
