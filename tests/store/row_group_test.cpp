#include "store/row_group.h"

#include <catch2/catch.hpp>

#include "model/column.h"
#include "model/encoding.h"
#include "model/run_view.h"
#include "store/rows.h"
#include "store/support.h"
#include "store/verify.h"

namespace clew::store {
namespace {

constexpr Time kMinute = 60'000'000;

/// Runs much like those of a study: most have the same parameters, some lack one.
model::Run study_run(std::uint64_t number) {
  model::Run run;
  run.id = {number * 0x9E3779B97F4A7C15U};
  run.state = number % 7 == 0 ? model::State::failed : model::State::finished;
  run.started = static_cast<Time>(number) * kMinute;
  if (number % 5 != 0) run.ended = run.started + kMinute / 2;
  const auto add = [&run](std::string name, Json value) {
    run.params.push_back({std::move(name), std::move(value), model::Source::argv, "", {}});
  };
  add("lr", 0.1 / static_cast<double>(number));
  if (number % 3 == 0) add("note", number % 2 == 0 ? Json("even") : Json());
  add("size", static_cast<std::int64_t>(number % 11));
  return run;
}

struct Study {
  TemporaryDirectory directory;
  Layout layout{directory.path() / "clew"};
  std::unique_ptr<KeyValue> database = make_memory_database();

  Study() { create(layout); }

  void seal(std::uint64_t number) {
    RunWriter writer(*database, layout, study_run(number).id, {});
    if (number % 2 == 0) {
      writer.add_point("loss", model::MetricSource::api, {1, 5, 1.0 / static_cast<double>(number)});
      writer.add_point("loss", model::MetricSource::api, {2, 6, static_cast<double>(number)});
    }
    writer.commit(study_run(number));
  }
  void seal(std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t number = first; number <= last; ++number)
      seal(number);
  }

  [[nodiscard]] Reader reader() const { return {*database, layout}; }
  [[nodiscard]] std::vector<std::uint32_t> sizes() const {
    std::vector<std::uint32_t> sizes;
    for (const RowGroup& group : row_groups(*database))
      sizes.push_back(group.size());
    return sizes;
  }
  [[nodiscard]] std::vector<std::string> damages() const {
    std::vector<std::string> found;
    VerifyRequest request;
    request.found = [&](const Damage& damage) { found.push_back(damage.part + damage.problem); };
    static_cast<void>(verify(*database, layout, request));
    return found;
  }
};

/// The ids of all runs, taken from groups where there are any.
std::vector<RunId> ids_by_groups(const Reader& reader) {
  std::vector<RunId> ids;
  reader.header_rows(
      [&](std::string_view row) {
        ids.push_back(model::RunView(row).id);
        return true;
      },
      [&](const RowGroup& group) {
        const auto more = group.ids();
        ids.insert(ids.end(), more.begin(), more.end());
        return true;
      });
  return ids;
}

std::vector<RunId> ids_by_rows(const Reader& reader) {
  std::vector<RunId> ids;
  reader.header_rows([&](std::string_view row) {
    ids.push_back(model::RunView(row).id);
    return true;
  });
  return ids;
}

/// A column as JSON values by the number of the run.
std::map<std::uint32_t, Json> values(const RowGroup& group, Column kind, std::string_view name) {
  std::map<std::uint32_t, Json> values;
  const auto column = group.column(kind, name);
  if (!column) return values;
  model::read_column(*column, group.size(), [&](std::uint32_t run, ByteReader& in) {
    values.emplace(run, model::decode_json(in));
  });
  return values;
}

}  // namespace

TEST_CASE("row groups: older runs are in whole groups, the newest in none") {
  Study study;
  study.seal(1, 2 * kGroupSize + 600);
  CHECK(study.sizes() == std::vector<std::uint32_t>{kGroupSize, kGroupSize});
  CHECK(ids_by_groups(study.reader()) == ids_by_rows(study.reader()));
  CHECK(ids_by_groups(study.reader()).size() == 2 * kGroupSize + 600);
  CHECK(study.damages().empty());
}

TEST_CASE("row groups: columns have what the header rows have") {
  Study study;
  study.seal(1, kGroupSize + 600);
  make_row_groups(*study.database);
  const auto groups = row_groups(*study.database);
  REQUIRE(groups.size() == 1);
  const RowGroup& group = groups.front();
  const auto lr = values(group, Column::param, "lr");
  const auto note = values(group, Column::param, "note");
  const auto last = values(group, Column::last, "loss");
  const auto least = values(group, Column::min, "loss");
  CHECK(lr.size() == group.size());
  CHECK(values(group, Column::param, "nothing").empty());
  const auto times = group.column(Column::times, "");
  REQUIRE(times);
  std::vector<GroupTimes> all;
  model::read_column(*times, group.size(),
                     [&](std::uint32_t, ByteReader& in) { all.push_back(decode_group_times(in)); });
  const auto ids = group.ids();
  REQUIRE(all.size() == ids.size());
  for (std::uint32_t i = 0; i < ids.size(); ++i) {
    const auto run = study.reader().run(ids[i]);
    REQUIRE(run);
    CHECK(all[i].state == run->state);
    CHECK(all[i].started == run->started);
    CHECK(all[i].ended == run->ended);
    CHECK(lr.at(i) == run->params.front().value);
    const bool noted = run->params.size() == 3;
    REQUIRE(note.contains(i) == noted);
    if (noted) CHECK(note.at(i) == run->params[1].value);
    REQUIRE(last.contains(i) == !run->metrics.empty());
    if (run->metrics.empty()) continue;
    CHECK(last.at(i) == Json(run->metrics.front().summary.last));
    CHECK(least.at(i) == Json(run->metrics.front().summary.min));
  }
}

TEST_CASE("row groups: a run that comes among them or goes drops its group, until the next time") {
  Study study;
  study.seal(1, 3 * kGroupSize + 600);
  make_row_groups(*study.database);
  REQUIRE(study.sizes().size() == 3);
  {
    Store store(database_of(all_rows(*study.database)), study.layout);
    store.remove(study_run(kGroupSize + 5).id);
    CHECK(row_groups(store.database()).size() == 2);
    CHECK(ids_by_groups(store.reader()) == ids_by_rows(store.reader()));
    CHECK(ids_by_rows(store.reader()).size() == 3 * kGroupSize + 599);
  }
  // A start between two others of the oldest group.
  model::Run late = study_run(7);
  late.id = {12345};
  late.started += 1;
  RunWriter(*study.database, study.layout, late.id, {}).commit(late);
  CHECK(study.sizes().size() == 2);
  CHECK(ids_by_groups(study.reader()) == ids_by_rows(study.reader()));
  CHECK(study.damages().empty());
  make_row_groups(*study.database);
  CHECK(study.sizes().size() == 3);
  CHECK(ids_by_groups(study.reader()) == ids_by_rows(study.reader()));
  CHECK(study.damages().empty());
}

TEST_CASE("row groups: a name, tags and notes may change without them") {
  Study study;
  study.seal(1, kGroupSize + 600);
  make_row_groups(*study.database);
  Store store(database_of(all_rows(*study.database)), study.layout);
  auto run = study.reader().run(study_run(9).id);
  REQUIRE(run);
  run->tags = {"baseline"};
  run->name = "nine";
  store.annotate(*run);
  CHECK(row_groups(store.database()).size() == 1);
  std::size_t problems = 0;
  VerifyRequest request;
  request.found = [&problems](const Damage&) { ++problems; };
  static_cast<void>(verify(store.database(), study.layout, request));
  CHECK(problems == 0);
}

TEST_CASE("row groups: verify tells of one that differs from its rows") {
  Study study;
  study.seal(1, kGroupSize + 600);
  make_row_groups(*study.database);
  const std::string last = row_groups(*study.database).front().last();
  const std::string key = rows::column_key(last, static_cast<char>(Column::param), "size");
  Batch batch;
  SECTION("a column that is well-formed, but not theirs") {
    batch.put(key, rows::frame(key, *rows::get(*study.database,
                                               rows::column_key(
                                                   last, static_cast<char>(Column::param), "lr"))));
  }
  SECTION("a column too few") {
    batch.erase(key);
  }
  SECTION("columns without a group") {
    batch.erase(rows::group_key(last));
  }
  study.database->apply(batch, Sync::no);
  CHECK(study.damages().size() == 1);
}

TEST_CASE("row groups: damage makes listings slower, not wrong") {
  Study study;
  study.seal(1, kGroupSize + 600);
  make_row_groups(*study.database);
  const auto before = ids_by_rows(study.reader());
  const std::string key = rows::group_key(row_groups(*study.database).front().last());
  Batch batch;
  batch.put(key, "broken");
  study.database->apply(batch, Sync::no);
  CHECK(ids_by_groups(study.reader()) == before);

  // It is no obstacle to those who write, and goes with the first row that is put into its range.
  model::Run late = study_run(7);
  late.id = {12345};
  late.started += 1;
  RunWriter(*study.database, study.layout, late.id, {}).commit(late);
  CHECK(study.sizes().empty());
  CHECK(study.damages().empty());
}

}  // namespace clew::store
