#include "query/frame.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "query/ranking.h"
#include "query/samples.h"
#include "store/row_group.h"

using namespace clew;
using query::Frame;
using query::FrameRequest;
using test::live_run;
using test::made_run;
using test::Shelf;

namespace {

model::Parameter param(std::string name, Json value) {
  model::Parameter param;
  param.name = std::move(name);
  param.value = std::move(value);
  return param;
}

/// A sealed run with parameters and the points of a metric `acc`.
void seal(Shelf& shelf, model::Run run, std::vector<model::Parameter> params,
          const std::vector<double>& acc, const Json& environment = Json::object()) {
  run.params = std::move(params);
  store::Store store = shelf.store();
  auto writer = store.write_run(run.id);
  std::int64_t step = 0;
  for (const double value : acc) {
    writer.add_point("acc", model::MetricSource::api, {step, run.started + step, value});
    ++step;
  }
  writer.set_environment(environment);
  writer.commit(run);
}

/// Five runs, the newest of them live: names a (oldest) to e.
Shelf five() {
  Shelf shelf;
  const auto run = [](const char* id, Time started, const char* name) {
    return made_run(id, started, name);
  };
  const Json environment = Json::Object{{"os", Json::Object{{"name", "Linux"}}}};
  seal(shelf, run("aaaa000000000001", 100, "a"), {param("lr", 0.1), param("opt", "sgd")},
       {0.5, 0.9}, environment);
  seal(shelf, run("bbbb000000000002", 200, "b"),
       {param("lr", 0.0005000000237487257), param("opt", "adam")}, {0.2, 0.95, 0.7});
  seal(shelf, run("cccc000000000003", 300, "c"), {param("lr", "auto"), param("opt", "adam")},
       {std::nan("")});
  model::Run tagged = run("dddd000000000004", 400, "d");
  tagged.tags = {"base", "best"};
  seal(shelf, tagged, {param("lr", "0.1")}, {});
  model::Run live = run("eeee000000000005", 500, "e");
  live.params = {param("lr", 0.0005), param("opt", "sgd")};
  shelf.live->emplace(live.id, live_run(live));
  return shelf;
}

FrameRequest request(std::string_view where,
                     std::initializer_list<std::string_view> values = {"run.name"}) {
  FrameRequest made;
  if (!where.empty()) made.where.push_back(expr::Expression::parse(where));
  for (const std::string_view value : values)
    made.values.push_back({expr::Expression::parse(value), expr::Exact::no});
  made.now = 2'000'500;
  return made;
}

/// The names of the runs for which a condition holds, oldest first.
std::string names(Shelf& shelf, std::string_view where, expr::Exact exact = expr::Exact::no) {
  FrameRequest asked = request(where);
  asked.exact = exact;
  const Frame frame = Frame::load(shelf.catalog(), asked);
  std::string found;
  for (std::size_t row = frame.size(); row-- > 0;)
    found += frame.value(row, 0).as_text();
  return found;
}

std::string sorted(Shelf& shelf, std::string_view by, bool descending) {
  FrameRequest asked = request("", {"run.name", by});
  asked.orders = {{1, descending}};
  const Frame frame = Frame::load(shelf.catalog(), asked);
  std::string found;
  for (std::size_t row = 0; row < frame.size(); ++row)
    found += frame.value(row, 0).as_text();
  return found;
}

}  // namespace

TEST_CASE("frames: conditions over sealed and live runs") {
  Shelf shelf = five();
  CHECK(names(shelf, "") == "abcde");
  CHECK(names(shelf, "lr = 0.1") == "ad");
  CHECK(names(shelf, "lr < 0.01") == "be");
  CHECK(names(shelf, "lr != 0.1") == "bce");
  CHECK(names(shelf, "lr = 'auto'") == "c");
  CHECK(names(shelf, "opt = 'adam' or tag = 'best'") == "bcd");
  CHECK(names(shelf, "opt is null") == "d");
  CHECK(names(shelf, "acc.max > 0.9") == "b");
  CHECK(names(shelf, "acc > 0.8") == "a");
  CHECK(names(shelf, "isnan(acc)") == "c");
  CHECK(names(shelf, "acc@1 = 0.95") == "b");
  CHECK(names(shelf, "acc.count is null") == "de");
  CHECK(names(shelf, "tag != 'base'") == "abce");
  CHECK(names(shelf, "run.state = 'running'") == "e");
  CHECK(names(shelf, "run.duration = 2") == "e");
  CHECK(names(shelf, "run.id glob 'c*'") == "c");
  CHECK(names(shelf, "env.os.name = 'Linux'") == "a");
  CHECK(names(shelf, "state = 'running' and run.started < '1970-01-01T00:00:01'") == "e");
}

TEST_CASE("frames: a float32 is what was meant unless exact values are wanted") {
  Shelf shelf = five();
  CHECK(names(shelf, "lr = 0.0005") == "be");
  CHECK(names(shelf, "lr = 0.0005", expr::Exact::yes) == "e");
  FrameRequest asked = request("run.name = 'b'", {"lr"});
  CHECK(Frame::load(shelf.catalog(), asked).value(0, 0).as_real() == 0.0005);
  asked.values[0].exact = expr::Exact::yes;
  CHECK(Frame::load(shelf.catalog(), asked).value(0, 0).as_real() == 0.0005000000237487257);
}

TEST_CASE("frames: orders put last what is missing") {
  Shelf shelf = five();
  CHECK(sorted(shelf, "acc", false) == "baced");
  CHECK(sorted(shelf, "acc", true) == "abced");
  CHECK(sorted(shelf, "lr", false) == "ebdac");
  CHECK(sorted(shelf, "opt", false) == "cbead");
}

TEST_CASE("frames: the first rows of an order, whatever stands behind them") {
  Shelf shelf = five();
  FrameRequest asked = request("", {"run.name", "opt"});
  asked.orders = {{1, true}};
  const Frame all = Frame::load(shelf.catalog(), asked);
  REQUIRE(all.size() == 5);
  for (std::size_t most = 0; most <= 6; ++most) {
    asked.most = most;
    const Frame some = Frame::load(shelf.catalog(), asked);
    CHECK(some.matched() == 5);
    REQUIRE(some.size() == std::min<std::size_t>(most, 5));
    for (std::size_t row = 0; row < some.size(); ++row)
      CHECK(some.id(row) == all.id(row));
  }
}

namespace {

/// A run of a kind for each thing that a parameter can be.
model::Run motley(std::uint64_t number) {
  model::Run run;
  run.id = {number * 0x9E3779B97F4A7C15U};
  run.state = number % 4 == 0 ? model::State::failed : model::State::finished;
  run.started = static_cast<Time>(number) * 1'000'000;
  if (number % 5 != 0) run.ended = run.started + static_cast<Time>(number);
  const std::vector<Json> kinds = {Json(), true, static_cast<std::int64_t>(number),
                                   0.5,    "x",  Json::Array{1, "a"}};
  if (number % 8 < kinds.size()) run.params.push_back(param("any", kinds[number % 8]));
  run.params.push_back(param("lr", 1.0 / static_cast<double>(number)));
  run.params.push_back(param("opt", number % 4 == 0 ? "sgd" : "adam"));
  return run;
}

std::string all_values(const Frame& frame) {
  std::string text;
  for (std::size_t row = 0; row < frame.size(); ++row) {
    text += frame.id(row).hex();
    for (std::size_t column = 0; column < frame.columns(); ++column)
      text += ' ' + dump_json(frame.value(row, column).to_json());
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("frames: row groups give what header rows give") {
  Shelf shelf;
  constexpr std::uint64_t kRuns = store::kGroupSize + 700;
  for (std::uint64_t number = 1; number <= kRuns; ++number) {
    std::vector<double> acc(number % 3);
    for (std::size_t i = 0; i < acc.size(); ++i)
      acc[i] = number % 50 == 0 ? std::nan("") : static_cast<double>((number + i) % 17);
    model::Run run = motley(number);
    std::vector<model::Parameter> params = std::move(run.params);
    seal(shelf, std::move(run), std::move(params), acc);
  }
  std::vector<FrameRequest> requests = {
      request("", {"run.id", "any", "lr", "opt", "acc", "acc.max", "acc.mean", "run.duration"}),
      request("lr < 0.01 and opt = 'sgd' and acc.max > 3", {"run.id", "acc.first", "acc.count"}),
      request("run.state = 'failed' and any is not null", {"run.started", "any", "acc@1"}),
      request("run.id glob 'a*'", {"run.ended", "acc.min", "acc.argmax", "run.age"}),
  };
  requests[1].orders = {{1, true}, {2, false}};
  requests[1].most = 40;
  const auto answers = [&] {
    std::vector<std::string> texts;
    for (const FrameRequest& asked : requests)
      texts.push_back(all_values(Frame::load(shelf.catalog(), asked)));
    // One that is live among the oldest ones.
    model::Run live = motley(77);
    live.id = {1};
    live.started += 1;
    shelf.live->emplace(live.id, live_run(live));
    texts.push_back(all_values(Frame::load(shelf.catalog(), requests[0])));
    shelf.live->clear();
    return texts;
  };

  store::Batch batch;
  for (const store::RowGroup& group : store::row_groups(*shelf.database))
    store::drop_row_group(*shelf.database, batch, group.last());
  shelf.database->apply(batch, Sync::no);
  const std::vector<std::string> by_rows = answers();
  for (const std::string& answer : by_rows)
    CHECK_FALSE(answer.empty());
  store::make_row_groups(*shelf.database);
  const auto groups = store::row_groups(*shelf.database);
  REQUIRE(groups.size() == 1);
  CHECK(answers() == by_rows);

  // A column that is damaged is not believed.
  store::Batch damage;
  damage.put(concat('C', groups[0].last().substr(1), "plr"), "broken");
  shelf.database->apply(damage, Sync::no);
  CHECK(all_values(Frame::load(shelf.catalog(), requests[0])) == by_rows[0]);
}

TEST_CASE("frames: names that no run has are refused, in a store without runs all are good") {
  Shelf shelf = five();
  CHECK_THROWS_AS(names(shelf, "lrr = 1"), Error);
  CHECK_THROWS_AS(names(shelf, "acc.best = 1"), Error);
  Shelf empty;
  CHECK(names(empty, "lrr = 1").empty());
}

TEST_CASE("frames: what a column stands for") {
  Shelf shelf = five();
  const Frame frame = Frame::load(shelf.catalog(), request("", {"acc.max", "lr * 2", "state"}));
  REQUIRE(frame.target(0) != nullptr);
  CHECK(frame.target(0)->part == expr::Part::max);
  CHECK(frame.target(1) == nullptr);
  CHECK(frame.target(2)->field == expr::Field::state);
}

TEST_CASE("ranking: groups with statistics") {
  Shelf shelf = five();
  FrameRequest asked = request("", {"opt", "acc.max"});
  asked.orders = {{0, false}};
  const Frame frame = Frame::load(shelf.catalog(), asked);
  const auto groups = query::group(frame, {0}, {1});
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].keys[0].as_text() == "adam");
  CHECK(groups[0].runs == 2);
  CHECK(groups[0].statistics[0].count == 1);  // the other one is NaN
  CHECK(groups[0].statistics[0].mean == 0.95);
  CHECK(std::isnan(groups[0].statistics[0].deviation));
  CHECK(groups[2].keys[0].missing());
  CHECK(groups[2].statistics[0].count == 0);
}

TEST_CASE("ranking: equal runs share a rank, and ties with the last are shown") {
  Shelf shelf;
  const double values[] = {0.5, 0.9, 0.9, 0.7, 0.5};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string id = "aaaa00000000000" + std::to_string(i);
    seal(shelf, made_run(id, 100 - static_cast<Time>(i), std::to_string(i)), {}, {values[i]});
  }
  const Frame frame = Frame::load(shelf.catalog(), request("", {"acc"}));
  const auto ranks = [&](bool smaller, std::size_t count) {
    std::string text;
    for (const auto& one : query::best(frame, 0, smaller, count))
      text += std::to_string(one.row) + (one.tied ? "=" : ":") + std::to_string(one.rank) + " ";
    return text;
  };
  CHECK(ranks(false, 1) == "1=1 2=1 ");
  CHECK(ranks(false, 3) == "1=1 2=1 3:3 ");
  CHECK(ranks(true, 1) == "0=1 4=1 ");
  CHECK(ranks(false, 9) == "1=1 2=1 3:3 0=4 4=4 ");
}

TEST_CASE("ranking: the Pareto front") {
  Shelf shelf;
  const std::pair<double, double> points[] = {{0.9, 10}, {0.8, 5}, {0.9, 12}, {0.7, 7}, {0.9, 10}};
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string id = "aaaa00000000000" + std::to_string(i);
    seal(shelf, made_run(id, 100 - static_cast<Time>(i)), {param("cost", points[i].second)},
         {points[i].first});
  }
  const Frame frame = Frame::load(shelf.catalog(), request("", {"acc", "cost"}));
  CHECK(query::pareto_front(frame, {{0, true}, {1, false}}) == std::vector<std::size_t>{0, 4, 1});
  CHECK(query::pareto_front(frame, {{1, true}}) == std::vector<std::size_t>{2});
}
