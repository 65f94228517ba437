#include "store/store.h"

#include <catch2/catch.hpp>

#include "model/encoding.h"
#include "store/rows.h"
#include "store/support.h"

// One contract for the store on every kind of database.

namespace clew::store {
namespace {

using model::MetricSource;
using model::Point;

constexpr Time kStart = 1'700'000'000'000'000;

/// A store over a database of one kind, in a directory of its own.
template <typename Kind>
struct Fixture {
  TemporaryDirectory directory;
  Layout layout{directory.path() / "clew"};
  Store store = open();

  Store open() {
    create(layout);
    return Store(Kind::make(layout.root), layout);
  }
  void commit(RunId id, Time started, const std::string& name = "") {
    RunWriter writer = store.write_run(id);
    model::Run run;
    run.id = id;
    run.name = name;
    run.started = started;
    writer.commit(run);
  }
  std::vector<std::uint64_t> listed(std::size_t limit = SIZE_MAX) {
    std::vector<std::uint64_t> ids;
    store.reader().runs([&](model::Run&& run) {
      ids.push_back(run.id.bits);
      return ids.size() < limit;
    });
    return ids;
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a run comes back as it was written", "", OnRocksDb, InMemory) {
  Fixture<TestType> fixture;
  const model::Run run = sample_run(RunId{0xabcdef0123456789});
  {
    RunWriter writer = fixture.store.write_run(run.id);
    for (std::int64_t i = 0; i < 10'000; ++i) {
      writer.add_point("loss", MetricSource::api,
                       {i, kStart + i, 1.0 / static_cast<double>(i + 1)});
      if (i < 3) writer.add_point("val/acc", MetricSource::output, {{}, kStart, 0.5});
    }
    writer.add_series("later", MetricSource::api);
    writer.set_environment("replaced");
    writer.set_environment(Json(Json::Object{{"os", "Linux"}, {"gpus", Json::Array{"a", 2, 0.5}}}));
    writer.add_change({"lr", 0.1, 0.01, 30, kStart + 7, "scheduler"});
    writer.add_change({"lr", 0.01, nullptr, std::nullopt, kStart + 9, ""});
    writer.add_artifact({"model.pt", kStart + 11});
    writer.add_artifact({"a b\xff", kStart + 10});
    writer.add_output(model::Stream::standard_error, kStart + 1, "one\n");
    CHECK(fixture.listed().empty());
    CHECK(read_whole(fixture.store.reader(), run.id, {"loss"}).series.empty());
    writer.commit(run);
  }
  const Reader reader = fixture.store.reader();
  auto stored = reader.run(run.id).value();
  REQUIRE(stored.metrics.size() == 3);
  CHECK(stored.metric("later")->summary.count == 0);
  CHECK(stored.metric("val/acc")->source == MetricSource::output);
  CHECK(stored.metric("loss")->summary.count == 10'000);
  CHECK(stored.metric("loss")->summary.argmin == 9'999);
  CHECK(stored.metric("loss")->summary.first == 1);
  stored.metrics.clear();
  CHECK(stored == run);

  const auto loss = reader.series(run.id, "loss").value();
  CHECK(loss.name == "loss");
  CHECK(loss.source == MetricSource::api);
  REQUIRE(loss.points.size() == 10'000);
  CHECK(loss.points[9'999] == Point{9'999, kStart + 9'999, 1.0 / 10'000});
  CHECK(reader.series(run.id, "val/acc")->points ==
        std::vector<Point>(3, Point{std::nullopt, kStart, 0.5}));
  CHECK(reader.series(run.id, "later")->points.empty());
  CHECK(reader.series(run.id, "los") == std::nullopt);
  CHECK(reader.series(run.id, "") == std::nullopt);

  CHECK(dump_json(reader.environment(run.id)) == R"({"os":"Linux","gpus":["a",2,0.5]})");
  REQUIRE(reader.changes(run.id).size() == 2);
  CHECK(reader.changes(run.id)[0] ==
        model::ParamChange{"lr", 0.1, 0.01, 30, kStart + 7, "scheduler"});
  REQUIRE(reader.artifacts(run.id).size() == 2);
  CHECK(reader.artifacts(run.id)[1].path == "a b\xff");
  CHECK(reader.artifacts(run.id)[1].time == kStart + 10);
  CHECK(read_whole(reader, run.id).output ==
        std::vector<std::pair<Time, std::string>>{{kStart + 1, "one\n"}});
  CHECK(reader.digest(run.id).has_value());
}

TEMPLATE_TEST_CASE("an empty run has empty parts, and one that is not here has none", "", OnRocksDb,
                   InMemory) {
  Fixture<TestType> fixture;
  fixture.commit(RunId{5}, kStart);
  const WholeRun empty = read_whole(fixture.store.reader(), RunId{5}, {"loss"});
  CHECK(empty.run.has_value());
  CHECK(empty.changes.empty());
  CHECK(empty.environment == Json::object());
  CHECK(empty.series.empty());
  CHECK(empty.artifacts.empty());
  CHECK(empty.output.empty());
  CHECK(empty.digest.has_value());
  CHECK_FALSE(fs::exists(fixture.layout.output(RunId{5})));

  WholeRun absent;
  absent.environment = Json::object();
  CHECK(read_whole(fixture.store.reader(), RunId{6}, {"loss"}) == absent);
}

TEMPLATE_TEST_CASE("runs are listed newest first, those of one moment by id", "", OnRocksDb,
                   InMemory) {
  Fixture<TestType> fixture;
  fixture.commit(RunId{3}, kStart);
  fixture.commit(RunId{1}, kStart + 1);
  fixture.commit(RunId{2}, kStart);
  fixture.commit(RunId{4}, -5);
  fixture.commit(RunId{5}, 0);
  fixture.commit(RunId{6}, std::numeric_limits<Time>::max());
  fixture.commit(RunId{7}, std::numeric_limits<Time>::min());
  CHECK(fixture.listed() == std::vector<std::uint64_t>{6, 1, 2, 3, 5, 4, 7});
  CHECK(fixture.listed(2) == std::vector<std::uint64_t>{6, 1});
}

TEMPLATE_TEST_CASE("runs are found by the first digits of their ids", "", OnRocksDb, InMemory) {
  Fixture<TestType> fixture;
  const RunId first{0x1200000000000000};
  const RunId second{0x12f0000000000001};
  const RunId third{0xffffffffffffffff};
  for (const RunId id : {third, second, first})
    fixture.commit(id, kStart);
  const Reader reader = fixture.store.reader();
  using Ids = std::vector<RunId>;
  CHECK(reader.with_prefix("", 10) == Ids{first, second, third});
  CHECK(reader.with_prefix("", 2) == Ids{first, second});
  CHECK(reader.with_prefix("", 0).empty());
  CHECK(reader.with_prefix("1", 10) == Ids{first, second});
  CHECK(reader.with_prefix("12F", 10) == Ids{second});
  CHECK(reader.with_prefix("12f0000000000001", 10) == Ids{second});
  CHECK(reader.with_prefix("ffffffffffffffff", 10) == Ids{third});
  CHECK(reader.with_prefix("12f00000000000010", 10).empty());
  CHECK(reader.with_prefix("13", 10).empty());
  CHECK(reader.with_prefix("1g", 10).empty());
  CHECK(reader.with_prefix("@", 10).empty());
}

TEMPLATE_TEST_CASE("a series from the API silences the output's, whichever came first", "",
                   OnRocksDb, InMemory) {
  Fixture<TestType> fixture;
  RunWriter writer = fixture.store.write_run(RunId{1});
  for (std::int64_t i = 0; i < 5000; ++i) {
    writer.add_point("late", MetricSource::output, {i, kStart, 1});
    writer.add_point("only", MetricSource::output, {i, kStart, 3});
  }
  writer.add_point("late", MetricSource::api, {0, kStart, 2});
  writer.add_point("late", MetricSource::output, {5000, kStart, 1});
  writer.add_point("early", MetricSource::api, {0, kStart, 2});
  writer.add_point("early", MetricSource::output, {0, kStart, 1});
  model::Run run;
  run.id = RunId{1};
  writer.commit(run);

  const Reader reader = fixture.store.reader();
  const auto metrics = reader.run(RunId{1})->metrics;
  REQUIRE(metrics.size() == 3);
  CHECK(metrics[0].name == "early");
  CHECK(metrics[1].name == "late");
  CHECK(metrics[1].source == MetricSource::api);
  CHECK(metrics[1].summary.count == 1);
  CHECK(metrics[2].source == MetricSource::output);
  CHECK(reader.series(RunId{1}, "late")->points == std::vector<Point>{{0, kStart, 2}});
  CHECK(reader.series(RunId{1}, "early")->points.size() == 1);
  CHECK(reader.series(RunId{1}, "only")->points.size() == 5000);
}

TEMPLATE_TEST_CASE("a run may have more metrics than a header row holds", "", OnRocksDb, InMemory) {
  for (const std::size_t count : {255U, 256U, 257U, 3000U}) {
    Fixture<TestType> fixture;
    RunWriter writer = fixture.store.write_run(RunId{1});
    for (std::size_t i = count; i-- > 0;) {
      for (int step = 0; step < 3; ++step) {
        writer.add_point("metric/" + std::to_string(i), MetricSource::api,
                         {step, kStart, static_cast<double>(i)});
      }
    }
    model::Run run;
    run.id = RunId{1};
    writer.commit(run);
    std::size_t listed = 0;
    fixture.store.reader().runs([&](model::Run&& found) {
      listed += found.metrics.size();
      return true;
    });
    CHECK(listed == count);
    const auto stored = fixture.store.reader().run(RunId{1}).value();
    REQUIRE(stored.metrics.size() == count);
    CHECK(std::is_sorted(stored.metrics.begin(), stored.metrics.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
    CHECK(stored.metric("metric/254")->summary.last == 254);
    CHECK(fixture.store.reader().series(RunId{1}, "metric/254")->points.size() == 3);
  }
}

TEMPLATE_TEST_CASE("many interleaved series keep every point in order within the budget", "",
                   OnRocksDb, InMemory) {
  // More points than all buffers together may hold, so that short chunks are written.
  Fixture<TestType> fixture;
  constexpr std::int64_t kSeries = 600;
  constexpr std::int64_t kRounds = 700;
  RunWriter writer = fixture.store.write_run(RunId{1});
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < kSeries; ++i)
    names.push_back("m" + std::to_string(i));
  for (std::int64_t round = 0; round < kRounds; ++round) {
    for (std::int64_t i = 0; i < kSeries; ++i) {
      writer.add_point(names[static_cast<std::size_t>(i)], MetricSource::api,
                       {round, kStart + round, static_cast<double>(i * round)});
    }
  }
  model::Run run;
  run.id = RunId{1};
  writer.commit(run);
  const Reader reader = fixture.store.reader();
  for (const std::int64_t i : {std::int64_t{0}, std::int64_t{299}, kSeries - 1}) {
    const auto series = reader.series(RunId{1}, names[static_cast<std::size_t>(i)]).value();
    REQUIRE(series.points.size() == kRounds);
    bool same = true;
    for (std::int64_t round = 0; round < kRounds; ++round) {
      same &= series.points[static_cast<std::size_t>(round)] ==
              Point{round, kStart + round, static_cast<double>(i * round)};
    }
    CHECK(same);
  }
}

TEMPLATE_TEST_CASE("large sections are spread over rows and come back whole", "", OnRocksDb,
                   InMemory) {
  Fixture<TestType> fixture;
  RunWriter writer = fixture.store.write_run(RunId{1});
  Json::Object packages;
  for (int i = 0; i < 30'000; ++i)
    packages.emplace_back("package" + std::to_string(i), std::to_string(i * 7919) + ".0");
  const Json environment(packages);
  writer.set_environment(environment);
  for (int i = 0; i < 20'000; ++i) {
    writer.add_change({"lr", i, i + 1, i, kStart + i, "a cause that is some words long"});
    writer.add_artifact({"out/" + std::to_string(i) + ".pt", kStart});
  }
  model::Run run;
  run.id = RunId{1};
  writer.commit(run);
  const Reader reader = fixture.store.reader();
  CHECK(reader.environment(RunId{1}) == environment);
  const auto changes = reader.changes(RunId{1});
  REQUIRE(changes.size() == 20'000);
  CHECK(changes[19'999].value == Json(20'000));
  CHECK(reader.artifacts(RunId{1})[12'345].path == "out/12345.pt");
}

TEMPLATE_TEST_CASE("what a broken seal left is removed by the next one", "", OnRocksDb, InMemory) {
  Fixture<TestType> fixture;
  {
    RunWriter writer = fixture.store.write_run(RunId{1});
    for (std::int64_t i = 0; i < 300'000; ++i) {
      const std::string name = i % 2 == 0 ? "gone" : "loss";
      writer.add_point(name, MetricSource::api, {i, kStart + i * i, static_cast<double>(i) / 3});
    }
    for (int i = 0; i < 30'000; ++i)
      writer.add_change({"lr", i, std::to_string(i * 7919), i, kStart, "cause"});
    writer.add_output(model::Stream::terminal, kStart, std::string(1 << 20, 'x'));
  }
  fixture.commit(RunId{2}, kStart);
  CHECK(fixture.listed() == std::vector<std::uint64_t>{2});

  // As if the writer had been killed between moving the output and the commit.
  replace_file(fixture.layout.output(RunId{1}), "old");
  RunWriter writer = fixture.store.write_run(RunId{1});
  writer.add_point("loss", MetricSource::api, {1, kStart, 1});
  model::Run run;
  run.id = RunId{1};
  writer.commit(run);
  const Reader reader = fixture.store.reader();
  CHECK(reader.run(RunId{1})->metrics.size() == 1);
  CHECK(reader.series(RunId{1}, "loss")->points.size() == 1);
  CHECK(reader.series(RunId{1}, "gone") == std::nullopt);
  CHECK(reader.changes(RunId{1}).empty());
  CHECK(fs::is_empty(fixture.layout.root / "output"));
}

TEMPLATE_TEST_CASE("files are found by content and by name, of sealed runs only", "", OnRocksDb,
                   InMemory) {
  TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  auto database = TestType::make(layout.root);
  write_sample(*database, layout, sample_run({1}));
  write_sample(*database, layout, sample_run({2}));
  {
    RunWriter unfinished(*database, layout, {3});
    for (const auto& file : sample_files())
      unfinished.add_file(file);
  }
  const Reader reader(*database, layout);
  const Time started = sample_run({1}).started;
  const FileMention input{{1}, "data/x.csv", model::Role::input, false, model::kRead, started};
  const FileMention output{
      {1}, "model.pt", model::Role::output, true, model::kRead | model::kWritten, started};
  FileMention found = output;
  found.made = false;
  const auto twice = [](FileMention first) {
    FileMention second = first;
    second.run = {2};
    return std::vector<FileMention>{std::move(first), std::move(second)};
  };
  CHECK(reader.with_digest(sha256("in")) == twice(input));
  CHECK(reader.with_digest(sha256("after")) == twice(output));
  CHECK(reader.with_digest(sha256("before")) == twice(found));
  CHECK(reader.with_digest(sha256("other")).empty());
  CHECK(reader.makers_of(sha256("after")) == twice(output));
  CHECK(reader.makers_of(sha256("before")).empty());
  CHECK(reader.makers_of(sha256("in")).empty());
  CHECK(reader.with_path("model.pt") == twice(output));
  CHECK(reader.with_path("data/") == twice(input));
  CHECK(reader.with_path("data").empty());
}

TEMPLATE_TEST_CASE("digests are found by their first digits, each once", "", OnRocksDb, InMemory) {
  TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  auto database = TestType::make(layout.root);
  write_sample(*database, layout, sample_run({1}));
  write_sample(*database, layout, sample_run({2}));
  const Reader reader(*database, layout);
  const Digest digest = sha256("in");
  const std::string hex = to_hex(digest);
  CHECK(reader.digests_with_prefix(hex, 9) == std::vector<Digest>{digest});
  CHECK(reader.digests_with_prefix(hex.substr(0, 7), 9) == std::vector<Digest>{digest});
  CHECK(reader.digests_with_prefix("", 9).size() == 3);
  CHECK(reader.digests_with_prefix("", 2).size() == 2);
  CHECK(reader.digests_with_prefix(hex + "0", 9).empty());
  CHECK(reader.digests_with_prefix("xyz", 9).empty());
}

TEMPLATE_TEST_CASE("a sealed run cannot be written again", "", OnRocksDb, InMemory) {
  Fixture<TestType> fixture;
  const model::Run run = sample_run(RunId{1});
  fixture.commit(RunId{1}, kStart, "first");
  CHECK(kind_of_error([&] { RunWriter again = fixture.store.write_run(RunId{1}); }) ==
        ErrorKind::failed);
  RunWriter other = fixture.store.write_run(RunId{2});
  CHECK(kind_of_error([&] { other.commit(run); }) == ErrorKind::bug);
  CHECK(fixture.store.reader().run(RunId{1})->name == "first");
}

TEMPLATE_TEST_CASE("annotations change the header and nothing of the digest", "", OnRocksDb,
                   InMemory) {
  Fixture<TestType> fixture;
  auto database = TestType::make(fixture.directory.path());
  Store store(std::move(database), fixture.layout);
  RunWriter writer = store.write_run(RunId{1});
  for (int i = 0; i < 300; ++i)
    writer.add_point("m" + std::to_string(i), MetricSource::api, {i, kStart, 1});
  writer.commit(sample_run(RunId{1}));

  const auto digest = store.reader().digest(RunId{1});
  const auto before = store.reader().run(RunId{1}).value();
  model::Run changes;
  changes.id = RunId{1};
  changes.name = "renamed";
  changes.tags = {"new"};
  changes.notes = {{kStart, "one"}, {kStart, "two"}};
  changes.state = model::State::running;
  store.annotate(changes);
  model::Run expected = before;
  expected.name = changes.name;
  expected.tags = changes.tags;
  expected.notes = changes.notes;
  CHECK(store.reader().run(RunId{1}) == expected);
  CHECK(store.reader().digest(RunId{1}) == digest);
  changes.id = RunId{2};
  CHECK(kind_of_error([&] { store.annotate(changes); }) == ErrorKind::usage);
}

TEST_CASE("a store in which nothing was sealed reads as empty and stays as it is") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  CHECK(kind_of_error([&] { return Store::open_for_reading(layout); }) == ErrorKind::no_store);
  CHECK(kind_of_error([&] {
          return Store::open_for_writing(layout, std::chrono::milliseconds(0));
        }) == ErrorKind::no_store);
  create(layout);
  const Store store = Store::open_for_reading(layout);
  CHECK(store.reader().with_prefix("", 1).empty());
  CHECK(store.layout().root == layout.root);
  CHECK_FALSE(fs::exists(layout.database()));
  CHECK_FALSE(fs::exists(layout.lock()));
}

TEST_CASE("a store is opened again with what was sealed, unless its rows are newer") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  const auto open = [&] { return Store::open_for_writing(layout, std::chrono::milliseconds(0)); };
  {
    Store store = open();
    RunWriter writer = store.write_run(RunId{1});
    writer.commit(sample_run(RunId{1}));
  }
  CHECK(Store::open_for_reading(layout).reader().run(RunId{1})->name == "baseline");
  CHECK(open().reader().run(RunId{1})->name == "baseline");
  {
    const auto database = open_database_for_writing(layout.database());
    Batch batch;
    batch.put(std::string(rows::kVersionKey), rows::frame(rows::kVersionKey, "\x02"));
    database->apply(batch, Sync::yes);
  }
  CHECK(kind_of_error(open) == ErrorKind::failed);
  CHECK(Store::open_for_reading(layout).reader().run(RunId{1})->name == "baseline");
}

}  // namespace clew::store
