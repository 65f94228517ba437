#pragma once

#include <stdio.h>
#include <unistd.h>

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "app/declaration.h"
#include "app/globals.h"
#include "app/parse.h"
#include "model/run.h"
#include "ui/output.h"

namespace clew::cmd::testing {

/// An output whose text can be read back.
class Paper {
 public:
  /// `columns` other than 0 makes it a terminal of that width.
  explicit Paper(std::size_t columns = 0, bool color = false)
      : file_(tmpfile()), output(fileno(file_), columns != 0, color, columns) {}
  ~Paper() { fclose(file_); }
  Paper(const Paper&) = delete;
  Paper& operator=(const Paper&) = delete;

  /// What was written since the last call.
  [[nodiscard]] std::string text() {
    output.flush();
    std::string bytes;
    char piece[4096];
    for (;;) {
      const ssize_t count = pread(fileno(file_), piece, sizeof piece, read_);
      if (count <= 0) return bytes;
      bytes.append(piece, static_cast<std::size_t>(count));
      read_ += count;
    }
  }

 private:
  FILE* file_;
  off_t read_ = 0;

 public:
  ui::Output output;
};

/// What `print` writes to a terminal of `columns` columns (0: to no terminal).
inline std::string printed(std::size_t columns, const std::function<void(ui::Output&)>& print) {
  Paper paper(columns);
  print(paper.output);
  return paper.text();
}

/// Parses words into a command's options, as the program does.
template <typename Options>
Options parsed(void (*declare)(Declaration&, Options&), const std::vector<std::string>& words,
               GlobalOptions* global = nullptr) {
  Options options;
  Declaration declaration;
  declare(declaration, options);
  GlobalOptions own;
  GlobalOptions& state = global != nullptr ? *global : own;
  Declaration globals;
  declare_globals(globals, state);
  parse(cut(words), "test", declaration, globals, state);
  return options;
}

inline model::MetricSummary metric(std::string name, std::initializer_list<double> values) {
  model::MetricSummary metric{std::move(name), model::MetricSource::api, {}};
  std::int64_t step = 0;
  for (const double value : values)
    metric.summary.add({step++, step * 1'000'000, value});
  return metric;
}

inline model::Parameter param(std::string name, Json value,
                              model::Source source = model::Source::argv) {
  model::Parameter param;
  param.name = std::move(name);
  param.value = std::move(value);
  param.source = source;
  return param;
}

/// 2026-01-02 03:04:05 UTC.
inline constexpr Time kStart = 1'767'323'045'000'000;

/// A run that took 12.3 seconds.
inline model::Run sample_run(std::uint64_t id) {
  model::Run run;
  run.id = RunId{id << 32};
  run.state = model::State::finished;
  run.exit_code = 0;
  run.argv = {"python", "train.py"};
  run.cwd = "/work";
  run.user = "user";
  run.host = "host";
  run.started = kStart;
  run.ended = kStart + 12'300'000;
  return run;
}

}  // namespace clew::cmd::testing
