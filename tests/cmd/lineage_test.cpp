#include "lineage.h"

#include <catch2/catch.hpp>

#include "app/complete.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "cmd/files_stage.h"
#include "lineage_view.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

Answer ask(Stage& stage, const std::vector<std::string>& words) {
  stage.global = {};
  Answer answer;
  answer.code = stage.run(declare_lineage, run_lineage, words);
  answer.out = stage.out.text();
  answer.err = stage.err.text();
  return answer;
}

Error refused(Stage& stage, const std::vector<std::string>& words) {
  try {
    ask(stage, words);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  throw;
}

void write(const Stage& stage, const std::string& path, const std::string& content) {
  const fs::path file = stage.directory.path() / path;
  make_directories(file.parent_path());
  replace_file(file, content);
}

std::string digits(const std::string& content) {
  return to_hex(sha256(content)).substr(0, 12);
}

}  // namespace

TEST_CASE("lineage: arguments") {
  const LineageOptions options = parsed(
      declare_lineage, {"model.npz", "--up", "--depth", "3", "--all", "--svg", "x.svg", "--dot"});
  CHECK(options.subject == "model.npz");
  CHECK(options.up);
  CHECK_FALSE(options.down);
  CHECK(options.depth == 3);
  CHECK(options.all);
  CHECK(options.dot);
  CHECK(options.svg == "x.svg");
  CHECK_THROWS_AS(parsed(declare_lineage, {}), Error);
  CHECK_THROWS_AS(parsed(declare_lineage, {"a", "b"}), Error);
}

TEST_CASE("lineage: the tree as it looks") {
  Stage stage;
  seal_pipeline(stage);
  write(stage, "model.npz", "model");
  const Answer answer = ask(stage, {"model.npz"});
  CHECK(answer.code == 0);
  CHECK(answer.err.empty());
  CHECK(answer.out == "model.npz  5 B  " + digits("model") +
                          "\n\ncame from\n"
                          "└─ run 00000002  2026-01-02 03:04:07  python train.py\n"
                          "   ├─ code cccccccccccc on main, with changes  1 read\n"
                          "   └─ data/train.npz  5 B  " +
                          digits("train") +
                          "\n"
                          "      └─ run 00000001  2026-01-02 03:04:06  python prepare.py\n"
                          "         └─ data/raw.csv  3 B  " +
                          digits("raw") +
                          "\n\nwent into\n"
                          "└─ run 00000003  2026-01-02 03:04:08  python evaluate.py\n"
                          "   └─ report.json  6 B  " +
                          digits("report") + "\n");
  CHECK(ask(stage, {"model.npz", "--up"}).out.find("went into") == std::string::npos);
  CHECK(ask(stage, {"model.npz", "--down"}).out.find("came from") == std::string::npos);
  CHECK(ask(stage, {"model.npz", "--up", "--depth", "1"}).out.find("… (--depth)") !=
        std::string::npos);
}

TEST_CASE("lineage: what can be asked about") {
  Stage stage;
  seal_pipeline(stage);
  write(stage, "model.npz", "model");
  const std::string whole = ask(stage, {"model.npz"}).out;
  CHECK(ask(stage, {"./model.npz"}).out == whole);
  CHECK(ask(stage, {(stage.directory.path() / "model.npz").string()}).out == whole);
  CHECK(ask(stage, {"00000002:model.npz"}).out == whole);
  CHECK(ask(stage, {"@~1:./model.npz"}).out == whole);
  CHECK(ask(stage, {to_hex(sha256("model"))}).out == whole);
  CHECK(ask(stage, {to_hex(sha256("model")).substr(0, 8)}).out == whole);
  CHECK(ask(stage, {"sha256:" + to_hex(sha256("model"))}).out == whole);
  CHECK(ask(stage, {"@"}).out.starts_with("run 00000003"));
  CHECK(ask(stage, {"0000000200000000"}).out.starts_with("run 00000002"));
  // A copy under another name is the same content.
  write(stage, "copy.npz", "model");
  CHECK(ask(stage, {"copy.npz"}).out.find("run 00000002") != std::string::npos);
}

TEST_CASE("lineage: files that no run made, or that have changed since") {
  Stage stage;
  seal_pipeline(stage);
  write(stage, "data/raw.csv", "raw");
  Answer answer = ask(stage, {"data/raw.csv"});
  CHECK(answer.code == 1);
  CHECK(answer.err == "'data/raw.csv' was not made by any recorded run\n");
  CHECK(answer.out.find("came from\n  no recorded run\n") != std::string::npos);
  CHECK(answer.out.find("report.json") != std::string::npos);
  CHECK(ask(stage, {"data/raw.csv", "--down"}).code == 0);

  write(stage, "model.npz", "edited");
  answer = ask(stage, {"model.npz"});
  CHECK(answer.code == 1);
  CHECK(answer.err ==
        "'model.npz' was made by run '00000002', but has changed since\n"
        "hint: 'clew lineage 00000002:model.npz' shows where it came from as it was then\n");
  CHECK(ask(stage, {"model.npz", "--down"}).code == 1);

  write(stage, "new.txt", "new");
  CHECK(ask(stage, {"new.txt"}).code == 1);
  CHECK(ask(stage, {std::string(64, 'a')}).code == 1);

  answer = ask(stage, {"report.json"});
  CHECK(answer.code == 0);
  CHECK(answer.err ==
        "'report.json' is not there now; this is the file as it was to run '00000003'\n");
  CHECK(answer.out.find("run 00000001") != std::string::npos);
}

TEST_CASE("lineage: what cannot be understood is refused with a hint") {
  Stage stage;
  seal_pipeline(stage);
  CHECK(refused(stage, {"nosuch"}).message() ==
        "'nosuch' is neither a file nor a run nor a digest");
  CHECK(refused(stage, {"@:modle.npz"}).hints().front() == "did you mean 'model.npz'?");
  CHECK(refused(stage, {"nosuch:model.npz"}).message() == "unknown run 'nosuch'");
  CHECK(refused(stage, {"@", "--depth", "-1"}).message() == "the depth '-1' is negative");
  CHECK_THROWS_AS(ask(stage, {"@", "--json", "--dot"}), Error);
  write(stage, "data/x", "x");
  CHECK(refused(stage, {"data"}).message() == "'data' is a directory");
  write(stage, "00000002", "x");
  CHECK(refused(stage, {"00000002"}).message() == "'00000002' is both a run and a file");
  CHECK(ask(stage, {"./00000002"}).code == 1);
}

TEST_CASE("lineage: as JSON") {
  Stage stage;
  seal_pipeline(stage);
  const Json json = parse_json(ask(stage, {"@~1:model.npz", "--json", "--depth", "1"}).out);
  CHECK(json.find("root")->as_string() == "file:" + to_hex(sha256("model")));
  CHECK(json.find("origin")->is_null());
  CHECK(json.find("up")->as_bool());
  std::vector<std::string> kinds;
  for (const Json& node : json.find("nodes")->as_array())
    kinds.push_back(node.find("kind")->as_string());
  std::sort(kinds.begin(), kinds.end());
  CHECK(kinds == std::vector<std::string>{"code", "file", "file", "file", "run", "run"});
  const Json& edge = json.find("edges")->as_array().front();
  CHECK(edge.find("effect")->as_string() == json.find("root")->as_string());
  CHECK(edge.find("cause")->as_string() == "run:0000000200000000");
  CHECK(edge.find("relation")->as_string() == "made");
  CHECK(edge.find("path")->as_string() == "model.npz");

  write(stage, "model.npz", "edited");
  const Json changed = parse_json(ask(stage, {"model.npz", "--json"}).out);
  CHECK(dump_json(*changed.find("origin")) ==
        R"({"state":"changed","run":"0000000200000000","readers":0})");
}

TEST_CASE("lineage: for Graphviz") {
  Stage stage;
  seal_pipeline(stage);
  seal(stage, run_with(4, {input("model.npz", "model"), output("a \"b\"\\.txt", "x")}));
  const std::string dot = ask(stage, {"@", "--dot"}).out;
  CHECK(dot.starts_with("digraph lineage {\n"));
  CHECK(dot.find("a \\\"b\\\"\\\\.txt\\n1 B") != std::string::npos);
  CHECK(dot.find("shape=box, fillcolor=\"#9FB1FC\", label=\"run 00000004\\npython train.py\"") !=
        std::string::npos);
  CHECK(dot.find("label=\"wasGeneratedBy\"") != std::string::npos);
  CHECK(dot.ends_with("}\n"));
}

TEST_CASE("lineage: many files are drawn as one, unless all are asked for") {
  Stage stage;
  std::vector<model::File> files = {output("model", "model")};
  for (int i = 0; i < 100; ++i)
    files.push_back(input(concat("images/", i, ".png"), concat("image ", i)));
  seal(stage, run_with(1, files));
  const std::string text = ask(stage, {"@:model"}).out;
  CHECK(text.find("images/…  100 files, 790 B") != std::string::npos);
  CHECK(std::count(text.begin(), text.end(), '\n') < 12);
  const std::string all = ask(stage, {"@:model", "--all"}).out;
  CHECK(std::count(all.begin(), all.end(), '\n') > 100);
}

TEST_CASE("lineage: a diamond is drawn once") {
  Stage stage;
  seal(stage, run_with(1, {input("raw", "raw"), output("a", "a"), output("b", "b")}));
  seal(stage, run_with(2, {input("a", "a"), output("c", "c")}));
  seal(stage, run_with(3, {input("b", "b"), input("c", "c"), output("d", "d")}));
  const std::string text = ask(stage, {"@:d", "--up"}).out;
  CHECK(text.find("(see above)") != std::string::npos);
  CHECK(text.find("raw") == text.rfind("raw"));
}

TEST_CASE("lineage: lines fit their terminal") {
  Stage stage(40);
  seal_pipeline(stage);
  const Answer answer = ask(stage, {"@"});
  for (const auto line : split(answer.out, '\n'))
    CHECK(ui::display_width(line) <= 40);
}

TEST_CASE("lineage: completion offers runs, files, and the files of a run") {
  Stage stage;
  seal_pipeline(stage);
  const auto offered = [&stage](const std::vector<std::string>& words) {
    const Session session = stage.session();
    std::vector<std::string> answers;
    for (const std::string& line : complete(session, words))
      answers.push_back(line.substr(0, line.find('\t')));
    return answers;
  };
  using Words = std::vector<std::string>;
  CHECK(offered({"lineage", ""}) == Words{"00000003", "00000002", "00000001", ":files"});
  CHECK(offered({"lineage", "mod"}) == Words{":files"});
  CHECK(offered({"lineage", "00000002:m"}) == Words{"00000002:model.npz"});
  CHECK(offered({"lineage", "nosuch:"}).empty());
  CHECK(offered({"log", "--", "x"}) == Words{":files"});
}
