#include "record/replay.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>

#include "base/error.h"
#include "base/hash.h"
#include "support/temporary_directory.h"

using namespace clew;
using State = record::ReplayInput::State;

namespace {

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

model::File file_with(const std::string& path, const std::string& content, model::FileModes modes) {
  model::File file;
  file.state.path = path;
  file.state.sha256 = to_hex(sha256(content));
  file.state.digest = model::DigestKind::whole;
  file.uses = {{path, 0, modes, 1, 1, ""}};
  return file;
}

model::RunParts recorded(const fs::path& root) {
  model::RunParts parts;
  parts.run.id = RunId{1};
  parts.run.argv = {"python", (root / "train.py").string(), "--lr=0.1"};
  parts.run.cwd = (root / "sub").string();
  parts.capture.root = root.string();
  return parts;
}

}  // namespace

TEST_CASE("inputs are found where they were, or among the objects") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path() / "tree";
  model::RunParts parts = recorded(root);
  put(root / "same", "same");
  put(root / "changed", "other");
  put(root / "outside-snapshot.py", "code");
  put(root / "in-snapshot.py", "code");
  const std::string kept = to_hex(sha256("kept"));
  const store::Layout layout{directory.path() / "clew"};
  put(layout.objects() / kept.substr(0, 2) / kept.substr(2), "kept");
  for (const auto& [path, content] :
       {std::pair("same", "same"), std::pair("changed", "changed"), std::pair("missing", "missing"),
        std::pair("kept", "kept"), std::pair("outside-snapshot.py", "code"),
        std::pair("in-snapshot.py", "code")}) {
    parts.files.push_back(file_with(path, content, model::kRead));
  }
  model::File made = file_with("made", "made", model::kRead | model::kWritten);
  made.state.role = model::Role::output;
  parts.files.push_back(made);
  model::File overwritten = file_with("overwritten", "after", model::kRead | model::kWritten);
  overwritten.state.role = model::Role::output;
  overwritten.state.before_sha256 = to_hex(sha256("same"));
  put(root / "overwritten", "same");
  parts.files.push_back(overwritten);

  const auto inputs = record::find_inputs(parts, {root, layout}, {"in-snapshot.py"});
  std::map<std::string, State> states;
  for (const auto& input : inputs)
    states[input.path] = input.state;
  CHECK(states == std::map<std::string, State>{{"same", State::same},
                                               {"changed", State::changed},
                                               {"missing", State::missing},
                                               {"kept", State::same},
                                               {"outside-snapshot.py", State::same},
                                               {"overwritten", State::same}});

  const fs::path tree = directory.path() / "again";
  record::place_inputs(parts, inputs, tree);
  CHECK(read_file(tree / "kept") == "kept");
  CHECK(read_file(tree / "overwritten") == "same");
  CHECK_FALSE(fs::exists(tree / "changed"));
  CHECK_FALSE(fs::exists(tree / "made"));
}

TEST_CASE("directories that the run wrote into are there again") {
  const TemporaryDirectory directory;
  model::RunParts parts = recorded(directory.path() / "tree");
  parts.files.push_back(file_with("models/deep/m.npz", "x", model::kWritten));
  record::place_inputs(parts, {}, directory.path() / "again");
  CHECK(fs::is_directory(directory.path() / "again/models/deep"));
}

TEST_CASE("the command runs in the new tree as it ran in the old one") {
  const TemporaryDirectory directory;
  const fs::path root = directory.path() / "tree";
  model::RunParts parts = recorded(root);
  parts.environment = parse_json(R"({"variables":{"OMP_NUM_THREADS":"2","PYTHONPATH":")" +
                                 root.string() + R"(/src"}})");
  parts.run.params = {{"seed", 3, model::Source::option, "", {}},
                      {"lr", 0.1, model::Source::argv, "", {}}};
  record::ReplayChanges changes;
  changes.tree = directory.path() / "again";
  changes.more = {"--epochs", "2"};
  changes.environment = {{"OMP_NUM_THREADS", "8"}, {"HOME", "/h"}};
  changes.given = {{"EXTRA", "1"}};
  const record::Request request = record::replay_request(parts, changes);
  const std::string tree = changes.tree.string();
  CHECK(request.argv ==
        std::vector<std::string>{"python", tree + "/train.py", "--lr=0.1", "--epochs", "2"});
  CHECK(request.directory == changes.tree / "sub");
  CHECK(request.rerun_of == RunId{1});
  CHECK(request.environment == EnvironmentMap{{"EXTRA", "1"},
                                              {"HOME", "/h"},
                                              {"OMP_NUM_THREADS", "2"},
                                              {"PYTHONPATH", tree + "/src"}});
  CHECK(request.params == std::vector<std::string>{"seed=3"});
}

TEST_CASE("secrets must be given again") {
  const TemporaryDirectory directory;
  model::RunParts parts = recorded(directory.path());
  parts.run.argv = {"train", "--api-key", "***", "--token=***"};
  record::ReplayChanges changes;
  changes.tree = directory.path();
  CHECK_THROWS_AS(record::replay_request(parts, changes), Error);
  changes.secrets = {"one"};
  CHECK_THROWS_AS(record::replay_request(parts, changes), Error);
  changes.secrets = {"one", "two"};
  CHECK(record::replay_request(parts, changes).argv ==
        std::vector<std::string>{"train", "--api-key", "one", "--token=two"});
  changes.secrets = {"one", "two", "three"};
  CHECK_THROWS_AS(record::replay_request(parts, changes), Error);

  changes.secrets = {"one", "two"};
  parts.environment = parse_json(R"({"variables":{"HF_TOKEN":"***"}})");
  CHECK_THROWS_WITH(record::replay_request(parts, changes), Catch::Contains("HF_TOKEN"));
  changes.given = {{"HF_TOKEN", "t"}};
  CHECK(record::replay_request(parts, changes).environment.at("HF_TOKEN") == "t");
}
