#include "record/rules.h"

#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"
#include "record/journal.h"

using namespace clew;
using namespace clew::record;

namespace {

class StoppedClock final : public Clock {
 public:
  Time now() override { return time; }
  Time time = 1'000'000;
};

/// A journal that writes nowhere, with a watch over it.
struct Bench {
  explicit Bench(const std::vector<std::string>& texts) {
    std::vector<RuleText> all;
    for (const auto& text : texts)
      all.push_back({RuleAction::note, text});
    rules = parse_rules(all);
    watch.emplace(rules, journal.fold(), clock);
    journal.show_to(&*watch);
  }
  void point(std::string_view name, std::optional<std::int64_t> step, double value) {
    journal.point(name, model::MetricSource::api, {step, clock.time, value});
  }
  /// The steps at which rules have fired since the last call.
  std::vector<std::optional<std::int64_t>> fired() {
    watch->settle();
    std::vector<std::optional<std::int64_t>> steps;
    for (const FiredRule& one : watch->take()) {
      steps.push_back(one.step);
      values = one.values;
    }
    return steps;
  }

  StoppedClock clock;
  Journal journal;
  std::vector<Rule> rules;
  std::optional<RuleWatch> watch;
  Json values;
};

using Steps = std::vector<std::optional<std::int64_t>>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a rule fires when it comes to hold, once") {
  Bench bench({"loss > 4"});
  for (const double value : {1.0, 5.0, 6.0, 7.0, 2.0, 9.0})
    bench.point("loss", static_cast<std::int64_t>(value), value);
  CHECK(bench.fired() == Steps{5, 9});
  CHECK(bench.values == Json(Json::Object{{"loss", Json(9.0)}}));
  CHECK(bench.fired().empty());
}

TEST_CASE("no step is missed among many that come at once") {
  Bench bench({"isnan(loss)"});
  for (std::int64_t step = 0; step < 10'000; ++step)
    bench.point("loss", step, step == 777 ? kNaN : 1);
  CHECK(bench.fired() == Steps{777});
  // Nor without steps.
  for (int i = 0; i < 100; ++i)
    bench.point("loss", std::nullopt, i == 50 ? kNaN : 1);
  CHECK(bench.fired() == Steps{std::nullopt});
}

TEST_CASE("the points of a step are seen together") {
  Bench bench({"val > loss"});
  for (std::int64_t step = 0; step < 10; ++step) {
    // Were the first seen alone, it would stand beside the other's last value and fire.
    bench.point("val", step, 10.0 + static_cast<double>(step));
    bench.point("loss", step, 10.5 + static_cast<double>(step));
  }
  CHECK(bench.fired().empty());
}

TEST_CASE("summaries, steps, times and parameters") {
  Bench bench({"loss > 1.5 * loss.min and step > 2", "run.duration > 60", "lr < 0.01"});
  model::Run run;
  run.started = 0;
  bench.journal.record(model::BeginEvent{run});
  for (std::int64_t step = 0; step < 5; ++step)
    bench.point("loss", step, step == 1 ? 1 : 2);
  CHECK(bench.fired() == Steps{3});
  bench.clock.time = 61'000'000;
  CHECK(bench.fired().size() == 1);
  bench.journal.record(model::ParamEvent{{"lr", 0.1, model::Source::api, {}, {}}, {}, 0, {}});
  CHECK(bench.fired().empty());
  bench.journal.record(
      model::ParamEvent{{"lr", 0.001, model::Source::api, {}, {}}, {}, 0, "set by me"});
  CHECK(bench.fired().size() == 1);
}

TEST_CASE("what is not there makes no rule hold") {
  Bench bench({"nosuch > 0", "not (nosuch > 0)"});
  bench.point("loss", 1, 1);
  CHECK(bench.fired().empty());
}

TEST_CASE("the API's series goes before that of the output") {
  Bench bench({"loss > 4"});
  bench.journal.point("loss", model::MetricSource::output, {1, 0, 9});
  CHECK(bench.fired() == Steps{1});
  bench.point("loss", 2, 1);
  bench.journal.point("loss", model::MetricSource::output, {3, 0, 9});
  CHECK(bench.fired().empty());
}

TEST_CASE("wrong rules are refused with their place") {
  for (const char* text : {"loss >", "loss@3 > 1", "run.state = 'running'", ""}) {
    INFO(text);
    try {
      static_cast<void>(parse_rules({{RuleAction::stop, text}}));
      FAIL("it was taken");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
    }
  }
  CHECK_THROWS_AS(parse_rules(std::vector<RuleText>(65, {RuleAction::note, "loss > 1"})), Error);
}
