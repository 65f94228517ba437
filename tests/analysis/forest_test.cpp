#include "analysis/forest.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

#include "analysis/fanova.h"
#include "analysis/importance.h"
#include "analysis/runs.h"

using namespace clew;
using namespace clew::analysis;
using namespace clew::analysis::testing;

namespace {

class Uniform {
 public:
  double operator()() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 engine_{7};
};

double share_of(const std::vector<Effect>& effects, const std::vector<std::size_t>& columns) {
  for (const Effect& effect : effects) {
    if (effect.columns == columns) return effect.share;
  }
  return -1;
}

/// The function of Ishigami and Homma (1990) with a = 7 and b = 0.1, over [-π, π]³: a standard test
/// of sensitivity analysis. Its shares are known: x1 0.3139, x2 0.4424, x1×x3 0.2437.
double ishigami(double x1, double x2, double x3) {
  return std::sin(x1) + 7 * std::pow(std::sin(x2), 2) + 0.1 * std::pow(x3, 4) * std::sin(x1);
}

Runs ishigami_runs(int count) {
  Uniform uniform;
  Runs runs;
  for (int i = 0; i < count; ++i) {
    double x[3];
    for (double& value : x)
      value = (2 * uniform() - 1) * 3.141592653589793;
    runs.add({{"x1", x[0]}, {"x2", x[1]}, {"x3", x[2]}}, ishigami(x[0], x[1], x[2]));
  }
  return runs;
}

}  // namespace

TEST_CASE("forest: a step is found where it is") {
  Runs runs;
  for (int i = 0; i < 40; ++i)
    runs.add({{"x", i}, {"noise", i * 7 % 11}}, i < 20 ? 1 : 5);
  const Table table = runs.table();
  const auto forest = grow_forest(table, {});
  for (std::size_t row : {0U, 10U, 30U, 39U}) {
    double sum = 0;
    for (const Tree& tree : forest)
      sum += tree.predict(table, row);
    CHECK(sum / 64 == Approx(table.target[row]).margin(0.1));
  }
  CHECK(*out_of_bag_r2(table, forest) > 0.95);
}

TEST_CASE("forest: the best set of levels is found") {
  Runs runs;
  const char* const names[] = {"a", "b", "c", "d", "e", "f"};
  for (int i = 0; i < 60; ++i)
    runs.add({{"x", names[i % 6]}}, i % 6 == 1 || i % 6 == 4 ? 1 : 0);
  const Table table = runs.table();
  for (const Tree& tree : grow_forest(table, {})) {
    REQUIRE(tree.nodes.size() == 3);
    const Node& root = tree.nodes[0];
    CHECK(root.left[1] == root.left[4]);
    CHECK(root.left[0] != root.left[1]);
    CHECK(root.left[0] == root.left[5]);
  }
}

TEST_CASE("forest: the same seed gives the same forest") {
  const Runs runs = ishigami_runs(60);
  const Table table = runs.table();
  const auto predict = [&table](std::uint64_t seed) {
    ForestOptions options;
    options.trees = 3;
    options.seed = seed;
    double sum = 0;
    for (const Tree& tree : grow_forest(table, options))
      sum += tree.predict(table, 5) + static_cast<double>(tree.nodes.size());
    return sum;
  };
  CHECK(predict(1) == predict(1));
  CHECK(predict(1) != predict(2));
}

TEST_CASE("forest: a target without variance makes no split") {
  Runs runs;
  for (int i = 0; i < 20; ++i)
    runs.add({{"x", i}}, 0.1);
  const Table table = runs.table();
  for (const Tree& tree : grow_forest(table, {}))
    CHECK(tree.nodes.size() == 1);
  CHECK(!out_of_bag_r2(table, grow_forest(table, {})));
  CHECK(analyze_forest(table, grow_forest(table, {})).effects.empty());
}

TEST_CASE("fanova: one tree is integrated exactly") {
  // x < 2 of four levels: 0; else y is "b": 4, otherwise 8. Marginals by hand: x 0 or 6, y 4 or 2.
  Runs runs;
  for (const int x : {0, 1, 2, 3}) {
    for (const char* const y : {"a", "b"})
      runs.add({{"x", x}, {"y", y}}, 0);
  }
  const Table table = runs.table();
  Tree tree;
  tree.nodes.resize(5);
  tree.nodes[0] = {std::size_t{0}, 2, {}, 1, 2, 0};
  tree.nodes[2] = {std::size_t{1}, 0, {false, true}, 3, 4, 0};
  tree.nodes[3].value = 4;
  tree.nodes[4].value = 8;
  const Fanova fanova = analyze_forest(table, {tree});
  CHECK(fanova.mean == Approx(3));
  // The variance is 11 (mean square 20 less 9); x has 9, y has 1, both together 1.
  CHECK(share_of(fanova.effects, {0}) == Approx(9.0 / 11));
  CHECK(share_of(fanova.effects, {1}) == Approx(1.0 / 11));
  CHECK(share_of(fanova.effects, {0, 1}) == Approx(1.0 / 11));
  CHECK(fanova.further == Approx(0).margin(1e-12));
  CHECK(fanova.effects[0].means == std::vector<double>{0, 0, 6, 6});
  CHECK(fanova.effects[1].means == std::vector<double>{4, 2});
}

TEST_CASE("fanova: known shares of a known function") {
  const Runs runs = ishigami_runs(800);
  const Table table = runs.table();
  const Importance importance = compute_importance(table, {});
  CHECK(importance.method == Method::forest);
  CHECK(importance.telling);
  CHECK(*importance.unexplained < 0.15);
  const auto share = [&](const std::vector<std::size_t>& columns) {
    return share_of(importance.effects, columns);
  };
  // Trees that are grown greedily put some of a symmetric effect into sets of more parameters.
  CHECK(share({0}) == Approx(0.3139).margin(0.06));
  CHECK(share({1}) == Approx(0.4424).margin(0.12));
  CHECK(share({2}) < 0.05);
  CHECK(share({0, 2}) == Approx(0.2437).margin(0.08));
  CHECK(share({0, 1}) < 0.03);
  CHECK(importance.effects.front().columns == std::vector<std::size_t>{1});
  CHECK(*importance.effects.front().deviation < 0.1);
}

TEST_CASE("importance: a forest agrees with the exact decomposition of a grid") {
  Uniform uniform;
  Runs runs;
  for (const double lr : {0.001, 0.01, 0.1}) {
    for (const char* const optimizer : {"sgd", "adam", "rmsprop"}) {
      for (const int batch : {16, 32}) {
        for (int seed = 0; seed < 3; ++seed) {
          const double y = 0.1 * std::log10(lr) + (optimizer[0] == 'a' ? 0.2 : 0) +
                           (optimizer[0] == 's' && batch == 16 ? 0.1 : 0) + 0.02 * uniform();
          runs.add({{"lr", lr}, {"optimizer", optimizer}, {"batch", batch}, {"seed", seed}}, y);
        }
      }
    }
  }
  const Table table = runs.table();
  const Importance exact = compute_importance(table, {});
  const Importance forest = compute_importance(table, {64, 1, true});
  CHECK(exact.method == Method::exact);
  CHECK(exact.most == 3);
  CHECK(*exact.unexplained < 0.01);
  CHECK(exact.doubts.empty());
  CHECK(forest.method == Method::forest);
  for (const Effect& effect : exact.effects) {
    if (effect.columns.size() > 2) continue;
    CHECK(share_of(forest.effects, effect.columns) == Approx(effect.share).margin(0.05));
  }
}

TEST_CASE("importance: says when there is too little to tell") {
  Runs runs;
  runs.add({{"a", 1}, {"b", 1}}, 1).add({{"a", 2}, {"b", 2}}, 2);
  const Importance two = compute_importance(runs.table(), {});
  CHECK(two.method == Method::none);
  CHECK(two.doubts.front() == "too few runs to tell: 2 with a value, of at least 3");
  runs.add({{"a", 1}, {"b", 3}}, 5).add({{"a", 3}, {"b", 1}}, 3);
  const Importance four = compute_importance(runs.table(), {});
  CHECK(four.method == Method::forest);
  CHECK(!four.telling);
  CHECK(four.doubts.front() == "too few runs to tell: 4 of at least 10 for 2 parameters");

  Runs same;
  same.add({{"a", 1}}, 1).add({{"a", 1}}, 2).add({{"a", 1}}, 3);
  CHECK(compute_importance(same.table(), {}).doubts.front() ==
        "no parameter differs among these runs");
  Runs flat;
  flat.add({{"a", 1}}, 1).add({{"a", 2}}, 1).add({{"a", 3}}, 1);
  CHECK(compute_importance(flat.table(), {}).doubts.front() == "the value is the same in all runs");

  // What has nothing to do with the parameters is not foretold by them.
  Uniform uniform;
  Runs noise;
  for (int i = 0; i < 60; ++i)
    noise.add({{"a", uniform()}, {"b", uniform()}}, uniform());
  const Importance none = compute_importance(noise.table(), {});
  CHECK(!none.telling);
  CHECK(none.doubts.size() == 1);
}

TEST_CASE("importance: a full factorial without repeats says what it cannot tell") {
  Runs runs;
  for (const int a : {0, 1}) {
    for (const int b : {0, 1})
      runs.add({{"a", a}, {"b", b}}, a + 0.1 * b);
  }
  const Importance importance = compute_importance(runs.table(), {});
  CHECK(importance.method == Method::exact);
  CHECK(!importance.unexplained);
  CHECK(importance.doubts.size() == 1);
  CHECK(importance.effects.front().share == Approx(1 / 1.01));
}
