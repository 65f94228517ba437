#include <algorithm>
#include <catch2/catch.hpp>

#include "cmd/printed.h"
#include "run.h"
#include "set.h"
#include "stop.h"
#include "watch.h"
#include "watch_view.h"

using namespace clew;
using namespace clew::cmd;
using namespace clew::cmd::testing;

namespace {

constexpr Time kSecond = 1'000'000;

/// A run that reports one step a second, so far `steps` of them.
model::Run running(std::int64_t steps) {
  model::Run run = sample_run(1);
  run.state = model::State::running;
  run.exit_code.reset();
  run.ended.reset();
  model::MetricSummary loss{"loss", model::MetricSource::api, {}};
  for (std::int64_t step = 0; step < steps; ++step)
    loss.summary.add({step, run.started + (step + 1) * kSecond, 1.0});
  run.metrics = {loss};
  return run;
}

}  // namespace

TEST_CASE("options of watch, stop, set and rules") {
  const auto watch = parsed(declare_watch, {"@", "wide", "--exit", "--interval", "2"});
  CHECK(watch.runs == std::vector<std::string>{"@", "wide"});
  CHECK(watch.exit);
  CHECK(watch.interval == "2");
  const auto stop = parsed(declare_stop, {"wide", "--checkpoint", "--grace", "5", "--no-wait"});
  CHECK(stop.run == "wide");
  CHECK(stop.checkpoint);
  CHECK(stop.grace == "5");
  CHECK(stop.no_wait);
  CHECK_FALSE(stop.now);
  const auto set = parsed(declare_set, {"@", "lr=0.1", "a=b", "--new"});
  CHECK(set.run == "@");
  CHECK(set.settings == std::vector<std::string>{"lr=0.1", "a=b"});
  CHECK(set.anew);
  const auto run =
      parsed(declare_run, {"--stop-when", "a > 1", "--stop-when", "b > 1", "--alert", "c",
                           "--note-when", "d", "--checkpoint-signal", "USR1", "--", "true"});
  CHECK(run.stop_when == std::vector<std::string>{"a > 1", "b > 1"});
  CHECK(run.alerts == std::vector<std::string>{"c"});
  CHECK(run.note_when == std::vector<std::string>{"d"});
  CHECK(run.checkpoint_signal == "USR1");
}

TEST_CASE("pace and time left by epochs") {
  model::Run run = running(10);
  run.params = {param("train.epochs", 40)};
  Pace pace;
  pace.see(run, 0, run.started + 10 * kSecond);
  CHECK(pace.step() == 9);
  CHECK(pace.rate() == Approx(1));
  CHECK(pace.done() == Approx(0.25));
  CHECK(pace.seconds_left() == Approx(30));
  // The time that goes by between two points counts.
  pace.see(run, 0, run.started + 14 * kSecond);
  CHECK(pace.seconds_left() == Approx(26));
}

TEST_CASE("pace without a length, and of a run that counts from 1") {
  Pace unknown;
  unknown.see(running(10), 0, kStart + 10 * kSecond);
  CHECK(unknown.rate() == Approx(1));
  CHECK_FALSE(unknown.seconds_left());
  CHECK_FALSE(unknown.done());
  model::Run run = running(10);
  run.params = {param("max_steps", 18)};
  Pace pace;
  pace.see(run, 1, kStart + 10 * kSecond);
  CHECK(pace.done() == Approx(0.5));
  Pace nothing;
  nothing.see(sample_run(1), std::nullopt, kStart);
  CHECK_FALSE(nothing.step());
}

TEST_CASE("the epoch counts where the steps are more than the epochs") {
  model::Run run = running(100);
  run.params = {param("epochs", 10)};
  Pace pace;
  pace.see(run, 0, kStart + 100 * kSecond);
  CHECK_FALSE(pace.done());
  model::MetricSummary epoch{"epoch", model::MetricSource::api, {}};
  for (int i = 0; i < 5; ++i)
    epoch.summary.add({i * 20, kStart + i * 20 * kSecond, static_cast<double>(i)});
  run.metrics.insert(run.metrics.begin(), epoch);
  pace.see(run, 0, kStart + 100 * kSecond);
  CHECK(pace.done() == Approx(0.5));
}

TEST_CASE("the screen fits its terminal and shows table and courses") {
  std::vector<WatchedRun> runs;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    WatchedRun one;
    one.run = running(10);
    one.run.id = RunId{id << 32};
    one.run.params = {param("epochs", 20)};
    one.pace.see(one.run, 0, kStart + 10 * kSecond);
    for (int k = 0; k < 4; ++k)
      one.metrics.push_back({"metric" + std::to_string(k), 0.5, {1, 2, 3, 4}});
    runs.push_back(one);
  }
  for (const auto& [columns, rows] :
       {std::pair<std::size_t, std::size_t>{80, 24}, {40, 12}, {200, 50}, {30, 5}}) {
    const auto lines = watch_screen(runs, kStart + 10 * kSecond, columns, rows, false);
    CHECK(lines.size() <= rows);
    for (const auto& line : lines)
      CHECK(ui::display_width(line) <= columns);
  }
  const auto lines = watch_screen(runs, kStart + 10 * kSecond, 80, 24, false);
  CHECK(lines[0].find("3 running") == 0);
  CHECK(lines[2].find("00000001") == 0);
  CHECK(lines[2].find("50%") != std::string::npos);
  CHECK(lines[2].find("10.0s") != std::string::npos);
  const auto with_course = std::count_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.find("▁▃▆█") != std::string::npos;
  });
  CHECK(with_course >= 6);
}

TEST_CASE("a run on one line") {
  WatchedRun one;
  one.run = running(10);
  one.run.params = {param("epochs", 20)};
  one.pace.see(one.run, 0, kStart + 10 * kSecond);
  one.metrics = {{"loss", 0.25, {}}};
  CHECK(watch_line(one, kStart + 10 * kSecond) ==
        "2026-01-02 03:04:15 00000001 running step 9 1/s left 10.0s loss=0.25");
}
