#include <catch2/catch.hpp>

#include <cmath>

#include "export/support.h"

using namespace clew;
using test::kStart;

namespace {

std::string runs_csv(const std::vector<model::Run>& runs) {
  std::string text;
  exporter::write_runs_csv(runs, kStart + 2'000'000,
                           [&](std::string_view piece) { text += piece; });
  return text;
}

model::Run made_run(const char* id) {
  model::Run run;
  run.id = *RunId::parse(id);
  run.started = kStart;
  return run;
}

}  // namespace

TEST_CASE("a field of CSV is quoted only where it must be") {
  CHECK(exporter::csv_field("").empty());
  CHECK(exporter::csv_field("plain text") == "plain text");
  CHECK(exporter::csv_field("a,b") == "\"a,b\"");
  CHECK(exporter::csv_field("say \"x\"") == "\"say \"\"x\"\"\"");
  CHECK(exporter::csv_field("two\nlines") == "\"two\nlines\"");
  CHECK(exporter::csv_field("\r") == "\"\r\"");
  CHECK(exporter::csv_field("caf\xe9") == "caf\xef\xbf\xbd");
}

TEST_CASE("runs come as rows with all parameters and last values as columns") {
  model::Run a = made_run("00000000000000aa");
  a.state = model::State::finished;
  a.ended = kStart + 1'500'000;
  a.params = {{"lr", 0.1, model::Source::argv, "", {}},
              {"sizes", Json::Array{1, 2}, model::Source::argv, "", {}}};
  model::Summary summary;
  summary.add({1, 0, std::nan("")});
  model::Summary system;
  system.add({1, 0, 1.0});
  a.metrics = {{"loss", model::MetricSource::api, summary},
               {"system/cpu", model::MetricSource::api, system}};
  model::Run b = made_run("00000000000000bb");
  b.name = "x, y";
  b.params = {{"lr", "high", model::Source::argv, "", {}}};
  b.metrics = {{"empty", model::MetricSource::api, {}}};
  CHECK(runs_csv({a, b}) ==
        "id,name,state,started,ended,duration,lr,sizes,empty,loss\n"
        "00000000000000aa,,finished,2026-01-02T03:04:05.123456Z,2026-01-02T03:04:06.623456Z,1.5,"
        "0.1,\"[1,2]\",,NaN\n"
        "00000000000000bb,\"x, y\",running,2026-01-02T03:04:05.123456Z,,2.0,high,,,\n");
}

TEST_CASE("a name that heads two columns is qualified in both") {
  model::Run run = made_run("00000000000000aa");
  run.state = model::State::interrupted;
  run.params = {{"loss", "mse", model::Source::argv, "", {}},
                {"name", "n", model::Source::argv, "", {}}};
  model::Summary summary;
  summary.add({1, 0, 0.5});
  run.metrics = {{"loss", model::MetricSource::api, summary}};
  CHECK(runs_csv({run}) ==
        "id,name,state,started,ended,duration,params.loss,params.name,metrics.loss\n"
        "00000000000000aa,,interrupted,2026-01-02T03:04:05.123456Z,,,mse,n,0.5\n");
}

TEST_CASE("no runs give the header alone") {
  CHECK(runs_csv({}) == "id,name,state,started,ended,duration\n");
}

TEST_CASE("a series comes as rows of step, time and value") {
  const model::Series series{"loss",
                             model::MetricSource::api,
                             {{3, kStart, 0.1}, {std::nullopt, kStart + 1, std::nan("")}}};
  std::string text;
  exporter::write_series_csv(series, [&](std::string_view piece) { text += piece; });
  CHECK(text ==
        "step,time,value\n"
        "3,2026-01-02T03:04:05.123456Z,0.1\n"
        ",2026-01-02T03:04:05.123457Z,NaN\n");
}
