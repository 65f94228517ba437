#include <catch2/catch.hpp>

#include <cmath>

#include "query/compare.h"

using namespace clew;
using query::compare;
using query::SystemMetrics;

namespace {

model::RunParts with_param(Json value) {
  model::RunParts parts;
  parts.run.params = {{"lr", std::move(value), model::Source::argv, "", {}}};
  return parts;
}

model::RunParts with_metric(std::string name, const std::vector<double>& values) {
  model::RunParts parts;
  model::MetricSummary metric{std::move(name), model::MetricSource::api, {}};
  for (const double value : values)
    metric.summary.add({std::nullopt, 0, value});
  parts.run.metrics = {std::move(metric)};
  return parts;
}

model::RunParts with_environment(std::string_view json) {
  model::RunParts parts;
  parts.environment = parse_json(json);
  return parts;
}

query::Comparison compared(const model::RunParts& a, const model::RunParts& b) {
  return compare(a, b, SystemMetrics::leave_out);
}

}  // namespace

TEST_CASE("a run is equal to itself") {
  auto run = with_param(std::nan(""));
  run.run.metrics = with_metric("loss", {std::nan("")}).run.metrics;
  run.run.argv = {"a"};
  run.run.code.tree = "7ee";
  CHECK(compared(run, run).equal());
  CHECK(compared({}, {}).equal());
}

TEST_CASE("what tells two runs apart besides their names and times") {
  model::RunParts a;
  model::RunParts b;
  b.run.name = "b";
  b.run.id = RunId{2};
  b.run.started = 5;
  b.run.tags = {"t"};
  CHECK(compared(a, b).equal());
  SECTION("state") {
    b.run.state = model::State::failed;
    CHECK(compared(a, b).state_differs);
  }
  SECTION("exit code") {
    b.run.exit_code = 2;
    CHECK(compared(a, b).state_differs);
  }
  SECTION("signal") {
    b.run.signal = 2;
    CHECK(compared(a, b).state_differs);
  }
  SECTION("argv") {
    b.run.argv = {"x"};
    CHECK(compared(a, b).command_differs);
  }
  SECTION("tree") {
    b.run.code.tree = "x";
    CHECK(compared(a, b).code_differs);
  }
  CHECK_FALSE(compared(a, b).equal());
}

TEST_CASE("code that is not complete is known to be the same only by what was hashed") {
  model::RunParts a;
  a.run.code.tree = "7ee";
  model::RunParts b = a;
  b.run.id = RunId{2};
  CHECK_FALSE(compared(a, b).code_differs);
  b.run.code.commit = "another";
  CHECK_FALSE(compared(a, b).code_differs);
  b.run.code.complete = false;
  CHECK(compared(a, b).code_unknown);
  CHECK(compared(b, a).code_unknown);
  CHECK_FALSE(compared(a, b).code_differs);
  CHECK_FALSE(compared(a, b).equal());
  CHECK(compared(b, b).equal());

  a.run.code.complete = false;
  a.run.code.unstored = {{"data.bin", 5, 0, "large", "aa"}};
  CHECK(compared(a, b).code_differs);
  b.run.code.unstored = a.run.code.unstored;
  CHECK(compared(a, b).equal());
  b.run.code.unstored[0].sha256 = "";
  CHECK(compared(a, b).code_unknown);
  b.run.code.unstored[0].sha256 = "bb";
  CHECK(compared(a, b).code_differs);
  CHECK_FALSE(compared(a, b).code_unknown);
  b.run.code.unstored[0] = {"data.bin", 6, 0, "large", ""};
  CHECK(compared(a, b).code_differs);
}

TEST_CASE("parameters compare exactly") {
  CHECK(compared(with_param(0.1), with_param(0.1)).equal());
  CHECK(compared(with_param(0.1), with_param(std::nextafter(0.1, 1))).params.size() == 1);
  CHECK(compared(with_param(1), with_param(1.0)).params.size() == 1);
  CHECK(compared(with_param(0.0), with_param(-0.0)).params.size() == 1);
  CHECK(compared(with_param("1"), with_param(1)).params.size() == 1);
}

TEST_CASE("rows come by name, with nothing where a name is missing") {
  model::RunParts a;
  model::RunParts b;
  const auto param = [](const char* name, Json value) {
    return model::Parameter{name, std::move(value), model::Source::argv, "", {}};
  };
  a.run.params = {param("b", 1), param("c", 1), param("d", nullptr)};
  b.run.params = {param("a", 2), param("b", 2), param("c", 1)};
  const auto rows = compared(a, b).params;
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].name == "a");
  CHECK_FALSE(rows[0].a.has_value());
  CHECK(rows[0].b == Json(2));
  CHECK(rows[1].name == "b");
  CHECK(rows[1].a == Json(1));
  CHECK(rows[1].b == Json(2));
  CHECK(rows[2].name == "d");
  CHECK(rows[2].a == Json());
  CHECK_FALSE(rows[2].b.has_value());
}

TEST_CASE("metrics differ in count, first, last, min or max") {
  const auto differ = [](const std::vector<double>& a, const std::vector<double>& b) {
    return !compared(with_metric("m", a), with_metric("m", b)).metrics.empty();
  };
  CHECK_FALSE(differ({1, 2, 5, 3}, {1, 4, 5, 3}));
  CHECK(differ({1, 1}, {1, 1, 1}));
  CHECK(differ({1, 2, 3}, {2, 1, 3}));
  CHECK(differ({1, 2, 3}, {1, 3, 2}));
  CHECK(differ({1, 0, 1}, {1, -1, 1}));
  CHECK(differ({1, 2, 1}, {1, 3, 1}));
  CHECK(differ({0.0}, {-0.0}));
  CHECK_FALSE(differ({std::nan("")}, {std::nan("")}));
}

TEST_CASE("metrics of clew's own take part when asked for") {
  const auto a = with_metric("system/cpu", {1});
  const auto b = with_metric("system/cpu", {2});
  CHECK(compare(a, b, SystemMetrics::leave_out).equal());
  const auto rows = compare(a, b, SystemMetrics::include).metrics;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].a->summary.last == 1);
  CHECK(rows[0].b->summary.last == 2);
}

TEST_CASE("environments compare leaf by leaf") {
  const auto rows = compared(with_environment(R"({"os":{"name":"linux","v":1},"gpus":["a"]})"),
                             with_environment(R"({"os":{"name":"linux","v":2},"gpus":["a","b"]})"))
                        .environment;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].name == "gpus");
  CHECK(dump_json(*rows[0].b) == R"(["a","b"])");
  CHECK(rows[1].name == "os.v");
  CHECK(rows[1].a == Json(1));
  CHECK(compared(with_environment("{}"), with_environment("{}")).equal());
  CHECK(compared(with_environment("{}"), with_environment(R"({"a":{}})")).environment.size() == 1);
}
