#include "analysis/table.h"

#include <catch2/catch.hpp>

#include <cmath>

#include "analysis/runs.h"
#include "base/error.h"

using namespace clew;
using namespace clew::analysis;
using namespace clew::analysis::testing;

namespace {

const Column& column(const Table& table, std::string_view name) {
  for (const Column& column : table.columns) {
    if (column.name == name) return column;
  }
  throw Error(ErrorKind::bug, "no such column");
}

std::vector<std::string> names(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns)
    names.push_back(column.name);
  return names;
}

std::string left_out(const Table& table, std::string_view name) {
  static const char* const reasons[] = {"constant", "seed", "label", "alias", "composite"};
  for (const LeftOut& left : table.left_out) {
    if (left.name == name) {
      return reasons[static_cast<int>(left.reason)] +
             (left.detail.empty() ? "" : " " + left.detail);
    }
  }
  return "";
}

}  // namespace

TEST_CASE("table: numbers are ordered, all else is not") {
  Runs runs;
  runs.add({{"lr", 0.1}, {"opt", "sgd"}, {"mixed", 1}, {"flag", true}}, 1);
  runs.add({{"lr", 0.02}, {"opt", "adam"}, {"mixed", "x"}, {"flag", false}}, 2);
  runs.add({{"lr", 0.1}, {"opt", "adam"}, {"mixed", 2}, {"flag", false}}, 3);
  runs.add({{"lr", 3}, {"opt", "sgd"}, {"mixed", 2}, {"flag", false}}, 4);
  const Table table = runs.table();
  CHECK(names(table) == std::vector<std::string>{"flag", "lr", "mixed", "opt"});
  const Column& lr = column(table, "lr");
  CHECK(lr.ordered);
  CHECK(lr.level == std::vector<std::uint32_t>{1, 0, 1, 2});
  CHECK(lr.levels[2] == std::optional(Json(3)));
  CHECK(lr.weights == std::vector<double>(3, 1.0 / 3));
  CHECK(!column(table, "opt").ordered);
  CHECK(!column(table, "mixed").ordered);
  CHECK(column(table, "mixed").levels.size() == 3);
  CHECK(!column(table, "flag").ordered);
}

TEST_CASE("table: runs without a finite value are counted, not used") {
  Runs runs;
  runs.add({{"x", 1}}, 1).add({{"x", 2}}, std::nullopt).add({{"x", 3}}, NAN).add({{"x", 4}}, 2);
  const Table table = runs.table();
  CHECK(table.target == std::vector<double>{1, 2});
  CHECK(table.without_value == 2);
  CHECK(table.runs.size() == 2);
}

TEST_CASE("table: a run without a parameter is not lost") {
  Runs runs;
  runs.add({{"x", 1}}, 1).add({}, 2).add({{"x", 2}}, 3);
  const Column column = runs.table().columns.at(0);
  CHECK(column.ordered);
  CHECK(!column.levels[0]);
  CHECK(column.level == std::vector<std::uint32_t>{1, 0, 2});
}

TEST_CASE("table: what is no column is named with the reason") {
  Runs runs;
  for (int i = 0; i < 12; ++i) {
    const int a = i % 2;
    const int b = i / 2 % 3;
    runs.add({{"a", a},
              {"b", b},
              {"also_b", Json(Json::Array{Json(b)})},
              {"epochs", 20},
              {"seed", i / 6},
              {"optim.random_state", i % 5},
              {"out", "model-" + std::to_string(i)},
              {"experiment", "a" + std::to_string(a) + "b" + std::to_string(b)}},
             i);
  }
  const Table table = runs.table();
  CHECK(names(table) == std::vector<std::string>{"a", "b"});
  CHECK(left_out(table, "also_b") == "alias b");
  CHECK(left_out(table, "epochs") == "constant 20");
  CHECK(left_out(table, "seed") == "seed");
  CHECK(left_out(table, "optim.random_state") == "seed");
  CHECK(left_out(table, "out") == "label");
  CHECK(left_out(table, "experiment") == "composite a, b");
}

TEST_CASE("table: which parameters take part can be chosen") {
  Runs runs;
  for (int i = 0; i < 8; ++i)
    runs.add({{"a", i % 2}, {"fold", i / 4}, {"seed", i / 2 % 2}}, i);
  using Names = std::vector<std::string>;
  CHECK(names(runs.table({{"seed", "a"}, {}})) == Names{"a", "seed"});
  CHECK(names(runs.table({{}, Names{"fold"}})) == Names{"a", "seed"});
  CHECK(names(runs.table({{}, Names{}})) == Names{"a", "fold", "seed"});
  try {
    (void)runs.table({{"sede"}, {}});
    FAIL("an unknown name was taken");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.hints().front() == "did you mean 'seed'?");
  }
}

TEST_CASE("table: names of seeds") {
  for (const char* name : {"seed", "random_seed", "data.seed", "torch-seed", "manualseed", "SEED",
                           "model.random_state", "repeat"}) {
    INFO(name);
    CHECK(is_seed(name));
  }
  for (const char* name : {"lr", "seeding", "speed", "seed_size.x", "state", "fold"}) {
    INFO(name);
    CHECK(!is_seed(name));
  }
}

TEST_CASE("table: numbers that grow by factors are seen on a logarithmic scale") {
  CHECK(grows_by_factors({1e-4, 1e-3, 1e-2}));
  CHECK(grows_by_factors({16, 32, 64}));
  CHECK(grows_by_factors({0.1, 0.3, 1}));
  CHECK(grows_by_factors({0.01, 0.1}));
  CHECK(grows_by_factors({1, 2, 5, 12}));
  CHECK(!grows_by_factors({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  CHECK(!grows_by_factors({16, 32}));
  // A sample of [0, 1], and one of its powers of ten.
  CHECK(!grows_by_factors({0.01, 0.13, 0.27, 0.4, 0.55, 0.68, 0.83, 0.97}));
  CHECK(grows_by_factors({1e-4, 3e-4, 8e-4, 4e-3, 9e-3, 3e-2, 8e-2}));
  CHECK(!grows_by_factors({0, 0.1, 1}));
  CHECK(!grows_by_factors({-1, 10, 100}));
  CHECK(!grows_by_factors({0.4, 0.5, 0.7}));
  CHECK(!grows_by_factors({5}));
  CHECK(!grows_by_factors({}));
}

TEST_CASE("table: a sample of a range is weighed by its parts") {
  Runs runs;
  for (const double x : {1.0, 10.0, 100.0, 1000.0, 1e4, 1e5, 1e6})
    runs.add({{"x", x}, {"y", x == 1.0}}, x);
  const Column column = runs.table().columns.at(0);
  CHECK(column.continuous);
  CHECK(column.log_scale);
  CHECK(column.weights.front() == Approx(1.0 / 12));
  CHECK(column.weights[1] == Approx(1.0 / 6));
  CHECK(column.weights.back() == Approx(1.0 / 12));
}

TEST_CASE("table: float32 values are what was meant") {
  CHECK(as_meant(0.0005000000237487257) == 0.0005);
  CHECK(as_meant(0.1) == 0.1);
  CHECK(as_meant(0.25) == 0.25);
  CHECK(as_meant(1e300) == 1e300);
  CHECK(std::isnan(as_meant(NAN)));
  CHECK(as_meant(Json(2.0)) == Json(2));
  CHECK(as_meant(Json(-0.0)) == Json(0));
  CHECK(as_meant(Json("0.1")) == Json("0.1"));
  Runs runs;
  runs.add({{"lr", 0.0005000000237487257}, {"n", 1}}, 1);
  runs.add({{"lr", 0.0005}, {"n", 1.0}}, 2);
  const Table table = runs.table();
  CHECK(table.columns.empty());
  CHECK(left_out(table, "lr") == "constant 0.0005");
  CHECK(left_out(table, "n") == "constant 1");
}
