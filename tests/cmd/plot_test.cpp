#include <catch2/catch.hpp>
#include <limits>

#include "base/error.h"
#include "cmd/stage.h"
#include "plot.h"
#include "plot_curves.h"
#include "plot_runs.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

model::Run run_with(std::uint64_t id, double lr) {
  model::Run run = sample_run(id);
  run.started += static_cast<Time>(id);
  run.params = {param("lr", lr), param("optimizer", Json(id % 2 == 0 ? "adam" : "sgd"))};
  return run;
}

int plot(Stage& stage, const std::vector<std::string>& words) {
  return stage.run(declare_plot, run_plot, words);
}

std::string fault(Stage& stage, const std::vector<std::string>& words) {
  try {
    plot(stage, words);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("plot's options") {
  const PlotOptions options =
      parsed(declare_plot, {"loss", "@", "--x", "time", "--log", "--smooth", "0.9", "--svg",
                            "a.svg", "--html", "-", "-n", "5", "--width", "100", "--height", "30"});
  CHECK(options.words == std::vector<std::string>{"loss", "@"});
  CHECK(options.x == "time");
  CHECK(options.logarithmic);
  CHECK(options.smooth == "0.9");
  CHECK(options.svg == "a.svg");
  CHECK(options.html == "-");
  CHECK(options.count == 5);
  CHECK(options.width == 100);
  CHECK(options.height == 30);
}

TEST_CASE("a plot has a curve for each run with what tells it apart") {
  Stage stage;
  stage.add(run_with(1, 0.1), {series("loss", {3, 2, 1})});
  stage.add(run_with(2, 0.01), {series("loss", {3, 2.5, 2}), series("acc", {0.1, 0.2})});
  CHECK(plot(stage, {"loss"}) == 0);
  const std::string text = stage.out.text();
  CHECK(text.find("loss\n") == 0);
  CHECK(text.find("00000001 lr=0.1") != std::string::npos);
  CHECK(text.find("00000002 lr=0.01") != std::string::npos);
  CHECK(plot(stage, {"loss", "acc", "@"}) == 0);
  CHECK(stage.out.text().find("loss, acc of 00000002") == 0);
}

TEST_CASE("words that are neither metric nor run are errors that help") {
  Stage stage;
  stage.add(run_with(1, 0.1), {series("loss", {3, 2, 1})});
  CHECK(fault(stage, {}) == "no metric to draw");
  CHECK(fault(stage, {"los"}) == "no run has a metric 'los'");
  CHECK(fault(stage, {"loss", "nosuch"}) == "unknown run 'nosuch'");
  CHECK(fault(stage, {"loss", "--smooth", "1"}).find("--smooth '1'") == 0);
  CHECK(fault(stage, {"loss", "--width", "5"}).find("--width 5") == 0);
  CHECK(fault(stage, {"--scatter", "lr"}).find("--scatter takes two names") == 0);
  CHECK(fault(stage, {"--parallel", "lr"}).find("--parallel takes two names") == 0);
  CHECK(fault(stage, {"--parallel", "lr,x", "--scatter", "a,b"}).find("exclude each other") !=
        std::string::npos);
}

TEST_CASE("values that cannot be shown are counted") {
  Stage stage;
  stage.add(run_with(1, 0.1), {series("loss", {3, kNaN, 0, -1, 2})});
  CHECK(plot(stage, {"loss", "--log"}) == 0);
  const std::string text = stage.out.text();
  CHECK(text.find("1 value not a number") != std::string::npos);
  CHECK(text.find("2 values infinite or not above 0") != std::string::npos);
}

TEST_CASE("steps, times and epochs") {
  Stage stage;
  model::Run run = run_with(1, 0.1);
  model::Series loss{"loss", model::MetricSource::api, {}};
  model::Series epoch{"epoch", model::MetricSource::api, {}};
  for (std::int64_t step = 0; step <= 100; step += 50) {
    loss.points.push_back({step, run.started + step * 1'000'000, 1.0});
    epoch.points.push_back({step, run.started + step * 1'000'000, static_cast<double>(step) / 50});
  }
  stage.add(run, {loss, epoch});
  const auto catalog = query::Catalog::open(stage.layout);
  const auto last_x = [&](Across across) {
    CurveRequest request;
    request.metrics = {"loss"};
    request.runs = catalog.runs();
    request.across = across;
    return std::get<render::Plot>(chart_of(catalog, request).content).curves[0].samples.back().x;
  };
  CHECK(last_x(Across::step) == 100);
  CHECK(last_x(Across::time) == 100);
  CHECK(last_x(Across::epoch) == 2);
}

TEST_CASE("a long series is drawn as the ranges of its parts") {
  Stage stage;
  model::Series loss{"loss", model::MetricSource::api, {}};
  for (std::int64_t i = 0; i < 50'000; ++i)
    loss.points.push_back({i, kStart + i, i == 33'333 ? 1000.0 : static_cast<double>(i % 7)});
  stage.add(run_with(1, 0.1), {loss});
  const auto catalog = query::Catalog::open(stage.layout);
  for (const std::size_t most : {5U, 100U, 60'000U}) {
    CurveRequest request;
    request.metrics = {"loss"};
    request.runs = catalog.runs();
    request.most = most;
    const auto chart = chart_of(catalog, request);
    const auto& samples = std::get<render::Plot>(chart.content).curves[0].samples;
    CHECK(samples.size() <= std::max<std::size_t>(most, 13));
    double highest = 0;
    for (const auto& sample : samples) {
      CHECK(sample.low <= sample.y);
      CHECK(sample.y <= sample.high);
      highest = std::max(highest, sample.high);
    }
    CHECK(highest == 1000);
  }
}

TEST_CASE("smoothing has no bias at its start and leaves gaps") {
  const auto flat = smoothed({{0, 5, 5, 5}, {1, 5, 5, 5}, {2, 5, 5, 5}}, {1, 1, 1}, 0.9);
  for (const auto& sample : flat)
    CHECK(sample.y == Approx(5));
  const auto two = smoothed({{0, 0, 0, 0}, {1, 1, 1, 1}}, {1, 1}, 0.5);
  CHECK(two[1].y == Approx(2.0 / 3));
  const auto gap = smoothed({{0, 2, 2, 2}, {1, kNaN, kNaN, kNaN}, {2, 2, 2, 2}}, {1, 0, 1}, 0.9);
  CHECK(std::isnan(gap[1].y));
  CHECK(gap[2].y == Approx(2));
  // Many values at once outweigh what was before.
  CHECK(smoothed({{0, 0, 0, 0}, {1, 8, 8, 8}}, {1, 4096}, 0.9)[1].y == Approx(8));
}

TEST_CASE("axes fit their values") {
  const auto scale = [](std::vector<Json> values) {
    return axis_of({"x", std::move(values)}).scale;
  };
  CHECK(scale({0.001, 0.1}) == render::Scale::logarithmic);
  CHECK(scale({0.01, 0.1}) == render::Scale::linear);
  CHECK(scale({0.0, 1000}) == render::Scale::linear);
  CHECK(scale({Json("a"), 1}) == render::Scale::category);
  CHECK(axis_of({"x", {Json("b"), 10, 9, Json("a"), Json()}}).categories ==
        std::vector<std::string>{"9", "10", "a", "b"});
}

TEST_CASE("runs that lack a value are named, not dropped in silence") {
  const std::vector<model::Run> runs = {run_with(1, 0.1), run_with(2, 0.2)};
  const auto chart = scatter_chart(runs, {{"lr", {0.1, 0.2}}, {"acc", {0.5, Json()}}});
  REQUIRE(chart.notes.size() == 1);
  CHECK(chart.notes[0].find("1 run without lr or acc is not shown: 00000002") == 0);
  const auto lines = parallel_chart(runs, {{"lr", {0.1, 0.2}}, {"acc", {0.5, Json()}}});
  CHECK(std::get<render::Parallel>(lines.content).lines.size() == 1);
  CHECK(lines.notes.size() == 1);
}

TEST_CASE("bars of importance, and too few runs for them") {
  Stage stage;
  std::uint64_t id = 0;
  for (const double lr : {0.1, 0.2, 0.3}) {
    stage.add(run_with(++id, lr), {series("loss", {lr})});
    stage.add(run_with(++id, lr), {series("loss", {lr})});
  }
  CHECK(plot(stage, {"--bars", "loss", "--width", "60", "--height", "12"}) == 0);
  const std::string text = stage.out.text();
  CHECK(text.find("What loss depends on") == 0);
  CHECK(text.find("lr ") < text.find("optimizer "));
  CHECK(text.find("exact, of 6 combinations, 6 runs") != std::string::npos);
  CHECK(fault(stage, {"--bars", "nosuch"}) != "no error");
  CHECK(fault(stage, {"--bars", "loss", "--scatter", "lr,loss"}) ==
        "--scatter, --parallel and --bars exclude each other");
  CHECK_THROWS_WITH(plot(stage, {"--bars", "loss", "@", "@~1"}),
                    Catch::StartsWith("there is nothing to draw: too few runs"));
}
