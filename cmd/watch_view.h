#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/run.h"
#include "ui/output.h"

// What `clew watch` shows, apart from where it shows it.

namespace clew::cmd {

/// How fast a run goes and how long it still takes, from its newest step and the times at which it
/// was seen.
class Pace {
 public:
  /// Takes the run as it is now. `first_step` is the least step that a series began with.
  void see(const model::Run& run, std::optional<std::int64_t> first_step, Time now);

  [[nodiscard]] std::optional<std::int64_t> step() const { return step_; }
  /// Steps per second over the last half minute, or since the start where less is known.
  [[nodiscard]] std::optional<double> rate() const { return rate_; }
  /// Seconds; nothing where the run does not say how long it goes on. That says a parameter whose
  /// name, or its part behind the last '.', is epochs, num_epochs, n_epochs, max_epochs or
  /// num_train_epochs; or steps, max_steps, num_steps, total_steps, iterations or max_iters.
  [[nodiscard]] std::optional<double> seconds_left() const { return left_; }
  /// From 0 to 1.
  [[nodiscard]] std::optional<double> done() const { return done_; }

 private:
  struct Seen {
    Time time = 0;
    double place = 0;
  };
  std::optional<std::int64_t> step_;
  std::optional<double> rate_;
  std::optional<double> left_;
  std::optional<double> done_;
  std::deque<Seen> steps_;
  std::deque<Seen> places_;  // of what the length is counted in
};

/// A metric with its course so far.
struct WatchedMetric {
  std::string name;
  double last = 0;
  std::vector<double> history;
};

struct WatchedRun {
  model::Run run;
  Pace pace;
  std::vector<WatchedMetric> metrics;  ///< those that say most first
};

/// The metrics of a run but clew's own, those that say most first.
[[nodiscard]] std::vector<std::string> metrics_to_watch(const model::Run& run);

/// The screen in `rows` lines at most: a heading, the table of the runs, and for each that goes on
/// its metrics with their courses, as far as there is room. `out` tells colours and width.
[[nodiscard]] std::vector<std::string> watch_screen(const std::vector<WatchedRun>& runs, Time now,
                                                    std::size_t columns, std::size_t rows,
                                                    bool color);

/// A run on one line, for what is no terminal.
[[nodiscard]] std::string watch_line(const WatchedRun& run, Time now);

}  // namespace clew::cmd
