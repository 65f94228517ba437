#include "watch_view.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "log_columns.h"
#include "render/text.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;
using ui::Label;

constexpr double kMicroseconds = 1e6;
constexpr Time kWindow = 30'000'000;

/// What a run counts its length in.
struct Length {
  double total = 0;
  bool epochs = false;
};

std::optional<Length> length_of(const Run& run) {
  constexpr std::array<std::string_view, 5> kEpochs = {"epochs", "num_epochs", "n_epochs",
                                                       "max_epochs", "num_train_epochs"};
  constexpr std::array<std::string_view, 6> kSteps = {"steps",       "max_steps",  "num_steps",
                                                      "total_steps", "iterations", "max_iters"};
  std::optional<Length> found;
  for (const model::Parameter& param : run.params) {
    std::string name = param.name.substr(param.name.rfind('.') + 1);
    std::replace(name.begin(), name.end(), '-', '_');
    const auto is = [&name](const auto& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (!param.value.is_number() || !(param.value.as_double() > 0)) continue;
    if (is(kSteps)) return Length{param.value.as_double(), false};
    if (is(kEpochs)) found = Length{param.value.as_double(), true};
  }
  return found;
}

/// The newest step of any metric but clew's own.
const model::Summary* newest(const Run& run) {
  const model::Summary* found = nullptr;
  for (const auto& metric : run.metrics) {
    const model::Summary& summary = metric.summary;
    if (model::is_system_metric(metric.name) || summary.count == 0) continue;
    if (found == nullptr || summary.last_time > found->last_time ||
        (summary.last_time == found->last_time && summary.last_step > found->last_step)) {
      found = &summary;
    }
  }
  return found;
}

/// Per second, from the oldest to the newest that was seen.
std::optional<double> pace_of(auto& seen, Time time, double place) {
  if (seen.empty() || seen.back().time < time) seen.push_back({time, place});
  while (seen.size() > 2 && seen[1].time < time - kWindow)
    seen.pop_front();
  const double seconds = static_cast<double>(seen.back().time - seen.front().time) / kMicroseconds;
  if (seconds <= 0) return std::nullopt;
  return (seen.back().place - seen.front().place) / seconds;
}

std::string rate_text(const std::optional<double>& rate) {
  return rate && *rate > 0 ? ui::number_text(*rate, 3) : std::string(ui::kMissing);
}

std::string left_text(const Pace& pace) {
  if (!pace.seconds_left()) return std::string(ui::kMissing);
  return format_duration(static_cast<std::int64_t>(*pace.seconds_left()) * 1'000'000);
}

std::string done_text(const Pace& pace) {
  if (!pace.done()) return std::string(ui::kMissing);
  return concat(static_cast<std::int64_t>(std::floor(*pace.done() * 100)), '%');
}

ui::Table table_of(const std::vector<WatchedRun>& runs, Time now) {
  using ui::Align;
  const bool named = std::any_of(runs.begin(), runs.end(),
                                 [](const WatchedRun& one) { return !one.run.name.empty(); });
  std::vector<ui::Column> columns = {{"id"}};
  if (named) columns.push_back({"name", Align::left, true});
  for (const char* title : {"state", "duration", "step", "steps/s", "done", "left"})
    columns.push_back({title, std::string_view(title) == "state" ? Align::left : Align::right});
  ui::Table table(std::move(columns));
  for (const WatchedRun& one : runs) {
    const bool running = one.run.state == model::State::running;
    std::vector<ui::Cell> cells = {{one.run.id.short_hex(), Label::id}};
    if (named) cells.push_back({ui::printable(one.run.name), Label::name});
    cells.push_back(ui::outcome_cell(one.run));
    cells.push_back({ui::duration_text(one.run, now), Label::number});
    cells.push_back(
        {one.pace.step() ? std::to_string(*one.pace.step()) : std::string(ui::kMissing)});
    cells.push_back({rate_text(one.pace.rate())});
    cells.push_back({done_text(one.pace)});
    cells.push_back({running ? left_text(one.pace) : std::string(ui::kMissing)});
    table.row(std::move(cells));
  }
  return table;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n'))
    lines.emplace_back(line);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// "  val_loss  0.10554  ▇▆▅▃▂▁" in columns of their own.
void add_metrics(std::vector<std::string>& lines, const WatchedRun& one, std::size_t columns,
                 std::size_t room, bool color) {
  const std::size_t shown = std::min(one.metrics.size(), room);
  std::size_t names = 0;
  std::size_t values = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, ui::display_width(ui::printable(one.metrics[i].name)));
    values = std::max(values, ui::number_text(one.metrics[i].last, 5).size());
  }
  names = std::min(names, columns / 3);
  const std::size_t taken = names + values + 6;
  for (std::size_t i = 0; i < shown; ++i) {
    const WatchedMetric& metric = one.metrics[i];
    const std::string name = ui::cut(ui::printable(metric.name), names);
    std::string line =
        concat("  ", ui::styled(Label::name, ui::padded(name, names), color), "  ",
               ui::padded(ui::number_text(metric.last, 5), values, ui::Align::right));
    if (columns > taken) {
      const std::string course = render::sparkline(metric.history, columns - taken);
      line += concat("  ", ui::styled(Label::curve_1, course, color));
    }
    lines.push_back(std::move(line));
  }
}

}  // namespace

void Pace::see(const Run& run, std::optional<std::int64_t> first_step, Time now) {
  const model::Summary* summary = newest(run);
  if (summary == nullptr) return;
  step_ = summary->last_step;
  const double first = static_cast<double>(first_step.value_or(0));
  const double step = step_ ? static_cast<double>(*step_) : static_cast<double>(summary->count);
  const Time time = summary->last_time;
  if (steps_.empty()) steps_.push_back({run.started, first - 1});
  rate_ = pace_of(steps_, time, step);
  const auto length = length_of(run);
  if (!length) return;
  // Counting from 0, the step 9 is the tenth.
  double place = step + (first_step == 0 ? 1 : 0);
  const model::MetricSummary* epochs = run.metric("epoch");
  if (length->epochs && epochs != nullptr && epochs->summary.count > 0) {
    place = epochs->summary.last + (epochs->summary.first < 1 ? 1 : 0);
  }
  // More steps than epochs: the steps count something else.
  if (place > length->total * 1.001) return;
  done_ = std::clamp(place / length->total, 0.0, 1.0);
  if (places_.empty()) places_.push_back({run.started, 0});
  const auto pace = pace_of(places_, time, place);
  if (!pace || !(*pace > 0)) return;
  const double since = static_cast<double>(std::max<Time>(now - time, 0)) / kMicroseconds;
  left_ = std::max((length->total - place) / *pace - since, 0.0);
}

std::vector<std::string> metrics_to_watch(const Run& run) {
  std::vector<std::string> names;
  for (const auto& metric : run.metrics) {
    if (!model::is_system_metric(metric.name) && metric.summary.count > 0 && metric.name != "epoch")
      names.push_back(metric.name);
  }
  std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return metric_rank(a) > metric_rank(b);
  });
  return names;
}

std::vector<std::string> watch_screen(const std::vector<WatchedRun>& runs, Time now,
                                      std::size_t columns, std::size_t rows, bool color) {
  const auto running = std::count_if(runs.begin(), runs.end(), [](const WatchedRun& one) {
    return one.run.state == model::State::running;
  });
  const auto ended = static_cast<std::ptrdiff_t>(runs.size()) - running;
  std::string summary = concat(running, " running");
  if (ended > 0) summary += concat(", ", ended, " ended");
  const std::string clock = concat(ui::date_time(now).substr(11), " UTC  q quits");
  summary = ui::cut(summary, columns);
  const bool fits = columns > summary.size() + clock.size();
  const std::size_t gap = fits ? columns - summary.size() - clock.size() : 0;
  std::vector<std::string> lines = {concat(ui::styled(Label::heading, summary, color),
                                           std::string(gap, ' '),
                                           fits ? ui::styled(Label::faint, clock, color) : "")};
  if (runs.empty()) {
    lines.push_back("");
    lines.push_back("nothing is running here; waiting for 'clew run -- COMMAND'");
    return lines;
  }
  ui::Output table(-1, true, color, columns);
  table_of(runs, now).print(table);
  for (std::string& line : lines_of(table.take()))
    lines.push_back(std::move(line));
  // Two lines of each run besides its metrics: a blank and its id.
  std::vector<const WatchedRun*> told;
  for (const WatchedRun& one : runs) {
    if (one.run.state == model::State::running || runs.size() == 1) told.push_back(&one);
  }
  for (std::size_t i = 0; i < told.size() && lines.size() + 3 <= rows; ++i) {
    const std::size_t room = (rows - lines.size()) / (told.size() - i);
    const std::size_t least = std::max<std::size_t>(room, 3);
    lines.push_back("");
    if (told.size() > 1) {
      const Run& run = told[i]->run;
      lines.push_back(concat(ui::styled(Label::id, run.id.short_hex(), color), "  ",
                             ui::cut(ui::command_text(run.argv), columns - 10)));
    }
    add_metrics(lines, *told[i], columns, least - (told.size() > 1 ? 2 : 1), color);
  }
  if (lines.size() > rows) lines.resize(rows);
  return lines;
}

std::string watch_line(const WatchedRun& one, Time now) {
  const bool running = one.run.state == model::State::running;
  std::string line = concat(ui::date_time(now), ' ', one.run.id.short_hex(), ' ',
                            running ? std::string("running") : ui::outcome_cell(one.run).text);
  if (one.pace.step()) line += concat(" step ", *one.pace.step());
  if (running) {
    if (one.pace.rate()) line += concat(' ', rate_text(one.pace.rate()), "/s");
    if (one.pace.seconds_left()) line += concat(" left ", left_text(one.pace));
  }
  for (const WatchedMetric& metric : one.metrics)
    line += concat(' ', ui::printable(metric.name), '=', ui::number_text(metric.last));
  return line;
}

}  // namespace clew::cmd
