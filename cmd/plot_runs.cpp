#include "plot_runs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "plot_curves.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The place of a value on its axis; NaN where it has none.
double position(const render::Axis& axis, const Json& value) {
  if (value.is_null()) return kNaN;
  if (axis.scale != render::Scale::category) return value.as_double();
  const auto found =
      std::find(axis.categories.begin(), axis.categories.end(), ui::value_text(value));
  return static_cast<double>(found - axis.categories.begin());
}

/// The categories of a column in their order: numbers by value, before texts by their bytes.
std::vector<std::string> categories_of(const std::vector<Json>& values) {
  std::map<std::pair<double, std::string>, std::string> ordered;
  for (const Json& value : values) {
    if (value.is_null()) continue;
    std::string text = ui::value_text(value);
    const double number =
        value.is_number() ? value.as_double() : std::numeric_limits<double>::infinity();
    ordered.emplace(std::pair(number, text), text);
  }
  std::vector<std::string> categories;
  categories.reserve(ordered.size());
  for (auto& [key, text] : ordered)
    categories.push_back(text);
  return categories;
}

void note_without(render::Chart& chart, const std::vector<Run>& runs,
                  const std::vector<std::size_t>& without, std::string_view what) {
  if (without.empty()) return;
  constexpr std::size_t kNamed = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(without.size(), kNamed); ++i)
    names += concat(i == 0 ? "" : ", ", runs[without[i]].id.short_hex());
  if (without.size() > kNamed) names += ", …";
  chart.notes.push_back(concat(ui::counted(without.size(), "run"), " without ", what,
                               without.size() == 1 ? " is" : " are", " not shown: ", names));
}

}  // namespace

render::Axis axis_of(const RunValues& column) {
  render::Axis axis;
  axis.title = ui::printable(column.title);
  const bool numbers = std::all_of(column.values.begin(), column.values.end(),
                                   [](const Json& v) { return v.is_null() || v.is_number(); });
  if (!numbers) {
    axis.scale = render::Scale::category;
    axis.categories = categories_of(column.values);
    return axis;
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const Json& value : column.values) {
    if (value.is_null() || !std::isfinite(value.as_double())) continue;
    low = std::min(low, value.as_double());
    high = std::max(high, value.as_double());
  }
  constexpr double kWide = 100;
  if (low > 0 && high >= low * kWide * (1 - 1e-9)) axis.scale = render::Scale::logarithmic;
  return axis;
}

render::Chart scatter_chart(const std::vector<Run>& runs, const std::vector<RunValues>& columns) {
  if (columns.size() != 2 && columns.size() != 3) {
    throw Error(ErrorKind::usage, "--scatter takes two names, and a third one for colours",
                {"such as --scatter lr,val_acc.max"});
  }
  render::Plot plot;
  plot.form = render::Plot::Form::points;
  plot.x = axis_of(columns[0]);
  plot.y = axis_of(columns[1]);
  std::vector<std::string> groups;
  if (columns.size() == 3) groups = categories_of(columns[2].values);
  constexpr std::size_t kMostGroups = 12;
  if (groups.size() > kMostGroups) {
    throw Error(ErrorKind::usage, concat("'", columns[2].title, "' has ", groups.size(),
                                         " different values, too many for colours"));
  }
  const std::string none(ui::kMissing);
  groups.push_back(none);
  for (const std::string& group : groups) {
    render::Curve curve;
    if (columns.size() == 3) curve.name = concat(ui::printable(columns[2].title), '=', group);
    plot.curves.push_back(std::move(curve));
  }
  const std::vector<std::string> labels = run_labels(runs);
  std::vector<std::size_t> without;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double x = position(plot.x, columns[0].values[i]);
    const double y = position(plot.y, columns[1].values[i]);
    if (std::isnan(x) || std::isnan(y)) {
      without.push_back(i);
      continue;
    }
    std::string group = none;
    if (columns.size() == 3 && !columns[2].values[i].is_null())
      group = ui::value_text(columns[2].values[i]);
    const auto place = std::find(groups.begin(), groups.end(), group) - groups.begin();
    render::Curve& curve = plot.curves[static_cast<std::size_t>(place)];
    curve.samples.push_back({x, y, y, y});
    curve.names.push_back(labels[i]);
  }
  std::erase_if(plot.curves, [](const render::Curve& curve) { return curve.samples.empty(); });
  render::Chart chart;
  chart.title = concat(plot.y.title, " by ", plot.x.title);
  note_without(chart, runs, without, concat(plot.x.title, " or ", plot.y.title));
  chart.content = std::move(plot);
  return chart;
}

render::Chart parallel_chart(const std::vector<Run>& runs, const std::vector<RunValues>& columns) {
  if (columns.size() < 2) {
    throw Error(ErrorKind::usage, "--parallel takes two names or more",
                {"such as --parallel lr,batch,val_acc.max"});
  }
  render::Parallel parallel;
  for (const RunValues& column : columns)
    parallel.axes.push_back(axis_of(column));
  const std::vector<std::string> labels = run_labels(runs);
  std::vector<std::size_t> without;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    render::Parallel::Line line{labels[i], {}};
    std::size_t there = 0;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      line.values.push_back(position(parallel.axes[k], columns[k].values[i]));
      there += std::isnan(line.values.back()) ? 0 : 1;
    }
    // A line needs two neighbours; what has less cannot be seen.
    if (there < 2) {
      without.push_back(i);
    } else {
      parallel.lines.push_back(std::move(line));
    }
  }
  render::Chart chart;
  chart.title =
      concat(ui::counted(parallel.lines.size(), "run"), " by ", parallel.axes.back().title);
  note_without(chart, runs, without, "these values");
  chart.content = std::move(parallel);
  return chart;
}

}  // namespace clew::cmd
