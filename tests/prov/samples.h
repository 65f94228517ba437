#pragma once

#include <limits>
#include <string>

#include "model/run.h"
#include "prov/run_graph.h"

// Runs for the tests of the graph.

namespace clew::prov::samples {

inline constexpr Time start = 1'767'323'045'000'000;  // 2026-01-02T03:04:05Z
inline constexpr Time second = 1'000'000;

inline model::MetricSummary summary_of(const model::Series& series) {
  model::MetricSummary metric{series.name, series.source, {}};
  for (const auto& point : series.points)
    metric.summary.add(point);
  return metric;
}

inline model::Series loss_series() {
  return {"loss",
          model::MetricSource::api,
          {{0, start + second, 0.75}, {1, start + 2 * second, 0.5}, {2, start + 3 * second, 0.25}}};
}

inline model::Series accuracy_series() {
  return {"val/acc", model::MetricSource::output, {{std::nullopt, start + 2 * second, 0.75}}};
}

/// A run as short as can be: it goes on, and nothing but its command is known.
inline RunRecord bare_run() {
  RunRecord record;
  auto& run = record.parts.run;
  run.id = RunId{0x0123456789abcdef};
  run.argv = {"true"};
  run.started = start;
  return record;
}

inline model::Code dirty_code() {
  model::Code code;
  code.commit = "1111111111111111111111111111111111111111";
  code.tree = "2222222222222222222222222222222222222222";
  code.base = "3333333333333333333333333333333333333333";
  code.branch = "main";
  code.dirty = true;
  code.complete = false;
  code.remote = "https://example.org/digits.git";
  code.root = "/home/ada/digits";
  code.unstored = {{"data/digits.csv", 20'000'000, 0, "large", std::string(64, 'a')},
                   {".env", 40, 0, "secret", ""}};
  return code;
}

inline Json environment() {
  return parse_json(R"({"host":"lab1","os":{"name":"Debian GNU/Linux","version":"12",
    "kernel":"6.1.0","machine":"x86_64"},"cpu":{"model":"EPYC 7543","count":16},
    "memory":68719476736,"gpus":["H200","H200"],"user":"ada","cwd":"/home/ada/digits",
    "interpreter":{"path":"/usr/bin/python3","version":"3.11.2"},
    "variables":{"CUDA_VISIBLE_DEVICES":"0,1","API_TOKEN":"***"}})");
}

/// A finished run with something of everything.
inline RunRecord full_run() {
  RunRecord record;
  auto& run = record.parts.run;
  run.id = RunId{0x9f3c2a7be1d04a55};
  run.name = "first light";
  run.state = model::State::finished;
  run.exit_code = 0;
  run.parent = RunId{0x00c0ffee00c0ffee};
  run.group = "slurm-4711";
  run.argv = {"python", "train.py", "--lr", "0.01", "--note=two words"};
  run.cwd = "/home/ada/digits";
  run.user = "ada";
  run.host = "lab1";
  run.started = start;
  run.ended = start + 10 * second;
  run.params = {
      {"batch", 32, model::Source::file, "conf/base.yaml", {}},
      {"layers", Json(Json::Array{64, 32}), model::Source::file, "conf/base.yaml", {}},
      {"lr", 0.01, model::Source::argv, "", {{0.1, model::Source::file, "conf/base.yaml"}}},
      {"optimizer/name", "adam", model::Source::option, "", {}},
      {"seed", 12'345'678'901, model::Source::env, "", {}},
      {"shuffle", true, model::Source::argv, "", {}},
      {"warmup", nullptr, model::Source::api, "", {}},
  };
  run.metrics = {summary_of(loss_series()), summary_of(accuracy_series())};
  run.tags = {"baseline", "digits"};
  run.notes = {{start + 11 * second, "best so far"}};
  run.code = dirty_code();
  run.gaps = {"the GPU was not asked for its memory"};
  record.parts.environment = environment();
  record.parts.changes = {{"lr", 0.01, 0.001, 2, start + 3 * second, "plateau"},
                          {"lr", 0.001, 0.0001, std::nullopt, start + 4 * second, ""}};
  record.parts.artifacts = {{"out/model.npz", start + 9 * second},
                            {"report.txt", start + 9 * second}};
  record.parts.digest = Digest{};
  record.series = [](const std::string& name) {
    return name == "loss" ? loss_series() : accuracy_series();
  };
  record.has_output = true;
  return record;
}

/// The run of the example in clew-prov(7).
inline RunRecord small_run() {
  RunRecord record;
  auto& run = record.parts.run;
  run.id = RunId{0x9f3c2a7be1d04a55};
  run.state = model::State::finished;
  run.exit_code = 0;
  run.argv = {"python", "train.py", "--lr", "0.1"};
  run.user = "ada";
  run.started = start;
  run.ended = start + 10 * second;
  run.params = {{"lr", 0.1, model::Source::argv, "", {}}};
  const model::Series series = {
      "loss", model::MetricSource::api, {{0, start + second, 0.5}, {1, start + 2 * second, 0.25}}};
  run.metrics = {summary_of(series)};
  record.series = [series](const std::string&) { return series; };
  run.code.commit = run.code.base = "3333333333333333333333333333333333333333";
  run.code.branch = "main";
  return record;
}

/// Another run of the same code by the same user, killed.
inline RunRecord killed_run() {
  auto record = full_run();
  auto& run = record.parts.run;
  run.id = RunId{0x7000000000000001};
  run.name.clear();
  run.state = model::State::killed;
  run.exit_code.reset();
  run.signal = 9;
  run.parent = RunId{0x9f3c2a7be1d04a55};
  run.code.branch = "topic";
  run.started = start + 20 * second;
  run.ended = start + 25 * second;
  record.parts.changes.clear();
  record.parts.digest.reset();
  return record;
}

/// A run whose names and texts are anything but names and texts, with values that are no numbers.
inline RunRecord odd_run() {
  const std::string odd("\xff\x00 <&>\"'\\\n\x1b/:;#%{}\r", 18);
  auto record = full_run();
  auto& run = record.parts.run;
  run.name = run.group = run.cwd = run.user = run.host = odd;
  run.tags = {odd, odd};
  run.gaps = {odd, odd, "another"};
  run.notes = {{start, odd}};
  run.argv = {odd};
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  const auto infinity = std::numeric_limits<double>::infinity();
  run.params = {{odd, odd, model::Source::file, odd, {{odd, model::Source::env, odd}}},
                {"infinity", -infinity, model::Source::argv, "", {}},
                {"nan", nan, model::Source::argv, "", {}}};
  const model::Series series = {
      odd, model::MetricSource::api, {{-1, start, nan}, {-1, start, infinity}}};
  run.metrics = {summary_of(series)};
  record.series = [series](const std::string&) { return series; };
  run.code.branch = run.code.remote = run.code.root = run.code.unstored[0].path = odd;
  record.parts.changes = {{odd, odd, odd, 1, start, odd}, {"nan", nan, infinity, 1, start, odd}};
  record.parts.artifacts = {{odd, start}};
  return record;
}

}  // namespace clew::prov::samples
