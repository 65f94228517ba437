#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "app/session.h"
#include "cmd/printed.h"
#include "store/store.h"
#include "support/temporary_directory.h"

namespace clew::cmd::testing {

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Time now() override { return kStart + 180'000'000; }
};

/// A store in a directory of its own, and a session in which commands read it.
class Stage {
 public:
  explicit Stage(std::size_t columns = 0) : out(columns), err(0) {
    layout.root = directory.path() / ".clew";
    store::create(layout);
  }

  /// Puts a run into the store, with the points of its series.
  void add(const model::Run& run, const std::vector<model::Series>& series = {},
           const std::string& printed = {}, const Json& environment = Json::object()) {
    auto store = store::Store::open_for_writing(layout, std::chrono::seconds(5));
    auto writer = store.write_run(run.id);
    writer.set_environment(environment);
    for (const model::Series& one : series) {
      for (const model::Point& point : one.points)
        writer.add_point(one.name, one.source, point);
    }
    if (!printed.empty()) {
      writer.add_output(model::Stream::standard_output, run.started, printed);
      writer.add_output(model::Stream::standard_error, run.started, "oh\n");
    }
    writer.commit(run);
  }

  [[nodiscard]] Session session() {
    return {.global = global,
            .environment = {},
            .directory = directory.path(),
            .program = {},
            .clock = clock,
            .ids = random_ids(),
            .input = 0,
            .out = out.output,
            .err = err.output,
            .settings = {},
            .location = store::Location{layout, true, false}};
  }

  /// Runs a command with these arguments; what it printed so far is `out.text()`.
  template <typename Options>
  int run(void (*declare)(Declaration&, Options&), int (*act)(Session&, const Options&),
          const std::vector<std::string>& words) {
    const Options options = parsed(declare, words, &global);
    Session one = session();
    return act(one, options);
  }

  TemporaryDirectory directory;
  store::Layout layout;
  GlobalOptions global;
  StoppedClock clock;
  Paper out;
  Paper err;
};

/// A series of these values, one a second.
inline model::Series series(std::string name, std::initializer_list<double> values) {
  model::Series series{std::move(name), model::MetricSource::api, {}};
  std::int64_t step = 0;
  for (const double value : values) {
    series.points.push_back({step, kStart + step * 1'000'000, value});
    ++step;
  }
  return series;
}

}  // namespace clew::cmd::testing
