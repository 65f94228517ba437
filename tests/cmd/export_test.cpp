#include "export.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "answer_file.h"
#include "base/error.h"
#include "cmd/printed.h"
#include "cmd/stage.h"
#include "graph.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

/// A store with an old run and a new one.
struct Runs : Stage {
  Runs() {
    model::Run old = sample_run(1);
    old.params = {param("lr", 0.1)};
    add(old, {series("loss", {1, 0.5})});
    model::Run recent = sample_run(2);
    recent.started += 60'000'000;
    recent.tags = {"best"};
    add(recent, {series("loss", {1, 1.0 / 3}), series("acc", {0.5})}, "hello\n");
  }

  std::string exported(const std::vector<std::string>& words) {
    CHECK(run(declare_export, run_export, words) == 0);
    global = {};
    return out.text();
  }
  ErrorKind refused(const std::vector<std::string>& words) {
    try {
      (void)run(declare_export, run_export, words);
    } catch (const Error& error) {
      global = {};
      return error.kind();
    }
    return ErrorKind::bug;
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("export: arguments") {
  const ExportOptions options =
      parsed(declare_export, {"a", "b", "--format", "jsonl", "-o", "x", "--with-series"});
  CHECK(options.runs == std::vector<std::string>{"a", "b"});
  CHECK(options.format == "jsonl");
  CHECK(options.file == "x");
  CHECK(options.with_series);
  CHECK_THROWS_AS(parsed(declare_export, {"--format", "xml"}), Error);
}

TEST_CASE("export: the name of a file tells the format") {
  CHECK(format_of_file("runs.jsonl") == Format::jsonl);
  CHECK(format_of_file("runs.NDJSON") == Format::jsonl);
  CHECK(format_of_file("a/runs.csv") == Format::csv);
  CHECK(format_of_file("runs.json") == Format::json);
  CHECK(format_of_file("prov.json") == Format::prov_json);
  CHECK(format_of_file("a/prov.json") == Format::prov_json);
  CHECK(format_of_file("run.prov.json") == Format::prov_json);
  CHECK(format_of_file("run.provjson") == Format::prov_json);
  CHECK(format_of_file("improv.json") == Format::json);
  CHECK(!format_of_file("runs"));
  CHECK(!format_of_file("runs.csv/file"));
  CHECK(!format_of_file(""));
}

TEST_CASE("export: all runs, or those that are named") {
  Runs runs;
  const std::string csv = runs.exported({"--format", "csv"});
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 3);
  CHECK(csv.find("00000002") < csv.find("00000001"));
  CHECK(runs.exported({"--format", "csv", "@~1"}).find("00000002") == std::string::npos);

  const Json json = parse_json(runs.exported({"--format", "json"}));
  REQUIRE(json.as_array().size() == 2);
  CHECK(json.as_array()[0].find("series") == nullptr);
  CHECK(parse_json(runs.exported({"--format", "json", "@", "best", "@"})).as_array().size() == 1);
  const Json full = parse_json(runs.exported({"--format", "json", "--with-series", "@"}));
  CHECK(full.as_array()[0].find("series")->as_array().size() == 2);

  // Interchange goes from old to new.
  const std::string lines = runs.exported({"--format", "jsonl"});
  CHECK(lines.find("0000000100000000") < lines.find("0000000200000000"));
  CHECK(runs.exported({"--metric", "loss"}).ends_with("0.3333333333333333\n"));
  CHECK(runs.exported({"--metric", "loss", "@~1"}).ends_with(",0.5\n"));
}

TEST_CASE("export: PROV of the newest run, the same bytes each time") {
  Runs runs;
  const std::string text = runs.exported({"--format", "prov-json"});
  CHECK(text.ends_with("}\n"));
  CHECK(text.find("run 00000002") != std::string::npos);
  CHECK(text.find("0000000100000000") == std::string::npos);
  CHECK(runs.exported({"--format", "prov-json"}) == text);
  CHECK(parse_json(text).find("activity") != nullptr);
  const std::string both = runs.exported({"--format", "prov-json", "@", "@~1"});
  CHECK(both.find("0000000100000000") != std::string::npos);
}

TEST_CASE("export: a store without runs") {
  Stage stage;
  CHECK(stage.run(declare_export, run_export, {"--format", "json"}) == 0);
  CHECK(stage.out.text() == "[]\n");
  CHECK(stage.run(declare_export, run_export, {"--format", "jsonl"}) == 0);
  CHECK(stage.out.text().empty());
  CHECK_THROWS_AS(stage.run(declare_export, run_export, {"--format", "prov-json"}), Error);
}

TEST_CASE("export: what does not go together") {
  Runs runs;
  CHECK(runs.refused({}) == ErrorKind::usage);
  CHECK(runs.refused({"-o", "runs.txt"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "csv", "--with-series"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "json", "--metric", "loss"}) == ErrorKind::usage);
  CHECK(runs.refused({"--metric", "loss", "@", "@~1"}) == ErrorKind::usage);
  CHECK(runs.refused({"--metric", "los"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "csv", "nosuch"}) == ErrorKind::usage);
  CHECK(runs.out.text().empty());
}

TEST_CASE("export: into a file, as a whole or not at all") {
  Runs runs;
  const fs::path path = runs.directory.path() / "runs.csv";
  const std::string csv = runs.exported({"--format", "csv"});
  CHECK(runs.exported({"-o", "runs.csv"}).empty());
  CHECK(read_file(path) == csv);
  std::ofstream(path) << "old";
  CHECK(chmod(path.c_str(), 0600) == 0);
  const std::size_t files = runs.files();
  CHECK(runs.refused({"-o", "runs.csv", "nosuch"}) == ErrorKind::usage);
  CHECK(runs.refused({"-o", "runs.csv", "--metric", "nosuch"}) == ErrorKind::usage);
  CHECK(read_file(path) == "old");
  CHECK(runs.files() == files);
  CHECK(runs.exported({"-o", path.string()}).empty());
  CHECK(read_file(path) == csv);
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(runs.exported({"-o", "-", "--format", "csv"}) == csv);
  CHECK(runs.refused({"-o", "no/such/directory.csv"}) == ErrorKind::failed);
  CHECK(runs.refused({"-o", ".", "--format", "csv"}) == ErrorKind::failed);
  CHECK(runs.files() == files);
}

TEST_CASE("an answer file is there when it is whole") {
  TemporaryDirectory directory;
  const fs::path path = directory.path() / "answer";
  const fs::path link = directory.path() / "link";
  {
    AnswerFile file(path);
    file.write("half");
  }
  CHECK(fs::is_empty(directory.path()));
  fs::create_symlink("answer", link);
  {
    AnswerFile file(path);
    file.write("whole");
    CHECK(!fs::exists(path));
    file.commit();
  }
  CHECK(read_file(path) == "whole");
  {
    AnswerFile file(link);
    file.write("through a link");
    file.commit();
  }
  CHECK(fs::is_symlink(link));
  CHECK(read_file(path) == "through a link");
  // A device is written to, not replaced.
  AnswerFile null("/dev/null");
  null.write("text");
  null.commit();
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_AS(AnswerFile("/dev/full/x"), Error);
}

TEST_CASE("export: the name of a file tells the format of the graph") {
  CHECK(format_of_file("a.provn") == Format::prov_n);
  CHECK(format_of_file("a.ttl") == Format::turtle);
  CHECK(format_of_file("a.trig") == Format::trig);
  CHECK(format_of_file("a.jsonld") == Format::prov_jsonld);
  CHECK(format_of_file("a.dot") == Format::dot);
  CHECK(format_of_file("a.gv") == Format::dot);
  CHECK(format_of_file("crate.ZIP") == Format::ro_crate);
}

TEST_CASE("export: the graph in every format, the same bytes each time") {
  Runs runs;
  const std::pair<const char*, const char*> formats[] = {{"prov-n", "endDocument\n"},
                                                         {"turtle", " a prov:Activity"},
                                                         {"trig", " a prov:Activity"},
                                                         {"prov-jsonld", "\"@type\": \"Activity\""},
                                                         {"dot", "digraph prov"}};
  for (const auto& [format, word] : formats) {
    INFO(format);
    const std::string text = runs.exported({"--format", format});
    CHECK(text.find(word) != std::string::npos);
    CHECK(runs.exported({"--format", format}) == text);
    CHECK(runs.exported({"--format", format, "--anonymous", "--processes"}).find(word) !=
          std::string::npos);
  }
  const std::string bundles = runs.exported({"--format", "trig", "--bundles", "@", "@~1"});
  CHECK(bundles.find("prov:Bundle") != std::string::npos);
}

TEST_CASE("export: what the graph's options do not go with") {
  Runs runs;
  CHECK(runs.refused({"--format", "csv", "--processes"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "jsonl", "--anonymous"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "json", "--bundles"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "turtle", "--bundles"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "prov-n", "--full"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "dot", "--with-series"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "ro-crate"}) == ErrorKind::usage);
  CHECK(runs.refused({"--format", "ro-crate", "-o", "-"}) == ErrorKind::usage);
}

TEST_CASE("export: an RO-Crate is a directory or a zip file, as a whole or not at all") {
  Runs runs;
  CHECK(runs.exported({"--format", "ro-crate", "-o", "crate"}).empty());
  const fs::path crate = runs.directory.path() / "crate";
  CHECK(fs::exists(crate / "ro-crate-metadata.json"));
  CHECK(fs::exists(crate / "prov.json"));
  CHECK(fs::exists(crate / "runs.jsonl"));
  const std::size_t files = runs.files();
  CHECK(runs.refused({"--format", "ro-crate", "-o", "crate"}) == ErrorKind::usage);
  CHECK(runs.refused({"-o", "crate.zip", "nosuch"}) == ErrorKind::usage);
  CHECK(runs.files() == files);
  CHECK(runs.exported({"-o", "crate.zip", "@", "@~1"}).empty());
  CHECK(read_file(runs.directory.path() / "crate.zip").value().starts_with("PK"));
}

TEST_CASE("graph: arguments, and the graph as text") {
  const GraphOptions options = parsed(
      declare_graph, {"a", "b", "--svg", "x.svg", "--png", "x.png", "--full", "--processes"});
  CHECK(options.runs == std::vector<std::string>{"a", "b"});
  CHECK(options.svg == "x.svg");
  CHECK(options.png == "x.png");
  CHECK(!options.dot);
  CHECK(options.full);
  CHECK(options.processes);

  Runs runs;
  CHECK(runs.run(declare_graph, run_graph, {}) == 0);
  const std::string text = runs.out.text();
  CHECK(text.starts_with("digraph prov {"));
  CHECK(text.find("run 00000002") != std::string::npos);
  CHECK(runs.run(declare_graph, run_graph, {"--dot", "run.dot"}) == 0);
  CHECK(runs.out.text().empty());
  CHECK(read_file(runs.directory.path() / "run.dot") == text);
}

TEST_CASE("graph: without Graphviz there is a hint and no file") {
  Runs runs;
  Session session = runs.session();
  session.environment = {{"PATH", "/nonexistent"}};
  try {
    (void)run_graph(session, parsed(declare_graph, {"--svg", "run.svg"}));
    FAIL("it was drawn");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::failed);
    CHECK(error.message().find("'dot' is not installed") != std::string::npos);
    CHECK(!error.hints().empty());
  }
  CHECK(!fs::exists(runs.directory.path() / "run.svg"));
}
