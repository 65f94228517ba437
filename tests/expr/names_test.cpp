#include "expr/names.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "base/error.h"

using namespace clew;
using namespace clew::expr;

namespace {

using Words = std::vector<std::string>;

Known known(Words params, Words metrics) {
  const auto has = [](Words words) {
    return [words](std::string_view name) {
      return std::find(words.begin(), words.end(), name) != words.end();
    };
  };
  return {has(params), has(metrics), [params] { return params; }, [metrics] { return metrics; }};
}

const Known kUsual = known({"lr", "opt", "both", "state", "params.x"},
                           {"loss", "val_acc", "both", "z", "z.max", "time-out"});

Target target_of(std::string_view text) {
  const Expression expression = Expression::parse(text);
  return resolve(expression, expression.names().at(0), kUsual);
}

Error error_of(std::string_view text) {
  try {
    static_cast<void>(target_of(text));
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for '" << text << "'");
  throw std::logic_error("unreachable");
}

bool is_metric(const Target& target, std::string_view name, Part part) {
  return target.kind == Target::Kind::metric && target.name == name && target.part == part;
}

model::Summary summary_of(std::initializer_list<double> values) {
  model::Summary summary;
  std::int64_t step = 0;
  for (const double value : values)
    summary.add({step++, 0, value});
  return summary;
}

}  // namespace

TEST_CASE("names: parameters, metrics and fields") {
  CHECK(target_of("lr").kind == Target::Kind::param);
  CHECK(is_metric(target_of("loss"), "loss", Part::last));
  CHECK(is_metric(target_of("val_acc.max"), "val_acc", Part::max));
  CHECK(is_metric(target_of("z.max"), "z.max", Part::last));
  CHECK(is_metric(target_of("z.max.min"), "z.max", Part::min));
  CHECK(is_metric(target_of("\"time-out\".argmax"), "time-out", Part::argmax));
  CHECK(is_metric(target_of("\"val_acc.max\""), "val_acc", Part::max));
  CHECK(is_metric(target_of("metrics.both"), "both", Part::last));
  CHECK(is_metric(target_of("metrics.both.mean"), "both", Part::mean));
  CHECK(target_of("loss@10").step == 10);
  CHECK(target_of("params.\"both\"").kind == Target::Kind::param);
  CHECK(is_metric(target_of("metrics.\"both\".min"), "both", Part::min));
  CHECK(target_of("params.both").kind == Target::Kind::param);
  CHECK(target_of("params.x").name == "params.x");
  CHECK(target_of("state").kind == Target::Kind::param);
  CHECK(target_of("run.state").field == Field::state);
  CHECK(target_of("duration").field == Field::duration);
  CHECK(target_of("tag").field == Field::tags);
  CHECK(target_of("code.commit").field == Field::commit);
  const Target environment = target_of("env.os.name");
  CHECK(environment.kind == Target::Kind::environment);
  CHECK(environment.name == "os.name");
}

TEST_CASE("names: what could be meant is known before anything is looked at") {
  for (const char* text : {"lr", "loss", "val_acc.max", "z.max.min", "metrics.both.mean",
                           "params.both", "run.state", "loss@10", "\"time-out\".argmax"}) {
    CAPTURE(text);
    const Expression expression = Expression::parse(text);
    const auto possible = possible_targets(expression.names()[0]);
    CHECK(std::find(possible.begin(), possible.end(), target_of(text)) != possible.end());
  }
}

TEST_CASE("names: unknown and ambiguous ones are shown where they stand") {
  const Error unknown = error_of("val_ac > 0.9");
  CHECK(unknown.kind() == ErrorKind::usage);
  CHECK(unknown.message() == "no run has 'val_ac' at column 1\n  val_ac > 0.9\n  ^^^^^^");
  CHECK(unknown.hints().front() == "did you mean 'val_acc'?");
  CHECK(error_of("val_acc.maxx").hints().front().find("'val_acc.max'") != std::string::npos);
  CHECK(error_of("loss-0.1").hints().front() ==
        "as operators, '-' and '/' need a space before them");
  const Error both = error_of("both = 1");
  CHECK(both.message().starts_with("'both' is a parameter and a metric at column 1"));
  CHECK(both.hints().front() == "write 'params.both' or 'metrics.both'");
  CHECK(error_of("\"lr\".max").kind() == ErrorKind::usage);
  CHECK(error_of("lr@3").kind() == ErrorKind::usage);
  CHECK(error_of("params.loss").kind() == ErrorKind::usage);
}

TEST_CASE("names: rules see the newest values") {
  const std::map<std::string, model::Summary, std::less<>> metrics = {
      {"loss", summary_of({3, 1, 2})}};
  const Json lr = 0.0005000000237487257;
  Current current;
  current.metric = [&](std::string_view name) {
    const auto found = metrics.find(name);
    return found == metrics.end() ? nullptr : &found->second;
  };
  current.param = [&](std::string_view name) { return name == "lr" ? &lr : nullptr; };
  current.step = 12;
  current.duration = 2'500'000;
  const auto holds = [&](std::string_view text) {
    const Expression rule = Expression::parse(text);
    check_rule(rule);
    Scratch scratch;
    const Value value = rule.evaluate(
        [&](const Reference& name) { return current_value(name, current, scratch); }, scratch);
    return value.truth().value_or(false);
  };
  CHECK(holds("loss > 1.5 * loss.min and step > 10"));
  CHECK(holds("loss.argmin = 1 and loss.count = 3"));
  CHECK(holds("lr = 0.0005"));
  CHECK(holds("run.duration > 2s"));
  CHECK_FALSE(holds("val_loss > 0"));
  CHECK_FALSE(holds("not (val_loss > 0)"));
  CHECK_FALSE(holds("isnan(val_loss)"));
  CHECK_THROWS_AS(holds("loss@3 > 1"), Error);
  CHECK_THROWS_AS(holds("run.state = 'x'"), Error);
  CHECK_THROWS_AS(holds("env.x = 1"), Error);
  CHECK_THROWS_AS(holds("\"loss\".best > 1"), Error);
}

TEST_CASE("names: parts of a summary") {
  CHECK(part_of(summary_of({1, 5, 3}), Part::max).as_real() == 5);
  CHECK(part_of(summary_of({1, 5, 3}), Part::argmax).as_integer() == 1);
  CHECK(part_of({}, Part::last).missing());
  CHECK(part_of({}, Part::count).as_integer() == 0);
  for (const char* name : {"last", "first", "min", "max", "mean", "count", "argmin", "argmax"})
    CHECK(name_of(*part_from_name(name)) == name);
  CHECK_FALSE(part_from_name("best"));
}
