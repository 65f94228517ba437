#include "prov/run_document.h"

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "prov/files_samples.h"
#include "prov/read.h"
#include "prov/run_graph.h"
#include "prov/seal.h"
#include "prov/vocabulary.h"

// A document read back: what it takes to repeat a run and to check its document.

using namespace clew;
using namespace clew::prov;

namespace {

Document reread(const Document& document) {
  return read_prov_json(parse_json(to_prov_json(document)));
}

DescribedRun told(const RunRecord& record, GraphOptions how = {false, "0.1.0"}) {
  auto runs = runs_of(reread(run_graph({record}, how)));
  REQUIRE(runs.size() == 1);
  return std::move(runs[0]);
}

}  // namespace

TEST_CASE("a run is read back from its document") {
  auto record = samples::full_run();
  record.parts.run.params[2].value = 0.0001;  // as it is in the end
  const auto run = told(record);
  const auto& known = record.parts.run;
  const auto& read = run.parts.run;
  CHECK(run.prefix == "run");
  CHECK(run.version == "0.1.0");
  CHECK(run.options.empty());
  CHECK(read.id == known.id);
  CHECK(read.name == known.name);
  CHECK(read.state == known.state);
  CHECK(read.exit_code == known.exit_code);
  CHECK(read.parent == known.parent);
  CHECK(read.group == known.group);
  CHECK(read.argv == known.argv);
  CHECK(read.cwd == known.cwd);
  CHECK(run.cwd_in_tree == ".");
  CHECK(read.user == known.user);
  CHECK(read.host == known.host);
  CHECK(read.started == known.started);
  CHECK(read.ended == known.ended);
  CHECK(read.params == known.params);
  CHECK(read.tags == known.tags);
  CHECK(read.notes == known.notes);
  CHECK(read.gaps == known.gaps);
  CHECK(read.code == known.code);
  CHECK(run.parts.environment == record.parts.environment);
  CHECK(run.parts.digest == record.parts.digest);
  CHECK(run.has_output);
}

TEST_CASE("changes, metrics and named files are read back") {
  auto record = samples::full_run();
  record.parts.run.params[2].value = 0.0001;  // as it is in the end
  const auto run = told(record);
  CHECK(run.parts.changes == record.parts.changes);
  CHECK(run.parts.run.params == record.parts.run.params);
  REQUIRE(run.parts.run.metrics.size() == 2);
  CHECK(run.parts.run.metrics[0].name == "loss");
  CHECK(run.parts.run.metrics[0].summary.count == 3);
  CHECK(run.parts.run.metrics[0].summary.last == 0.25);
  CHECK(run.parts.run.metrics[1].source == model::MetricSource::output);
  REQUIRE(run.series.size() == 2);
  CHECK(to_hex(sha256(run.series[0].points)) == run.series[0].sha256);
  REQUIRE(run.parts.artifacts.size() == 2);
  CHECK(run.parts.artifacts[0].path == "out/model.npz");
  CHECK(run.parts.artifacts[0].time == record.parts.artifacts[0].time);
  CHECK(run.parts.files.empty());
}

TEST_CASE("values of every kind are read back as they were") {
  auto record = samples::bare_run();
  record.parts.run.argv = {"cat", "\xff\x01"};
  record.parts.run.state = model::State::killed;
  record.parts.run.signal = 9;
  record.parts.run.params = {
      {"esc", "\x1b[0m", model::Source::argv, "", {}},
      {"list", parse_json("[1,2.5,null]"), model::Source::api, "", {}},
      {"map", Json::object(), model::Source::env, "", {}},
      {"nothing", nullptr, model::Source::option, "", {}},
      {"number", "1", model::Source::argv, "", {}},
      {"whole", 1.0, model::Source::argv, "", {}},
  };
  const auto run = told(record);
  CHECK(run.parts.run.argv == record.parts.run.argv);
  CHECK(run.parts.run.signal == 9);
  CHECK(run.parts.run.params == record.parts.run.params);
}

TEST_CASE("files are read back with their digests and roles") {
  for (const bool processes : {false, true}) {
    GraphOptions how{false, "0.1.0"};
    how.processes = processes;
    const auto record = samples::traced_run();
    const auto run = told(record, how);
    CHECK(run.has_option("processes") == processes);
    CHECK(run.cwd_in_tree == "sub");
    std::vector<model::File> expected;
    for (const auto& file : record.parts.files) {
      if (processes || file.state.role != model::Role::temporary) expected.push_back(file);
    }
    REQUIRE(run.parts.files.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& read = run.parts.files[i].state;
      const auto& known = expected[i].state;
      INFO(known.path);
      CHECK(read.path == known.path);
      CHECK(read.sha256 == known.sha256);
      CHECK(read.size == known.size);
      CHECK(read.before_sha256 == known.before_sha256);
      CHECK(read.saved == known.saved);
      CHECK(run.parts.files[i].written() == expected[i].written());
      if (known.role != model::Role::temporary) CHECK(read.role == known.role);
    }
    CHECK(run.parts.processes.size() == (processes ? 3 : 0));
    if (processes) CHECK(run.parts.processes == record.parts.processes);
    CHECK(run.parts.capture == record.parts.capture);
    CHECK(run.parts.firings == record.parts.firings);
  }
}

TEST_CASE("the runs of one document are told apart, and runs that it names are none of them") {
  auto evaluation = samples::evaluating_run();
  evaluation.parts.run.rerun_of = RunId{0x3333333333333333};
  for (const bool bundles : {false, true}) {
    GraphOptions how{false, "0.1.0"};
    how.bundles = bundles;
    const auto runs = runs_of(reread(run_graph({samples::traced_run(), evaluation}, how)));
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].prefix == "r11111111");
    CHECK(runs[1].parts.run.id == evaluation.parts.run.id);
    CHECK(runs[1].parts.run.rerun_of == evaluation.parts.run.rerun_of);
    REQUIRE(runs[1].parts.files.size() == 2);
    CHECK(runs[1].parts.files[0].state.path == "model.npz");
    CHECK(runs[1].parts.files[0].state.sha256 == samples::digest_of('a'));
    CHECK(runs[1].parts.files[0].state.role == model::Role::input);
  }
}

TEST_CASE("a document of others has no runs, one of a newer clew is refused") {
  CHECK(
      runs_of(read_prov_json(parse_json(R"({"prefix":{"ex":"urn:x:"},"activity":{"ex:run":{}}})")))
          .empty());
  auto document = run_graph({samples::bare_run()}, {false, "9.0"});
  for (auto& record : document.records) {
    for (auto& [name, value] : record.attributes) {
      if (name == "clew:template") value = int_value(template_version + 1);
    }
  }
  CHECK_THROWS_AS(runs_of(document), Error);
}

TEST_CASE("what the template promises and is not there is refused with its place") {
  const auto without = [](const std::string& attribute, const Value* other) {
    auto document = run_graph({samples::bare_run()}, {false, "0.1.0"});
    for (auto& record : document.records) {
      if (record.id != "run:run") continue;
      for (auto& [name, value] : record.attributes) {
        if (name == attribute) value = *other;
      }
    }
    return document;
  };
  const auto odd = text_value("odd");
  CHECK_THROWS_AS(runs_of(without("clew:id", &odd)), Error);
  CHECK_THROWS_AS(runs_of(without("clew:state", &odd)), Error);
}

TEST_CASE("a document is sealed, and a change of it shows") {
  for (const bool bundles : {false, true}) {
    GraphOptions how{false, "0.1.0"};
    how.bundles = bundles;
    how.processes = true;
    how.infer_derivations = true;
    const auto document = run_graph({samples::traced_run(), samples::full_run()}, how);
    CHECK(check_seal(document) == SealState::intact);
    CHECK(check_seal(reread(document)) == SealState::intact);

    auto text = to_prov_json(document);
    const auto at = text.find("digits");
    REQUIRE(at != std::string::npos);
    text[at] = 'D';
    CHECK(check_seal(read_prov_json(parse_json(text))) == SealState::broken);
  }
  CHECK(check_seal({}) == SealState::none);
}

TEST_CASE("blank identifiers, order and known prefixes are no part of the seal") {
  auto document = reread(run_graph({samples::full_run()}, {false, "0.1.0"}));
  std::reverse(document.records.begin(), document.records.end());
  std::erase_if(document.prefixes, [](const auto& prefix) { return prefix.first == "xsd"; });
  CHECK(check_seal(document) == SealState::intact);
  document.records.pop_back();
  CHECK(check_seal(document) == SealState::broken);
}
