#include "analysis/turn.h"

#include <catch2/catch.hpp>

#include <string_view>

using namespace clew::analysis;

namespace {

/// "gg?b": good, good, unknown, bad.
std::optional<Turn> turn_of(std::string_view text) {
  std::vector<Verdict> verdicts;
  for (const char c : text)
    verdicts.push_back(c == 'g' ? Verdict::good : (c == 'b' ? Verdict::bad : Verdict::unknown));
  return find_turn(verdicts);
}

}  // namespace

TEST_CASE("turn: where good becomes bad") {
  const auto turn = turn_of("gggbb");
  REQUIRE(turn);
  CHECK(turn->last_good == 2);
  CHECK(turn->first_bad == 3);
  CHECK(turn->unknown.empty());
  CHECK(turn->turns == 1);
  CHECK(!best_to_try(*turn));
}

TEST_CASE("turn: what is not known is skipped") {
  const auto turn = turn_of("g?g???b?b");
  REQUIRE(turn);
  CHECK(turn->last_good == 2);
  CHECK(turn->first_bad == 6);
  CHECK(turn->unknown == std::vector<std::size_t>{3, 4, 5});
  CHECK(best_to_try(*turn) == 4);
}

TEST_CASE("turn: of several the last one counts") {
  const auto turn = turn_of("gbgbbgb");
  REQUIRE(turn);
  CHECK(turn->last_good == 5);
  CHECK(turn->first_bad == 6);
  CHECK(turn->turns == 5);
}

TEST_CASE("turn: there may be none") {
  CHECK(!turn_of(""));
  CHECK(!turn_of("ggg"));
  CHECK(!turn_of("bbg"));
  CHECK(!turn_of("bb"));
  CHECK(!turn_of("g??"));
}
