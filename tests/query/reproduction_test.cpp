#include "query/reproduction.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <map>

using namespace clew;
using query::compare_outcomes;
using query::MetricMatch;
using query::OutputMatch;
using query::relative_difference;
using query::Reproduction;

namespace {

/// A run with outputs by digest and series by value.
struct Sample {
  model::RunParts parts;
  std::map<std::string, model::Series> series;

  Sample& output(const std::string& path, const std::string& sha256,
                 model::DigestKind kind = model::DigestKind::whole) {
    model::File file;
    file.state.path = path;
    file.state.role = model::Role::output;
    file.state.sha256 = sha256;
    file.state.digest = kind;
    parts.files.push_back(file);
    return *this;
  }
  Sample& metric(const std::string& name, const std::vector<double>& values) {
    model::Series& one = series[name];
    model::MetricSummary summary{name, model::MetricSource::api, {}};
    for (const double value : values) {
      const model::Point point{static_cast<std::int64_t>(one.points.size()), 7, value};
      one.points.push_back(point);
      summary.summary.add(point);
    }
    parts.run.metrics.push_back(summary);
    return *this;
  }
};

Reproduction compared(const Sample& before, const Sample& after, double tolerance = 0) {
  const auto of = [](const Sample& sample) {
    return [&sample](const std::string& name) { return sample.series.at(name); };
  };
  return compare_outcomes(before.parts, of(before), after.parts, of(after), tolerance);
}

}  // namespace

TEST_CASE("the same outputs and the same values match") {
  const Sample run = Sample().output("m.npz", "ab").metric("loss", {1, NAN, 0.5});
  const Reproduction found = compared(run, run);
  CHECK(found.matches());
  CHECK(found.metrics[0].points == 3);
}

TEST_CASE("outputs are told apart by path and digest") {
  const Sample before = Sample().output("a", "1").output("b", "2").output("c", "3");
  const Sample after = Sample().output("a", "1").output("b", "9").output("d", "4").output("e", "5");
  const auto outputs = compared(before, after).outputs;
  using State = OutputMatch::State;
  REQUIRE(outputs.size() == 5);
  CHECK(outputs[0].state == State::same);
  CHECK(outputs[1].state == State::differs);
  CHECK(outputs[1].before == "2");
  CHECK(outputs[1].after == "9");
  CHECK(outputs[2].state == State::missing);
  CHECK(outputs[3].state == State::added);
  CHECK_FALSE(compared(before, after).matches());
}

TEST_CASE("what was not hashed is no match") {
  const Sample before = Sample().output("a", "1");
  const Sample after = Sample().output("a", "1", model::DigestKind::partial);
  CHECK(compared(before, after).outputs[0].state == OutputMatch::State::unknown);
  CHECK_FALSE(compared(before, after).matches());
}

TEST_CASE("values may differ within the tolerance only, steps never") {
  const Sample before = Sample().metric("loss", {1, 2, 4});
  const Sample after = Sample().metric("loss", {1, 2, 4.0001});
  CHECK(compared(before, after).metrics[0].state == MetricMatch::State::differs);
  CHECK(compared(before, after).metrics[0].step == 2);
  CHECK(compared(before, after, 1e-3).metrics[0].state == MetricMatch::State::close);
  CHECK(compared(before, after, 1e-3).matches());
  Sample shifted = before;
  shifted.series["loss"].points[1].step = 7;
  CHECK(compared(before, shifted, 1).metrics[0].state == MetricMatch::State::differs);
  const Sample shorter = Sample().metric("loss", {1, 2});
  CHECK(compared(before, shorter, 1).metrics[0].state == MetricMatch::State::differs);
}

TEST_CASE("metrics that only one run has, and clew's own") {
  const Sample before = Sample().metric("a", {1}).metric("system/cpu", {3});
  const Sample after = Sample().metric("b", {1});
  const auto metrics = compared(before, after).metrics;
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].state == MetricMatch::State::missing);
  CHECK(metrics[1].state == MetricMatch::State::added);
}

TEST_CASE("an end of another kind is no match") {
  Sample after;
  after.parts.run.exit_code = 1;
  CHECK_FALSE(compared({}, after).matches());
}

TEST_CASE("a relative difference goes by the larger magnitude") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(relative_difference(1, 1) == 0);
  CHECK(relative_difference(NAN, -NAN) == 0);
  CHECK(relative_difference(1, 2) == 0.5);
  CHECK(relative_difference(-1, 1) == 2);
  CHECK(relative_difference(0, 1) == 1);
  CHECK(relative_difference(0.0, -0.0) > 0);
  CHECK(relative_difference(1, NAN) == kInfinity);
  CHECK(relative_difference(kInfinity, kInfinity) == 0);
  CHECK(relative_difference(kInfinity, -kInfinity) == kInfinity);
}
