#include "query/frame.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/error.h"
#include "query/ranking.h"
#include "query/samples.h"

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
  Frame frame = Frame::load(shelf.catalog(), request("", {"run.name", by}));
  frame.sort({{1, descending}});
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
  Frame frame = Frame::load(shelf.catalog(), request("", {"opt", "acc.max"}));
  frame.sort({{0, false}});
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
