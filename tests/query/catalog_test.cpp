#include <catch2/catch.hpp>

#include "base/error.h"
#include "query/samples.h"
#include "support/temporary_directory.h"

using namespace clew;
using test::live_run;
using test::made_run;
using test::Shelf;

namespace {

using Words = std::vector<std::string>;

constexpr const char* kOld = "aaaa000000000001";
constexpr const char* kMiddle = "bbbb000000000002";
constexpr const char* kNew = "cccc000000000003";

Words ids_of(const std::vector<model::Run>& runs) {
  Words ids;
  for (const auto& run : runs)
    ids.push_back(run.id.hex());
  return ids;
}

RunId id_of(const char* hex) {
  return *RunId::parse(hex);
}

/// Three sealed runs.
Shelf three_runs() {
  Shelf shelf;
  shelf.seal(made_run(kMiddle, 200, "middle"));
  shelf.seal(made_run(kOld, 100, "old"));
  shelf.seal(made_run(kNew, 300, "new"));
  return shelf;
}

std::string found(Shelf& shelf, std::string_view word) {
  return shelf.catalog().find(word).id.hex();
}

Error error_of(Shelf& shelf, std::string_view word) {
  try {
    static_cast<void>(shelf.catalog().find(word));
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for '" << word << "'");
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("a word for a run may name a file of it") {
  const auto check = [](std::string_view text, std::string_view run,
                        std::optional<std::string> path) {
    const auto spec = query::parse_spec(text);
    CHECK(spec.run == run);
    CHECK(spec.path == path);
  };
  check("abc", "abc", std::nullopt);
  check("abc:", "abc", "");
  check("@~2:src/a:b.py", "@~2", "src/a:b.py");
  check(":x", "", "x");
  check("", "", std::nullopt);
}

TEST_CASE("runs come newest first, equal starts by id") {
  Shelf shelf = three_runs();
  shelf.seal(made_run("dddd000000000004", 200));
  CHECK(ids_of(shelf.catalog().runs()) == Words{kNew, kMiddle, "dddd000000000004", kOld});
  CHECK(ids_of(shelf.catalog().runs(2)) == Words{kNew, kMiddle});
  CHECK(shelf.catalog().runs(0).empty());
  CHECK(Shelf().catalog().runs().empty());
}

TEST_CASE("live runs stand among the sealed ones") {
  Shelf shelf = three_runs();
  shelf.live->emplace(RunId{1}, live_run(made_run("0000000000000001", 400)));
  shelf.live->emplace(RunId{2}, live_run(made_run("0000000000000002", 200)));
  shelf.live->emplace(RunId{3}, live_run(made_run("0000000000000003", 50)));
  const Words all{"0000000000000001", kNew, "0000000000000002", kMiddle, kOld, "0000000000000003"};
  for (std::size_t limit = 0; limit <= all.size() + 1; ++limit) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
    CHECK(ids_of(shelf.catalog().runs(limit)) == Words(all.begin(), all.begin() + count));
  }
  CHECK(shelf.catalog().find("@").state == model::State::running);
}

TEST_CASE("a run that is live and sealed is shown once, as sealed") {
  Shelf shelf = three_runs();
  model::Run stale = made_run(kMiddle, 200, "stale");
  shelf.live->emplace(stale.id, live_run(stale));
  CHECK(ids_of(shelf.catalog().runs()) == Words{kNew, kMiddle, kOld});
  CHECK(shelf.catalog().find("bbbb").name == "middle");
  CHECK(shelf.catalog().full(stale.id).run.state == model::State::finished);
}

TEST_CASE("a run that is sealed while a catalog is open stays in view") {
  Shelf shelf = three_runs();
  const model::Run run = made_run("dddd000000000004", 400, "moving");
  shelf.live->emplace(run.id, live_run(run));
  const auto seal = [&] {
    shelf.seal(run);
    shelf.live->clear();
  };
  query::Catalog catalog = shelf.catalog();
  SECTION("in a list") {
    CHECK(catalog.runs().size() == 4);
    seal();
    CHECK(catalog.runs().size() == 4);
    CHECK(catalog.runs()[0].state == model::State::finished);
    CHECK(shelf.opened == 2);
  }
  SECTION("by its prefix") {
    CHECK(catalog.find("dddd").state == model::State::running);
    seal();
    CHECK(catalog.find("dddd").state == model::State::finished);
  }
  SECTION("by its id") {
    CHECK(catalog.full(run.id).run.state == model::State::running);
    seal();
    CHECK(catalog.full(run.id).run.state == model::State::finished);
  }
  SECTION("its output") {
    CHECK_NOTHROW(catalog.output(run.id, [](store::OutputPiece&&) { return true; }));
    seal();
    CHECK_NOTHROW(catalog.output(run.id, [](store::OutputPiece&&) { return true; }));
  }
}

TEST_CASE("a live run that goes without being sealed is gone") {
  Shelf shelf = three_runs();
  shelf.live->emplace(RunId{1}, live_run(made_run("0000000000000001", 400)));
  query::Catalog catalog = shelf.catalog();
  CHECK(catalog.runs().size() == 4);
  shelf.live->clear();
  CHECK(catalog.runs().size() == 3);
  CHECK(catalog.runs().size() == 3);
  CHECK(shelf.opened == 2);
}

TEST_CASE("runs are found by place, id, name and tag") {
  Shelf shelf = three_runs();
  model::Run tagged = made_run("dddd000000000004", 150);
  tagged.tags = {"best"};
  shelf.seal(tagged);
  tagged.id = id_of("eeee000000000005");
  tagged.started = 250;
  shelf.seal(tagged);
  CHECK(found(shelf, "@") == kNew);
  CHECK(found(shelf, "@~0") == kNew);
  CHECK(found(shelf, "@~4") == kOld);
  CHECK(found(shelf, "aaaa") == kOld);
  CHECK(found(shelf, "AAAA0") == kOld);
  CHECK(found(shelf, kMiddle) == kMiddle);
  CHECK(found(shelf, "middle") == kMiddle);
  CHECK(found(shelf, "best") == "eeee000000000005");
}

TEST_CASE("an id comes before a name, a name before a tag") {
  Shelf shelf = three_runs();
  shelf.seal(made_run("dddd000000000004", 400, "aaaa"));
  model::Run tagged = made_run("eeee000000000005", 500, "x");
  tagged.tags = {"middle", "x"};
  shelf.seal(tagged);
  CHECK(found(shelf, "aaaa") == kOld);
  CHECK(found(shelf, "middle") == kMiddle);
  CHECK(found(shelf, "x") == "eeee000000000005");
}

TEST_CASE("words that look like something else are still names") {
  Shelf shelf = three_runs();
  shelf.seal(made_run("dddd000000000004", 1, "beef"));
  shelf.seal(made_run("dddd000000000005", 2, "@home"));
  shelf.seal(made_run("dddd000000000006", 3, "aaa"));
  CHECK(found(shelf, "beef") == "dddd000000000004");
  CHECK(found(shelf, "@home") == "dddd000000000005");
  CHECK(found(shelf, "aaa") == "dddd000000000006");
}

TEST_CASE("an unknown run comes with suggestions and the command that lists") {
  Shelf shelf = three_runs();
  model::Run tagged = made_run("9f3c2a7be1d04a55", 150);
  tagged.tags = {"baseline"};
  shelf.seal(tagged);
  const Error error = error_of(shelf, "midle");
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message() == "unknown run 'midle'");
  CHECK(error.hints() == Words{"did you mean 'middle'?", "'clew log' lists the runs"});
  CHECK(error_of(shelf, "baselin").hints()[0] == "did you mean 'baseline'?");
  CHECK(error_of(shelf, "9f3c2a7d").hints()[0] == "did you mean '9f3c2a7b'?");
  for (const char* word : {"", "@~", "@~4", "@~x", "@~-1", "@~99999999999999999999", "aaa",
                           "aaaa0000000000011", "zzzzzz", "0000000000000000"}) {
    CHECK(error_of(shelf, word).message() == concat("unknown run '", word, '\''));
    CHECK(error_of(shelf, word).hints().back() == "'clew log' lists the runs");
  }
}

TEST_CASE("where nothing is recorded yet, the hint says how to begin") {
  Shelf shelf;
  CHECK(error_of(shelf, "@").hints() ==
        Words{"nothing is recorded here yet; 'clew run -- COMMAND' records a run"});
}

TEST_CASE("an ambiguous prefix or name lists the candidates") {
  Shelf shelf = three_runs();
  shelf.seal(made_run("aaaa100000000004", 1'000'000, "other"));
  shelf.live->emplace(id_of("aaaa200000000005"), live_run(made_run("aaaa200000000005", 0)));
  const Error error = error_of(shelf, "aaaa");
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(error.message() == "ambiguous run 'aaaa'");
  CHECK(error.hints() == Words{"aaaa000000000001 old 1970-01-01T00:00:00Z",
                               "aaaa100000000004 other 1970-01-01T00:00:01Z",
                               "aaaa200000000005 1970-01-01T00:00:00Z",
                               "name one by its id: 'clew show aaaa000000000001'"});
  CHECK(found(shelf, "aaaa2") == "aaaa200000000005");
  shelf.seal(made_run("dddd000000000006", 2'000'000, "old"));
  CHECK(error_of(shelf, "old").hints() ==
        Words{"dddd000000000006 old 1970-01-01T00:00:02Z",
              "aaaa000000000001 old 1970-01-01T00:00:00Z",
              "name one by its id: 'clew show dddd000000000006'"});
}

TEST_CASE("many candidates are cut") {
  Shelf shelf;
  for (char digit = '0'; digit <= '9'; ++digit)
    shelf.seal(made_run(concat("abcd00000000000", digit), 1, "same"));
  for (const char* word : {"abcd", "same"}) {
    const Words hints = error_of(shelf, word).hints();
    REQUIRE(hints.size() == 7);
    CHECK(hints[5] == "… and more");
  }
}

TEST_CASE("all parts of a sealed run are there") {
  Shelf shelf;
  model::Run run = made_run(kOld, 100);
  {
    store::Store store = shelf.store();
    store::RunWriter writer = store.write_run(run.id);
    writer.add_point("loss", model::MetricSource::api, {1, 5, 0.5});
    writer.add_point("loss", model::MetricSource::api, {2, 6, 0.25});
    writer.set_environment(parse_json(R"({"os":"linux"})"));
    writer.add_change({"lr", 1, 2, std::nullopt, 7, "why"});
    writer.add_artifact({"model.bin", 8});
    writer.commit(run);
  }
  const query::Catalog catalog = shelf.catalog();
  const model::RunParts parts = catalog.full(run.id);
  CHECK(parts.run.metric("loss")->summary.last == 0.25);
  CHECK(dump_json(parts.environment) == R"({"os":"linux"})");
  CHECK(parts.changes == std::vector<model::ParamChange>{{"lr", 1, 2, std::nullopt, 7, "why"}});
  REQUIRE(parts.artifacts.size() == 1);
  CHECK(parts.artifacts[0].path == "model.bin");
  CHECK(parts.digest.has_value());
  CHECK(catalog.series(run.id, "loss").points ==
        std::vector<model::Point>{{1, 5, 0.5}, {2, 6, 0.25}});
}

TEST_CASE("a live run's parts, series and output are there") {
  Shelf shelf = three_runs();
  test::LiveRun live = live_run(made_run("dddd000000000004", 400));
  live.parts.environment["os"] = "linux";
  live.series["loss"] = {"loss", model::MetricSource::api, {{1, 5, 0.5}}};
  live.output = {{model::Stream::standard_error, 6, "one"}, {model::Stream::terminal, 7, "two"}};
  const RunId id = live.parts.run.id;
  shelf.live->emplace(id, live);
  const query::Catalog catalog = shelf.catalog();
  CHECK(dump_json(catalog.full(id).environment) == R"({"os":"linux"})");
  CHECK_FALSE(catalog.full(id).digest.has_value());
  CHECK(catalog.series(id, "loss").points.size() == 1);
  std::string text;
  catalog.output(id, [&](store::OutputPiece&& piece) {
    text += piece.bytes;
    return false;
  });
  CHECK(text == "one");
}

TEST_CASE("an unknown metric comes with suggestions, an unknown id is an unknown run") {
  Shelf shelf;
  const model::Run run = made_run(kOld, 100);
  {
    store::Store store = shelf.store();
    store::RunWriter writer = store.write_run(run.id);
    writer.add_point("val_loss", model::MetricSource::api, {1, 5, 0.5});
    writer.commit(run);
  }
  const query::Catalog catalog = shelf.catalog();
  try {
    static_cast<void>(catalog.series(run.id, "val_los"));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.message() == "unknown metric 'val_los' of run 'aaaa0000'");
    CHECK(error.hints() ==
          Words{"did you mean 'val_loss'?", "'clew show aaaa0000' lists the metrics of the run"});
  }
  const RunId other{7};
  CHECK_THROWS_WITH(catalog.series(other, "loss"), "unknown run '0000000000000007'");
  CHECK_THROWS_WITH(catalog.full(other), "unknown run '0000000000000007'");
  CHECK_THROWS_WITH(catalog.output(other, [](store::OutputPiece&&) { return true; }),
                    "unknown run '0000000000000007'");
}

TEST_CASE("a catalog opens on a store, and not where there is none") {
  const TemporaryDirectory directory;
  const store::Layout layout{directory.path() / "store"};
  try {
    static_cast<void>(query::Catalog::open(layout));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::no_store);
  }
  store::create(layout);
  const query::Catalog catalog = query::Catalog::open(layout);
  CHECK(catalog.runs().empty());
  CHECK(catalog.layout().root == layout.root);
}
