// From the words of a command line to the options of each command, with nothing run.

#include <catch2/catch.hpp>

#include "app/command.h"
#include "app/globals.h"
#include "app/names.h"
#include "app/parse.h"
#include "base/error.h"
#include "diff.h"
#include "export.h"
#include "generate.h"
#include "help.h"
#include "import.h"
#include "init.h"
#include "note.h"
#include "put.h"
#include "run.h"
#include "show.h"
#include "status.h"
#include "tag.h"
#include "version.h"

namespace clew::cmd {
namespace {

using Words = std::vector<std::string>;

/// The options that a command takes from words.
template <typename Options, auto declare>
Options options_of(const Words& words) {
  Options options;
  Declaration declaration;
  declare(declaration, options);
  GlobalOptions state;
  Declaration globals;
  declare_globals(globals, state);
  parse(cut(words), "command", declaration, globals, state);
  return options;
}

template <typename Options, auto declare>
std::string error_of(const Words& words) {
  try {
    (void)options_of<Options, declare>(words);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "no error";
}

TEST_CASE("init") {
  CHECK_FALSE(options_of<InitOptions, declare_init>({}).directory.has_value());
  CHECK(options_of<InitOptions, declare_init>({"dir"}).directory == "dir");
  CHECK(error_of<InitOptions, declare_init>({"a", "b"}) == "unexpected argument 'b'");
}

TEST_CASE("run") {
  const auto options = options_of<RunOptions, declare_run>({"-m",
                                                            "one",
                                                            "--message=two",
                                                            "-n",
                                                            "wide",
                                                            "-t",
                                                            "a",
                                                            "--tag",
                                                            "b",
                                                            "-p",
                                                            "lr=0.1",
                                                            "--param",
                                                            "x=[1,2]",
                                                            "--params",
                                                            "p.yaml",
                                                            "--params=q.toml",
                                                            "--no-snapshot",
                                                            "--no-output",
                                                            "--input",
                                                            "data/**",
                                                            "--output=models/",
                                                            "--output",
                                                            "*.log",
                                                            "--ignore",
                                                            "!x",
                                                            "--save",
                                                            "*.npz",
                                                            "-q",
                                                            "--",
                                                            "python",
                                                            "train.py",
                                                            "--",
                                                            "[a,b]",
                                                            "-n",
                                                            ""});
  CHECK(options.notes == Words{"one", "two"});
  CHECK(options.name == "wide");
  CHECK(options.tags == Words{"a", "b"});
  CHECK(options.params == Words{"lr=0.1", "x=[1,2]"});
  CHECK(options.param_files == Words{"p.yaml", "q.toml"});
  CHECK(options.no_snapshot);
  CHECK(options.no_output);
  CHECK(options.inputs == Words{"data/**"});
  CHECK(options.outputs == Words{"models/", "*.log"});
  CHECK(options.ignored == Words{"!x"});
  CHECK(options.saved == Words{"*.npz"});
  CHECK(options.command == Words{"python", "train.py", "--", "[a,b]", "-n", ""});
  CHECK(options_of<RunOptions, declare_run>({}).command.empty());
  CHECK(error_of<RunOptions, declare_run>({"python"}) == "unexpected argument 'python'");
  CHECK(error_of<RunOptions, declare_run>({"--no-snaphot"}) == "unknown option '--no-snaphot'");
}

TEST_CASE("put") {
  CHECK(options_of<PutOptions, declare_put>({}).words.empty());
  CHECK(options_of<PutOptions, declare_put>({"-"}).words == Words{"-"});
  CHECK(options_of<PutOptions, declare_put>({"loss=0.1", "step=3", "--", "-x=1"}).words ==
        Words{"loss=0.1", "step=3", "-x=1"});
  CHECK(error_of<PutOptions, declare_put>({"-x=1"}) == "unknown option '-x'");
}

TEST_CASE("the protocol line that the words of put make") {
  CHECK(put_line({"loss=0.1", "step=3"}) == "loss=0.1 step=3\n");
  CHECK(put_line({"param", "lr=0.1"}) == "param lr=0.1\n");
  CHECK(put_line({"param", "text=two words"}) == "param text=\"two words\"\n");
  CHECK(put_line({"param", "text=a\nb"}) == "param text=\"a\\nb\"\n");
  CHECK(put_line({"param lr=0.1"}) == "param lr=0.1\n");
  CHECK(put_line({"tag", "best"}) == "tag best\n");
  CHECK(put_line({"note", "two", "words"}) == "{\"kind\":\"note\",\"text\":\"two words\"}\n");
  CHECK(put_line({"note", "a\nb  c"}) == "{\"kind\":\"note\",\"text\":\"a\\nb  c\"}\n");
  CHECK(put_line({"artifact", "dir/a b.pt"}) == "artifact dir/a b.pt\n");
  CHECK(put_line({"{\"get\":\"lr\"}"}) == "{\"get\":\"lr\"}\n");
  CHECK_THROWS_AS(put_line({"param", "a=1", "b=2"}), Error);
  CHECK_THROWS_AS(put_line({"loss=0.1\nx=2"}), Error);
}

TEST_CASE("show") {
  CHECK_FALSE(options_of<ShowOptions, declare_show>({}).run.has_value());
  const auto options = options_of<ShowOptions, declare_show>({"9f3c:a b.py", "--metric", "loss"});
  CHECK(options.run == "9f3c:a b.py");
  CHECK(options.metric == "loss");
  CHECK(options_of<ShowOptions, declare_show>({"@", "--output"}).output);
}

TEST_CASE("diff") {
  const auto options = options_of<DiffOptions, declare_diff>({"@~1", "@", "--exit-code"});
  CHECK(options.a == "@~1");
  CHECK(options.b == "@");
  CHECK(options.exit_code);
}

TEST_CASE("status, version and help take no options of their own") {
  CHECK(error_of<StatusOptions, declare_status>({"x"}) == "unexpected argument 'x'");
  CHECK(error_of<VersionOptions, declare_version>({"x"}) == "unexpected argument 'x'");
  CHECK(options_of<HelpOptions, declare_help>({"run"}).command == "run");
  CHECK_FALSE(options_of<HelpOptions, declare_help>({}).command.has_value());
}

TEST_CASE("tag") {
  const auto options =
      options_of<TagOptions, declare_tag>({"@", "best", "-d", "old", "wide", "--delete=older"});
  CHECK(options.run == "@");
  CHECK(options.add == Words{"best", "wide"});
  CHECK(options.remove == Words{"old", "older"});
}

TEST_CASE("note") {
  const auto options = options_of<NoteOptions, declare_note>({"base", "two words"});
  CHECK(options.run == "base");
  CHECK(options.text == "two words");
  CHECK(options_of<NoteOptions, declare_note>({"base", "--", "-5 % worse"}).text == "-5 % worse");
  CHECK(error_of<NoteOptions, declare_note>({"base"}) == "missing argument TEXT");
  CHECK(error_of<NoteOptions, declare_note>({"base", "two", "words"}) ==
        "unexpected argument 'words'");
}

TEST_CASE("export") {
  const auto options =
      options_of<ExportOptions, declare_export>({"a", "b", "--format", "prov-json"});
  CHECK(options.runs == Words{"a", "b"});
  CHECK(options.format == "prov-json");
  CHECK(error_of<ExportOptions, declare_export>({"a", "--format", "prov"}) ==
        "'prov' is no value for '--format'");
}

TEST_CASE("import") {
  const auto options = options_of<ImportOptions, declare_import>({"runs.jsonl", "--again"});
  CHECK(options.file == "runs.jsonl");
  CHECK(options.again);
  CHECK(options_of<ImportOptions, declare_import>({"-"}).file == "-");
  CHECK(error_of<ImportOptions, declare_import>({}) == "missing argument FILE");
}

TEST_CASE("generate") {
  const auto options =
      options_of<GenerateOptions, declare_generate>({"complete", "--", "run", "-t", ""});
  CHECK(options.what == "complete");
  CHECK(options.words == Words{"run", "-t", ""});
  CHECK(error_of<GenerateOptions, declare_generate>({"html"}) == "'html' is no value for 'WHAT'");
}

TEST_CASE("names of runs must name them afterwards") {
  for (const char* good : {"base", "wide-2", "abc", "0123456789abcdef0", "cafe-1", "a b", "1"}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_run_name(good));
  }
  for (const char* bad : {"", "@", "@x", "-x", "a:b", "cafe", "CAFE", "0123456789abcdef", "a\nb"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_run_name(bad), Error);
  }
}

TEST_CASE("a tag is one word") {
  for (const char* good : {"best", "cafe", "v1.0", "a/b", "\xc3\xa9"}) {
    CAPTURE(good);
    CHECK_NOTHROW(check_tag(good));
  }
  for (const char* bad : {"", "a b", "a\tb", "@x", "-d", "a:b", "\x7f"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(check_tag(bad), Error);
  }
}

}  // namespace
}  // namespace clew::cmd
