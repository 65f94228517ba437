#include "prov/anonymous.h"

#include <catch2/catch.hpp>

#include "prov/files_samples.h"
#include "prov/graph_helpers.h"
#include "prov/read.h"
#include "prov/run_document.h"

using namespace clew;
using namespace clew::prov;

namespace {

GraphOptions hidden() {
  GraphOptions how{false, "0.1.0"};
  how.anonymous = true;
  how.processes = true;
  return how;
}

model::RunParts with_word(const std::string& word) {
  auto parts = samples::full_run().parts;
  parts.run.argv = {word};
  return anonymous(std::move(parts));
}

}  // namespace

TEST_CASE("an anonymous graph has no user, no host and no absolute path") {
  auto record = samples::traced_run();
  record.parts.run.code.commit = std::string(40, '1');
  record.parts.run.code.root = "/home/ada/digits";
  record.parts.run.code.remote = "https://example.org/digits.git";
  record.parts.environment = samples::environment();
  record.parts.environment["variables"]["HOME"] = "/home/ada";
  record.parts.environment["variables"]["PYTHONPATH"] = "/home/ada/lib:/opt/x/lib";
  record.parts.run.notes = {{samples::start, "copied from lab1:/scratch/ada/x"}};
  record.parts.run.argv.emplace_back("--data=/home/ada/digits/data");
  record.parts.capture.connections = {"10.0.0.7:443"};
  const auto text = dump_json(sound({record}, hidden()));
  for (const auto* word :
       {"ada", "lab1", "/home", "\"/", "/opt", "/scratch", "/data/", "10.0.0.7"}) {
    INFO(word);
    CHECK(text.find(word) == std::string::npos);
  }
  CHECK(text.find("--data=data") != std::string::npos);
  CHECK(text.find("https://example.org/digits.git") != std::string::npos);
  CHECK(text.find("numpy") != std::string::npos);
}

TEST_CASE("an anonymous run can still be told from its document") {
  const auto document =
      read_prov_json(parse_json(to_prov_json(run_graph({samples::traced_run()}, hidden()))));
  const auto runs = runs_of(document);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].has_option("anonymous"));
  CHECK(runs[0].cwd_in_tree == "sub");
  CHECK(runs[0].parts.run.user.empty());
  REQUIRE(runs[0].parts.files.size() == 9);
  CHECK(runs[0].parts.processes[1].cwd == "sub");
}

TEST_CASE("paths in texts are found wherever they stand") {
  CHECK(with_word("/home/ada/digits/train.py").run.argv[0] == "train.py");
  CHECK(with_word("/home/ada/digits").run.argv[0] == ".");
  CHECK(with_word("/usr/bin/python3").run.argv[0] == "python3");
  CHECK(with_word("x=/home/ada/digits/a:/home/ada/digits/b").run.argv[0] == "x=a:b");
  CHECK(with_word("file:///home/ada/digits/a").run.argv[0] == "file://a");
  CHECK(with_word("https://example.org/a/b").run.argv[0] == "https://example.org/a/b");
  CHECK(with_word("data/a/b").run.argv[0] == "data/a/b");
  CHECK(with_word("1/2").run.argv[0] == "1/2");
  CHECK(with_word("/").run.argv[0] == "/");
  CHECK(with_word("lab1").run.argv[0] == "host");
  CHECK(with_word("lab12 collab1").run.argv[0] == "lab12 collab1");
  const auto outside = with_word("/scratch/x/model.npz").run.argv[0];
  CHECK(outside.starts_with("outside:"));
  CHECK(outside.ends_with("/model.npz"));
  CHECK(with_word("/scratch/y/model.npz").run.argv[0] != outside);
}

TEST_CASE("an anonymous run has the entities of an anonymous one that it reads from") {
  const auto json = sound({samples::traced_run(), samples::evaluating_run()}, hidden());
  CHECK(relations(json, "used", "prov:entity", "r11111111:file.model.npz").size() == 1);
}
