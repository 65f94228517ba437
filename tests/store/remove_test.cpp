#include <catch2/catch.hpp>

#include "model/run_view.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/support.h"
#include "store/verify.h"

namespace clew::store {

TEMPLATE_TEST_CASE("a removed run is gone, but not forgotten", "", OnRocksDb, InMemory) {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  auto owned = TestType::make(layout.root);
  KeyValue& database = *owned;
  Store store(std::move(owned), layout);
  const RunId kept{1};
  const RunId gone{2};
  write_sample(database, layout, sample_run(kept));
  const auto before = all_rows(database);
  write_sample(database, layout, sample_run(gone));
  REQUIRE(fs::exists(layout.output(gone)));

  store.remove(gone);
  const Reader reader = store.reader();
  CHECK_FALSE(reader.run(gone));
  CHECK_FALSE(reader.digest(gone));
  CHECK(reader.with_prefix("", 10) == std::vector<RunId>{kept});
  CHECK_FALSE(fs::exists(layout.output(gone)));
  CHECK(fs::exists(layout.output(kept)));
  // What is left of it are two entries of the seal log: it was sealed, it was removed.
  CHECK(all_rows(database).size() == before.size() + 2);
  std::size_t problems = 0;
  VerifyRequest request;
  request.found = [&problems](const Damage&) { ++problems; };
  static_cast<void>(verify(database, layout, request));
  CHECK(problems == 0);

  store.remove(gone);
  CHECK(all_rows(database).size() == before.size() + 2);
  write_sample(database, layout, sample_run(gone));
  CHECK(reader.run(gone));
}

TEMPLATE_TEST_CASE("header rows come one by one and in pages", "", OnRocksDb, InMemory) {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  auto owned = TestType::make(layout.root);
  KeyValue& database = *owned;
  const Store store(std::move(owned), layout);
  for (std::uint64_t i = 1; i <= 5; ++i)
    write_sample(database, layout, sample_run(RunId{i}, 1000 + static_cast<Time>(i)));
  std::vector<std::string> rows;
  store.reader().header_rows([&](std::string_view row) {
    rows.emplace_back(row);
    return true;
  });
  REQUIRE(rows.size() == 5);
  CHECK(model::RunView(rows.front()).id == RunId{5});
  std::vector<std::string> paged;
  std::string position;
  for (;;) {
    const auto page = store.reader().header_page(position, 2);
    if (page.empty()) break;
    CHECK(page.size() <= 2);
    paged.insert(paged.end(), page.begin(), page.end());
  }
  CHECK(paged == rows);
}

TEMPLATE_TEST_CASE("the points of a step are found without the others", "", OnRocksDb, InMemory) {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  Store store(TestType::make(layout.root), layout);
  const RunId id{7};
  {
    RunWriter writer = store.write_run(id);
    for (std::int64_t i = 0; i < 9000; ++i)
      writer.add_point("loss", model::MetricSource::api, {i / 2, i, static_cast<double>(i)});
    writer.add_point("free", model::MetricSource::api, {std::nullopt, 1, 5});
    model::Run run;
    run.id = id;
    writer.commit(run);
  }
  const Reader reader = store.reader();
  const auto points = reader.points_at(id, "loss", 4000);
  REQUIRE(points.size() == 2);
  CHECK(points[0].value == 8000);
  CHECK(points[1].time == 8001);
  CHECK(reader.points_at(id, "loss", 4500).empty());
  CHECK(reader.points_at(id, "free", 0).empty());
  CHECK(reader.points_at(id, "none", 0).empty());
  std::vector<model::Point> all;
  std::uint32_t chunk = 0;
  while (reader.chunk(id, "loss", chunk, all))
    ++chunk;
  CHECK(chunk == 3);
  CHECK(all.size() == 9000);
}

}  // namespace clew::store
