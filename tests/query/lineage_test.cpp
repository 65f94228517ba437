#include "query/lineage.h"

#include <catch2/catch.hpp>

#include <algorithm>

#include "query/samples.h"

using namespace clew;
using namespace clew::query;
using test::Shelf;

namespace {

constexpr Time kSecond = 1'000'000;

/// A run of a test, with what it did to files. Content "x" has the digest of the text x.
class Story {
 public:
  Story(std::uint64_t id, Time start_second) {
    parts.run.id = RunId{id};
    parts.run.started = start_second * kSecond;
    parts.run.ended = parts.run.started + kSecond;
    parts.run.state = model::State::finished;
    parts.run.argv = {"step", std::to_string(id)};
    parts.run.code.commit = std::string(40, static_cast<char>('a' + id % 6));
    parts.capture.mechanism = "unotify";
  }
  Story& reads(const std::string& path, const std::string& content,
               model::Role role = model::Role::input) {
    return add(path, model::kRead, content, role);
  }
  Story& writes(const std::string& path, const std::string& content,
                model::Role role = model::Role::output) {
    return add(path, model::kWritten | model::kCreated, content, role);
  }
  /// Reads and then overwrites.
  Story& changes(const std::string& path, const std::string& before, const std::string& after) {
    add(path, model::kRead | model::kWritten, after, model::Role::output);
    parts.files.back().state.before_sha256 = to_hex(sha256(before));
    parts.files.back().state.before_size = before.size();
    return *this;
  }
  Story& unhashed() {
    model::FileState& state = parts.files.back().state;
    state.sha256.clear();
    state.digest = model::DigestKind::none;
    return *this;
  }
  Story& gone() {
    parts.files.back().state.gone = true;
    return *this;
  }
  Story& ends(Time second) {
    parts.run.ended = second * kSecond;
    for (auto& file : parts.files)
      file.uses.front().last = second * kSecond;
    return *this;
  }

  void seal(const Shelf& shelf) {
    sort();
    store::Store store = shelf.store();
    auto writer = store.write_run(parts.run.id);
    for (const auto& file : parts.files)
      writer.add_file(file);
    writer.set_capture(parts.capture);
    writer.commit(parts.run);
  }
  void live(const Shelf& shelf) {
    sort();
    auto run = test::live_run(parts.run);
    run.parts.files = parts.files;
    (*shelf.live)[parts.run.id] = std::move(run);
  }

  model::RunParts parts;

 private:
  Story& add(const std::string& path, int modes, const std::string& content, model::Role role) {
    model::File file;
    file.state.path = path;
    file.state.role = role;
    file.state.size = content.size();
    file.state.sha256 = to_hex(sha256(content));
    file.state.digest = model::DigestKind::whole;
    const Time last = parts.run.started + kSecond / 2;
    file.uses = {{path, 0, static_cast<model::FileModes>(modes), parts.run.started, last, ""}};
    parts.files.push_back(std::move(file));
    return *this;
  }
  void sort() {
    std::sort(parts.files.begin(), parts.files.end(),
              [](const auto& a, const auto& b) { return a.state.path < b.state.path; });
  }
};

std::string file_id(const std::string& content) {
  return "file:" + to_hex(sha256(content));
}
std::string run_id(std::uint64_t id) {
  return "run:" + RunId{id}.hex();
}

/// The edges as "effect <- cause", without those to code.
std::vector<std::string> links(const Lineage& lineage) {
  std::vector<std::string> texts;
  for (const auto& edge : lineage.edges) {
    const LineageNode& cause = lineage.nodes[edge.cause];
    if (std::holds_alternative<CodeNode>(cause.is)) continue;
    texts.push_back(lineage.nodes[edge.effect].id + (edge.by_name ? " <? " : " <- ") + cause.id);
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

LineageStart content(const std::string& text, const std::string& path) {
  LineageStart start;
  start.digest = sha256(text);
  start.path = path;
  start.size = text.size();
  return start;
}
LineageStart of_run(std::uint64_t id, const std::string& path = "") {
  LineageStart start;
  start.run = RunId{id};
  start.path = path;
  return start;
}

constexpr LineageLimits kUp{true, false, SIZE_MAX, SIZE_MAX};
constexpr LineageLimits kDown{false, true, SIZE_MAX, SIZE_MAX};

Lineage trace(Shelf& shelf, const LineageStart& start, const LineageLimits& limits = {}) {
  const Catalog catalog = shelf.catalog();
  return trace_lineage(catalog.file_view(), start, limits);
}

/// prepare, train, evaluate.
void pipeline(const Shelf& shelf) {
  Story(1, 10).reads("data/raw.csv", "raw").writes("data/train.npz", "train").seal(shelf);
  Story(2, 20)
      .reads("data/train.npz", "train")
      .reads("train.py", "code", model::Role::code)
      .writes("model.npz", "model")
      .writes("tmp", "junk", model::Role::temporary)
      .gone()
      .seal(shelf);
  Story(3, 30).reads("model.npz", "model").writes("report.json", "report").seal(shelf);
}

}  // namespace

TEST_CASE("a file leads up through the runs to sources and code") {
  Shelf shelf;
  pipeline(shelf);
  const Lineage lineage = trace(shelf, content("report", "report.json"), kUp);
  CHECK(lineage.nodes[lineage.root].id == file_id("report"));
  CHECK(links(lineage) ==
        sorted({file_id("report") + " <- " + run_id(3), run_id(3) + " <- " + file_id("model"),
                file_id("model") + " <- " + run_id(2), run_id(2) + " <- " + file_id("train"),
                file_id("train") + " <- " + run_id(1), run_id(1) + " <- " + file_id("raw")}));
  const auto code = std::find_if(lineage.edges.begin(), lineage.edges.end(), [&](const auto& edge) {
    return lineage.nodes[edge.effect].id == run_id(2) &&
           std::holds_alternative<CodeNode>(lineage.nodes[edge.cause].is);
  });
  REQUIRE(code != lineage.edges.end());
  CHECK(code->files == 1);
}

TEST_CASE("a file leads down to all that was made from it, without temporary files") {
  Shelf shelf;
  pipeline(shelf);
  const Lineage lineage = trace(shelf, content("raw", "data/raw.csv"), kDown);
  CHECK(links(lineage) ==
        sorted({run_id(1) + " <- " + file_id("raw"), file_id("train") + " <- " + run_id(1),
                run_id(2) + " <- " + file_id("train"), file_id("model") + " <- " + run_id(2),
                run_id(3) + " <- " + file_id("model"), file_id("report") + " <- " + run_id(3)}));
}

TEST_CASE("a run stands between its inputs and its outputs") {
  Shelf shelf;
  pipeline(shelf);
  LineageLimits near;
  near.depth = 0;
  const Lineage lineage = trace(shelf, of_run(2), near);
  CHECK(links(lineage) ==
        sorted({run_id(2) + " <- " + file_id("train"), file_id("model") + " <- " + run_id(2)}));
  for (const auto& node : lineage.nodes)
    CHECK(node.beyond == (node.id == file_id("train") || node.id == file_id("model")));
}

TEST_CASE("depth counts runs, in each direction") {
  Shelf shelf;
  pipeline(shelf);
  LineageLimits near;
  near.depth = 1;
  CHECK(links(trace(shelf, content("model", "model.npz"), near)) ==
        sorted({file_id("model") + " <- " + run_id(2), run_id(2) + " <- " + file_id("train"),
                run_id(3) + " <- " + file_id("model"), file_id("report") + " <- " + run_id(3)}));
  near.depth = 0;
  CHECK(trace(shelf, content("model", "model.npz"), near).edges.empty());
}

TEST_CASE("a diamond has each run once") {
  Shelf shelf;
  Story(1, 1).writes("a", "a").writes("b", "b").seal(shelf);
  Story(2, 2).reads("a", "a").writes("c", "c").seal(shelf);
  Story(3, 3).reads("b", "b").writes("d", "d").seal(shelf);
  Story(4, 4).reads("c", "c").reads("d", "d").writes("e", "e").seal(shelf);
  const Lineage lineage = trace(shelf, content("e", "e"), kUp);
  const auto runs = std::count_if(lineage.nodes.begin(), lineage.nodes.end(), [](const auto& node) {
    return std::holds_alternative<RunNode>(node.is);
  });
  CHECK(runs == 4);
  CHECK(links(lineage).size() == 9);
}

TEST_CASE("runs that feed each other make a cycle, which ends") {
  Shelf shelf;
  Story(1, 1).reads("b", "b").writes("a", "a").ends(9).seal(shelf);
  Story(2, 2).reads("a", "a").writes("b", "b").ends(9).seal(shelf);
  CHECK(links(trace(shelf, of_run(1), kUp)) ==
        sorted({run_id(1) + " <- " + file_id("b"), file_id("b") + " <- " + run_id(2),
                run_id(2) + " <- " + file_id("a"), file_id("a") + " <- " + run_id(1)}));
  CHECK(links(trace(shelf, of_run(1), kDown)).size() == 4);
}

TEST_CASE("content counts, whatever the file was called") {
  Shelf shelf;
  Story(1, 1).writes("out/model-7.npz", "model").seal(shelf);
  Story(2, 2).reads("best.npz", "model").writes("report", "report").seal(shelf);
  const Lineage lineage = trace(shelf, content("report", "elsewhere"), kUp);
  REQUIRE(links(lineage).size() == 3);
  const auto made = std::find_if(lineage.edges.begin(), lineage.edges.end(), [&](const auto& edge) {
    return lineage.nodes[edge.effect].id == file_id("model");
  });
  CHECK(made->path == "out/model-7.npz");
  CHECK(made->relation == Relation::made);
}

TEST_CASE("of several makers the one counts whose work was read") {
  Shelf shelf;
  Story(1, 1).writes("x", "same").seal(shelf);
  Story(2, 2).writes("x", "same").seal(shelf);
  Story(3, 3).writes("y", "same").seal(shelf);
  Story(4, 4).reads("x", "same").writes("r", "r").seal(shelf);
  Story(5, 5).writes("x", "same").seal(shelf);
  const Lineage lineage = trace(shelf, content("r", "r"), kUp);
  CHECK(links(lineage) ==
        sorted({file_id("r") + " <- " + run_id(4), run_id(4) + " <- " + file_id("same"),
                file_id("same") + " <- " + run_id(2)}));
  const auto node = std::find_if(lineage.nodes.begin(), lineage.nodes.end(),
                                 [](const auto& one) { return one.id == file_id("same"); });
  CHECK(std::get<FileNode>(node->is).makers == std::vector<RunId>{RunId{2}, RunId{1}, RunId{3}});
  // Asked about the content itself, the newest that made it under its name counts.
  CHECK(links(trace(shelf, content("same", "x"), kUp)) ==
        std::vector<std::string>{file_id("same") + " <- " + run_id(5)});
}

TEST_CASE("a file that was overwritten is continued by what was read before") {
  Shelf shelf;
  Story(1, 1).writes("state", "one").seal(shelf);
  Story(2, 2).changes("state", "one", "two").seal(shelf);
  Story(3, 3).changes("state", "two", "three").seal(shelf);
  CHECK(links(trace(shelf, content("three", "state"), kUp)) ==
        sorted({file_id("three") + " <- " + run_id(3), run_id(3) + " <- " + file_id("two"),
                file_id("two") + " <- " + run_id(2), run_id(2) + " <- " + file_id("one"),
                file_id("one") + " <- " + run_id(1)}));
  CHECK(links(trace(shelf, content("one", "state"), kDown)).size() == 4);
}

TEST_CASE("a run that ended before the file was made did not read it from there") {
  Shelf shelf;
  Story(1, 1).reads("x", "same").writes("early", "early").seal(shelf);
  Story(2, 5).writes("x", "same").seal(shelf);
  Story(3, 4).reads("x", "same").writes("late", "late").ends(9).seal(shelf);
  CHECK(links(trace(shelf, of_run(2), kDown)) ==
        sorted({file_id("same") + " <- " + run_id(2), run_id(3) + " <- " + file_id("same"),
                file_id("late") + " <- " + run_id(3)}));
}

TEST_CASE("empty files are followed by name") {
  Shelf shelf;
  Story(1, 1).writes("done-a", "").seal(shelf);
  Story(2, 2).writes("done-b", "").seal(shelf);
  Story(3, 3).reads("done-a", "").reads("other", "").writes("r", "r").seal(shelf);
  const std::string done = "file:" + RunId{1}.hex() + ":done-a";
  CHECK(links(trace(shelf, content("r", "r"), kUp)) ==
        sorted({file_id("r") + " <- " + run_id(3), run_id(3) + " <? " + done,
                run_id(3) + " <- file:" + RunId{3}.hex() + ":other", done + " <- " + run_id(1)}));
  CHECK(links(trace(shelf, content("", "done-b"), kUp)) ==
        std::vector<std::string>{"file:0000000000000000:done-b <- " + run_id(2)});
}

TEST_CASE("live runs take part, by name until their files are hashed") {
  Shelf shelf;
  Story(1, 1).writes("data", "old").seal(shelf);
  Story(2, 2).writes("data", "new").seal(shelf);
  Story(3, 3).reads("data", "new").unhashed().writes("model", "?").unhashed().live(shelf);
  const std::string model = "file:" + RunId{3}.hex() + ":model";
  CHECK(links(trace(shelf, of_run(3, "model"), kUp)) ==
        sorted({model + " <- " + run_id(3), run_id(3) + " <? " + file_id("new"),
                file_id("new") + " <- " + run_id(2)}));
  CHECK(links(trace(shelf, content("new", "data"), kDown)) ==
        sorted({run_id(3) + " <? " + file_id("new"), model + " <- " + run_id(3)}));
  Story(4, 4).reads("data", "new").writes("x", "x").live(shelf);
  CHECK(links(trace(shelf, content("x", "x"), kUp)).size() == 3);
}

TEST_CASE("a limit keeps the nearest and newest runs and counts the others") {
  Shelf shelf;
  Story(1, 1).writes("data", "data").seal(shelf);
  for (std::uint64_t i = 2; i <= 11; ++i) {
    Story(i, static_cast<Time>(i))
        .reads("data", "data")
        .writes("m", "model " + std::to_string(i))
        .seal(shelf);
  }
  LineageLimits few = kDown;
  few.runs = 3;
  const Lineage lineage = trace(shelf, content("data", "data"), few);
  CHECK(lineage.nodes[lineage.root].more_down == 7);
  const auto found = links(lineage);
  CHECK(std::count(found.begin(), found.end(), run_id(11) + " <- " + file_id("data")) == 1);
  CHECK(found.size() == 6);
  few = kUp;
  few.runs = 1;
  const Lineage above = trace(shelf, content("model 5", "m"), few);
  CHECK(links(above).size() == 2);
}

TEST_CASE("files that lead the same way are folded") {
  Shelf shelf;
  Story first(1, 1);
  Story second(2, 2);
  for (int i = 0; i < 9; ++i) {
    const std::string number = std::to_string(i);
    first.reads("in/" + number, "in " + number).writes("out/" + number, "out " + number);
    second.reads("out/" + number, "out " + number);
  }
  first.reads("alone", "alone");
  first.seal(shelf);
  second.writes("r", "r").seal(shelf);
  const Lineage whole = trace(shelf, content("r", "r"), kUp);
  CHECK(links(whole).size() == 1 + 9 + 9 + 9 + 1);
  const Lineage lineage = folded(whole, 8);
  CHECK(links(lineage).size() == 5);
  std::vector<std::string> directories;
  for (const auto& node : lineage.nodes) {
    if (const auto* files = std::get_if<FilesNode>(&node.is)) {
      CHECK(files->count == 9);
      directories.push_back(files->directory);
    }
  }
  CHECK(sorted(directories) == std::vector<std::string>{"in/", "out/"});
  CHECK(lineage.nodes[lineage.root].id == file_id("r"));
  CHECK(links(folded(whole, 9)) == links(whole));
}

TEST_CASE("where a file as it is now came from") {
  Shelf shelf;
  pipeline(shelf);
  const Catalog catalog = shelf.catalog();
  const FileView files = catalog.file_view();
  using Kind = Origin::Kind;
  Origin origin = origin_of(files, {"model.npz"}, sha256("model"));
  CHECK(origin.kind == Kind::made);
  CHECK(origin.run == RunId{2});
  CHECK(origin.readers == 1);
  origin = origin_of(files, {"model.npz", "/abs/model.npz"}, sha256("edited"));
  CHECK(origin.kind == Kind::changed);
  CHECK(origin.run == RunId{2});
  CHECK(origin.readers == 0);
  origin = origin_of(files, {"data/raw.csv"}, sha256("raw"));
  CHECK(origin.kind == Kind::unknown);
  CHECK_FALSE(origin.run.has_value());
  CHECK(origin.readers == 1);
}

TEST_CASE("a run that copies a file under another name did not make the first one") {
  Shelf shelf;
  Story(1, 1).reads("raw", "x").writes("copy", "x").seal(shelf);
  const Catalog catalog = shelf.catalog();
  const FileView files = catalog.file_view();
  CHECK(origin_of(files, {"raw"}, sha256("x")).kind == Origin::Kind::unknown);
  CHECK(origin_of(files, {"copy"}, sha256("x")).run == RunId{1});
  Story(2, 2).reads("copy", "x").writes("report", "report").seal(shelf);
  const std::string copy = "file:" + RunId{1}.hex() + ":copy";
  const std::vector<std::string> whole =
      sorted({run_id(1) + " <- " + file_id("x"), copy + " <- " + run_id(1),
              run_id(2) + " <- " + copy, file_id("report") + " <- " + run_id(2)});
  CHECK(links(trace(shelf, content("x", "raw"), {})) == whole);
  CHECK(links(trace(shelf, content("x", "copy"), {})) == whole);
  CHECK(links(trace(shelf, content("report", "report"), kUp)) == whole);
  CHECK(links(trace(shelf, of_run(1), {})) == whole);
  CHECK(links(trace(shelf, content("x", "raw"), kUp)).empty());
}

TEST_CASE("what is not recorded is a graph of one node, or of none") {
  Shelf shelf;
  pipeline(shelf);
  CHECK(trace(shelf, content("nothing", "x")).nodes.size() == 1);
  CHECK(trace(shelf, of_run(2, "nosuch")).nodes.empty());
  CHECK(trace(shelf, of_run(99)).nodes.size() == 1);
}

TEST_CASE("a view has sealed and live runs") {
  Shelf shelf;
  Story(1, 1).writes("dir/a", "a").seal(shelf);
  Story(2, 2).reads("dir/a", "a").writes("dir/b", "b").live(shelf);
  const Catalog catalog = shelf.catalog();
  const FileView files = catalog.file_view();
  CHECK(files.with_digest(sha256("a")).size() == 2);
  CHECK(files.makers_of(sha256("a")).size() == 1);
  CHECK(files.makers_of(sha256("b")).front().run == RunId{2});
  CHECK(files.with_path("dir/").size() == 3);
  CHECK(files.with_path("dir/a").size() == 2);
  CHECK(files.with_path("dir").empty());
  CHECK(files.digests_with_prefix("", 10).size() == 2);
  CHECK(files.files(RunId{2}).size() == 2);
  CHECK(files.run(RunId{2})->state == model::State::running);
  CHECK_FALSE(files.run(RunId{3}).has_value());
  // A run that is sealed later stays as it was; one in both is the sealed one.
  Story(2, 2).writes("dir/c", "c").seal(shelf);
  CHECK(files.files(RunId{2}).size() == 2);
  CHECK(shelf.catalog().file_view().files(RunId{2}).front().state.path == "dir/c");
}
