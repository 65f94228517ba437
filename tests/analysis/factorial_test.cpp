#include "analysis/factorial.h"

#include <catch2/catch.hpp>

#include <map>

#include "analysis/runs.h"

using namespace clew;
using namespace clew::analysis;
using namespace clew::analysis::testing;

namespace {

std::map<std::vector<std::size_t>, double> shares(const Factorial& factorial) {
  std::map<std::vector<std::size_t>, double> shares;
  for (const Effect& effect : factorial.effects)
    shares[effect.columns] = effect.share;
  return shares;
}

}  // namespace

TEST_CASE("factorial: effects of a design that can be computed by hand") {
  // y = 4a + 2b + ab over a, b in {-1, 1}: variances 16, 4 and 1.
  Runs runs;
  for (const int a : {-1, 1}) {
    for (const int b : {-1, 1})
      runs.add({{"a", a}, {"b", b}}, 10 + 4 * a + 2 * b + a * b);
  }
  const auto exact = decompose(runs.table());
  REQUIRE(exact);
  CHECK(exact->mean == Approx(10));
  CHECK(exact->variance == Approx(21));
  CHECK(exact->residual == 0);
  CHECK(exact->cells == 4);
  CHECK(exact->fewest == 1);
  const auto share = shares(*exact);
  CHECK(share.at({0}) == Approx(16.0 / 21));
  CHECK(share.at({1}) == Approx(4.0 / 21));
  CHECK(share.at({0, 1}) == Approx(1.0 / 21));
  CHECK(!exact->effects[0].by_chance);
  CHECK(exact->effects[0].means == std::vector<double>{6, 14});
}

TEST_CASE("factorial: repeats are the residual") {
  Runs runs;
  // Cells 0 and 10, with runs one below and one above: 25 between, 1 within.
  for (const int a : {0, 1}) {
    for (const int noise : {-1, 1})
      runs.add({{"a", a}, {"seed", noise}}, 10 * a + noise);
  }
  const auto exact = decompose(runs.table());
  REQUIRE(exact);
  CHECK(exact->effects.size() == 1);
  CHECK(exact->variance == Approx(26));
  CHECK(exact->effects[0].share == Approx(25.0 / 26));
  CHECK(exact->residual == Approx(1.0 / 26));
  CHECK(exact->fewest == 2);
  // One degree of freedom; the noise has variance 4 / 2 and a cell's mean half of that.
  CHECK(*exact->effects[0].by_chance == Approx(1.0 / 2 / 26));
}

TEST_CASE("factorial: cells weigh the same however often they were run") {
  Runs runs;
  runs.add({{"a", 0}}, 0).add({{"a", 1}}, 10).add({{"a", 1}}, 10).add({{"a", 1}}, 10);
  const auto exact = decompose(runs.table());
  REQUIRE(exact);
  CHECK(exact->mean == Approx(5));
  CHECK(exact->variance == Approx(25));
  CHECK(exact->most == 3);
}

TEST_CASE("factorial: a design with holes is none") {
  Runs runs;
  runs.add({{"a", 0}, {"b", 0}}, 1).add({{"a", 0}, {"b", 1}}, 2).add({{"a", 1}, {"b", 0}}, 3);
  CHECK(!decompose(runs.table()));
  runs.add({{"a", 0}, {"b", 0}}, 4);
  CHECK(!decompose(runs.table()));
  runs.add({{"a", 1}, {"b", 1}}, 5);
  CHECK(decompose(runs.table()));
  CHECK(!decompose(Runs().table()));
}

TEST_CASE("factorial: many parameters") {
  Runs runs;
  constexpr int kColumns = 11;
  for (int i = 0; i < 1 << kColumns; ++i) {
    std::vector<std::pair<std::string, Json>> params;
    for (int c = 0; c < kColumns; ++c)
      params.emplace_back("p" + std::to_string(10 + c), i >> c & 1);
    runs.add(params, (i & 1) + 2 * (i >> 1 & 1) + ((i & 0xf) == 0xf));
  }
  const auto exact = decompose(runs.table());
  REQUIRE(exact);
  CHECK(exact->effects.size() == 11 + 55 + 165);
  double sum = exact->further;
  for (const Effect& effect : exact->effects)
    sum += effect.share;
  CHECK(sum == Approx(1));
  // The term of four parameters has an effect of the fourth order, of variance (1/16)².
  CHECK(exact->further == Approx(1.0 / 256 / exact->variance));
}
