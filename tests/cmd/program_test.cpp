// The program from its arguments to its exit code, inside this process.

#include "app/program.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "app/complete.h"
#include "import_receiver.h"
#include "query/catalog.h"
#include "support/temporary_directory.h"

namespace clew::cmd {
namespace {

using Words = std::vector<std::string>;

class StandingClock final : public Clock {
 public:
  Time now() override { return 1'767'323'045'000'000; }
};

class CountedIds final : public IdSource {
 public:
  RunId next() override { return {0x1000 + count_++}; }

 private:
  std::uint64_t count_ = 0;
};

struct Result {
  int code = 0;
  std::string out;
  std::string err;
};

/// A directory with nothing around it, in which command lines are run.
class Scratch {
 public:
  Scratch() {
    environment_["HOME"] = directory_.path() / "home";
    environment_["CLEW_DIR"] = directory_.path() / "store";
  }

  Result run(const Words& arguments, std::string_view input = {}) {
    replace_file(path("in"), input);
    const Fd in(open(path("in").c_str(), O_RDONLY | O_CLOEXEC));
    const Fd out(open(path("out").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const Fd err(open(path("err").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    Result result;
    result.code = run_program(arguments, services(in.get(), out.get(), err.get()));
    result.out = read_file(path("out")).value();
    result.err = read_file(path("err")).value();
    return result;
  }
  int run_into(const Words& arguments, const char* file) {
    const Fd out(open(file, O_WRONLY | O_CLOEXEC));
    const Fd err(open(path("err").c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    return run_program(arguments, services(0, out.get(), err.get()));
  }

  Services services(int in, int out, int err) {
    return {environment_, clock_, ids_, directory_.path(), "/clew/bin/clew", in, out, err};
  }
  [[nodiscard]] fs::path path(const char* name) const { return directory_.path() / name; }
  EnvironmentMap& environment() { return environment_; }

 private:
  TemporaryDirectory directory_;
  EnvironmentMap environment_;
  StandingClock clock_;
  CountedIds ids_;
};

constexpr std::string_view kRuns =
    R"({"kind":"run","id":"first","state":"finished","started":"2026-01-02T03:04:05Z","tags":["good"],"params":{"lr":0.1}}
{"kind":"run","id":"00000000000000aa","name":"own","state":"failed","started":"2026-01-02T03:05:05Z"}
{"kind":"metrics","run":"first","step":1,"values":{"loss":0.5,"acc":0.25}}
{"kind":"metrics","run":"00000000000000aa","step":1,"values":{"loss":0.75}}
)";

TEST_CASE("the version and help need nothing") {
  Scratch scratch;
  scratch.environment()["CLEW_CONFIG_NO_SUCH"] = "x";
  for (const Words& arguments : {Words{"--version"}, {"version"}, {"log", "--version"}}) {
    const Result result = scratch.run(arguments);
    CHECK(result.code == 0);
    CHECK(result.out == "clew " + std::string(version()) + "\n");
    CHECK(result.err.empty());
  }
  const std::string overview = scratch.run({}).out;
  CHECK(overview.find("  log ") != std::string::npos);
  CHECK(overview.find("generate") == std::string::npos);
  CHECK(scratch.run({"--help"}).out == overview);
  CHECK(scratch.run({"help"}).out == overview);
  CHECK(scratch.run({"-h", "--nonsense"}).out == overview);
  const std::string help = scratch.run({"log", "--help"}).out;
  CHECK(help.starts_with("List runs\n\nUsage\n  clew log [OPTIONS] [-- PATH...]\n"));
  CHECK(scratch.run({"help", "log"}).out == help);
  CHECK(scratch.run({"--help", "log"}).out == help);
  CHECK(scratch.run({"log", "--nonsense", "--help"}).code == 2);
}

TEST_CASE("errors have a message, a hint and a code") {
  Scratch scratch;
  Result result = scratch.run({"lgo"});
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  CHECK(result.err == "clew: error: unknown command 'lgo'\nhint: did you mean 'clew log'?\n");
  result = scratch.run({"--", "python", "my train.py"});
  CHECK(result.code == 2);
  CHECK(result.err ==
        "clew: error: no command before '--'\n"
        "hint: to record it: clew run -- python 'my train.py'\n");
  result = scratch.run({"-q", "log"});
  CHECK(result.code == 3);
  CHECK(result.err.find("clew: error: no store for '") == 0);
  CHECK(scratch.run({"-C", "nowhere", "log"}).code == 2);
  CHECK(scratch.run({"-c", "no.such=1", "log"}).code == 2);
  CHECK(scratch.run({"run"}).code == 2);
  CHECK(scratch.run({"run", "-n", "cafe", "--", "true"}).code == 2);
  CHECK(scratch.run({"run", "-p", "lr", "--", "true"}).code == 2);
  CHECK(scratch.run({"help", "lgo"}).code == 2);
}

TEST_CASE("a standard output that cannot be written is an error") {
  Scratch scratch;
  CHECK(scratch.run_into({"--version"}, "/dev/full") == 6);
  CHECK(read_file(scratch.path("err")) ==
        "clew: error: cannot write to standard output: No space left on device\n");
}

TEST_CASE("a reader that has gone is none") {
  Scratch scratch;
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  close(ends[0]);
  const Fd writing(ends[1]);
  CHECK(run_program({"help"}, scratch.services(0, writing.get(), 2)) == 0);
}

TEST_CASE("colours are for those who want them") {
  Scratch scratch;
  CHECK(scratch.run({"--help"}).out.find('\x1b') == std::string::npos);
  CHECK(scratch.run({"--help", "--color=always"}).out.find('\x1b') == std::string::npos);
  CHECK(scratch.run({"--color=always", "--help"}).out.find("\x1b[1mUsage") != std::string::npos);
  CHECK(scratch.run({"--color=always", "lgo"}).err.find("\x1b[31merror:\x1b[0m") !=
        std::string::npos);
}

TEST_CASE("init makes a store once") {
  Scratch scratch;
  const std::string store = scratch.path("store");
  CHECK(scratch.run({"init"}).out == "made a store in '" + store + "'\n");
  CHECK(scratch.run({"init"}).out == "the store is already in '" + store + "'\n");
  CHECK(scratch.run({"init", "--json"}).out == "{\"store\":\"" + store + "\",\"created\":false}\n");
  CHECK(scratch.run({"init", "nowhere"}).code == 2);
}

TEST_CASE("import, then annotate what was imported") {
  Scratch scratch;
  REQUIRE(scratch.run({"init"}).code == 0);
  replace_file(scratch.path("runs.jsonl"), kRuns);
  Result result = scratch.run({"import", "runs.jsonl"});
  CHECK(result.err == "imported 2 runs with 3 points\n");
  REQUIRE(result.code == 0);
  result = scratch.run({"status"});
  CHECK(result.out ==
        "store: " + scratch.path("store").native() + "\n2 runs: 1 finished, 1 failed\n");

  SECTION("tags and notes") {
    result = scratch.run({"tag", "own", "best", "--json"});
    CHECK(result.out == "{\"id\":\"00000000000000aa\",\"tags\":[\"best\"]}\n");
    CHECK(scratch.run({"tag", "first", "best", "-d", "good"}).code == 0);
    CHECK(scratch.run({"note", "first", "two words"}).code == 0);
    CHECK(scratch.run({"tag", "first", "-d", "good"}).code == 2);
    CHECK(scratch.run({"tag", "first"}).code == 2);
    CHECK(scratch.run({"note", "first", " "}).code == 2);
    CHECK(scratch.run({"tag", "nobody", "x"}).code == 2);
    const query::Catalog catalog = query::Catalog::open({scratch.path("store")});
    const model::Run run = catalog.find("first");
    CHECK(run.tags == Words{"best"});
    REQUIRE(run.notes.size() == 1);
    CHECK(run.notes[0].text == "two words");
  }
  SECTION("once more only when asked for") {
    result = scratch.run({"import", "runs.jsonl"});
    CHECK(result.code == 2);
    CHECK(result.err.find("run 'first' is here already") != std::string::npos);
    CHECK(scratch.run({"import", "runs.jsonl", "--again", "--json"}).code == 0);
    CHECK(query::Catalog::open({scratch.path("store")}).runs().size() == 4);
  }
  SECTION("a wrong line, and nothing is kept") {
    const std::string wrong =
        R"({"kind":"run","id":"x","state":"finished","started":"2026-01-02T03:04:05Z"}
{"kind":"metrics","run":"x","step":1,"values":{"loss":0.5}}
nonsense
)";
    result = scratch.run({"import", "-"}, wrong);
    CHECK(result.code == 6);
    CHECK(result.err.find("cannot import 'standard input': line 3:") != std::string::npos);
    CHECK(query::Catalog::open({scratch.path("store")}).runs().size() == 2);
    CHECK(scratch.run({"import", "nowhere.jsonl"}).code == 2);
    CHECK(scratch.run({"import", "."}).code == 6);
  }
  SECTION("lines of standard input, the last one without an end") {
    result = scratch.run(
        {"import", "-"},
        R"({"kind":"run","id":"y","state":"finished","started":"2026-01-02T03:04:05Z"})");
    CHECK(result.code == 0);
    CHECK(query::Catalog::open({scratch.path("store")}).runs().size() == 3);
    CHECK(scratch.run({"import", "-"}).code == 0);
  }
  SECTION("what completion offers") {
    const auto lines = [&](const Words& words) {
      Words arguments = {"generate", "complete", "--"};
      arguments.insert(arguments.end(), words.begin(), words.end());
      return scratch.run(arguments).out;
    };
    CHECK(lines({"show", "f"}) == "first\t\n");
    CHECK(lines({"show", "0000000000"}).empty());
    CHECK(lines({"run", "-t", ""}) == "good\t\n");
    CHECK(lines({"show", "@", "--metric", "l"}) == "loss\t\n");
    CHECK(lines({"show", "@", "--metric=a"}) == "--metric=acc\t\n");
    CHECK(lines({"-C", "/nonexistent/x", "tag", "own", ""}) == "good\t\n");  // CLEW_DIR says where
  }
}

TEST_CASE("what completion offers anywhere") {
  Scratch scratch;
  const auto lines = [&](const Words& words) {
    Words arguments = {"generate", "complete", "--"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    const Result result = scratch.run(arguments);
    CHECK(result.code == 0);
    CHECK(result.err.empty());
    return result.out;
  };
  CHECK(lines({}).empty());
  CHECK(lines({"lo"}) == "log\tList runs\n");
  CHECK(lines({"--json", "-q", "lo"}) == "log\tList runs\n");
  CHECK(lines({"-C", "lo"}) == ":directories\n");
  CHECK(lines({"-C", "dir", "lo"}) == "log\tList runs\n");
  CHECK(lines({"nonsense", ""}).empty());
  CHECK(lines({"gen"}).empty());
  CHECK(lines({"run", "--no-s"}) == "--no-snapshot\tDo not keep the code\n");
  CHECK(lines({"run", "--params", ""}) == ":files\n");
  CHECK(lines({"run", "--params="}) == ":files\n");
  CHECK(lines({"run", "-n", "x", "--", "py"}) == ":command 4\n");
  CHECK(lines({"run", "--", "python", "--no-s"}) == ":command 2\n");
  CHECK(lines({"log", "--color", "al"}) == "always\t\n");
  CHECK(lines({"log", "--color=al"}) == "--color=always\t\n");
  CHECK(lines({"import", ""}) == ":files\n");
  CHECK(lines({"help", "imp"}) ==
        "importance\tTell which hyperparameters matter for a metric\nimport\tRead runs from "
        "interchange lines\n");
  CHECK(lines({"help", "log", ""}).empty());
  CHECK(lines({"show", ""}).empty());  // there is no store
}

TEST_CASE("put outside of a run, and in one whose recorder is gone") {
  Scratch scratch;
  CHECK(scratch.run({"put", "loss=1"}).code == 2);
  scratch.environment()["CLEW_SOCKET"] = scratch.path("no-socket");
  const Result result = scratch.run({"put", "loss=1"});
  CHECK(result.code == 0);
  CHECK(result.err ==
        "clew: warning: the recorder of this run does not answer: No such file or directory\n");
  CHECK(scratch.run({"put", "-q", "loss=1"}).err.empty());
}

}  // namespace
}  // namespace clew::cmd
