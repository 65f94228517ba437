#include "plot_curves.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "expr/value.h"
#include "render/extent.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;
using model::Stretch;
using render::Curve;
using render::Sample;

/// The epoch at a step: on straight lines between the points of the metric "epoch".
class Epochs {
 public:
  explicit Epochs(const std::vector<Stretch>& stretches) {
    for (const Stretch& stretch : stretches) {
      if (!stretch.first_step || stretch.numbers == 0) continue;
      epochs_[static_cast<double>(*stretch.first_step)] = stretch.min;
      epochs_[static_cast<double>(*stretch.last_step)] = stretch.max;
    }
  }
  [[nodiscard]] bool known() const { return !epochs_.empty(); }
  [[nodiscard]] double at(double step) const {
    const auto after = epochs_.lower_bound(step);
    if (after == epochs_.end()) return epochs_.rbegin()->second;
    if (after->first == step || after == epochs_.begin()) return after->second;
    const auto before = std::prev(after);
    const double part = (step - before->first) / (after->first - before->first);
    return before->second + part * (after->second - before->second);
  }

 private:
  std::map<double, double> epochs_;
};

double middle(double first, double last) {
  return first + (last - first) / 2;
}

/// Where a stretch stands on the axis below; `before` is how many points there are before it.
double place_of(const Stretch& stretch, Across across, const Run& run, std::uint64_t before) {
  if (across == Across::time) {
    const auto seconds = [&run](Time time) {
      return static_cast<double>(time - run.started) / 1e6;
    };
    return middle(seconds(stretch.first_time), seconds(stretch.last_time));
  }
  if (!stretch.first_step) {
    return static_cast<double>(before) + static_cast<double>(stretch.count - 1) / 2;
  }
  return middle(static_cast<double>(*stretch.first_step), static_cast<double>(*stretch.last_step));
}

struct Samples {
  std::vector<Sample> samples;
  std::vector<std::uint64_t> counts;  ///< values that each stands for
  std::uint64_t missing = 0;          ///< NaN
};

Samples samples_of(const std::vector<Stretch>& stretches, Across across, const Run& run,
                   const std::optional<Epochs>& epochs) {
  Samples out;
  std::uint64_t before = 0;
  for (const Stretch& stretch : stretches) {
    double x = place_of(stretch, across, run, before);
    if (epochs) x = epochs->at(x);
    out.samples.push_back({x, stretch.mean(), stretch.min, stretch.max});
    out.counts.push_back(stretch.numbers);
    out.missing += stretch.count - stretch.numbers;
    before += stretch.count;
  }
  return out;
}

Curve curve_of(const query::Catalog& catalog, const CurveRequest& request, const Run& run,
               const std::string& metric, std::uint64_t& missing) {
  const auto ends =
      request.across == Across::time ? model::StretchEnds::times : model::StretchEnds::steps;
  std::optional<Epochs> epochs;
  if (request.across == Across::epoch && run.metric("epoch") != nullptr) {
    epochs.emplace(catalog.stretches(run.id, "epoch", request.most));
    if (!epochs->known()) epochs.reset();
  }
  Samples samples = samples_of(catalog.stretches(run.id, metric, request.most, ends),
                               request.across, run, epochs);
  missing += samples.missing;
  Curve curve;
  curve.samples = std::move(samples.samples);
  if (request.smoothing > 0) {
    curve.raw = std::move(curve.samples);
    curve.samples = smoothed(curve.raw, samples.counts, request.smoothing);
  }
  return curve;
}

/// The value as it was meant: a float32 with the digits that it was written with.
std::string short_text(const Json& value) {
  return value.is_double() ? shortest(expr::as_meant(value.as_double())) : ui::value_text(value);
}

bool worth_naming(const model::Parameter& param) {
  constexpr std::size_t kLong = 14;
  return short_text(param.value).size() <= kLong;
}

/// The parameters whose values differ among the runs, those with the shortest values first.
std::vector<std::string> varying(const std::vector<Run>& runs) {
  std::map<std::string, const Json*> seen;
  std::vector<std::string> names;
  for (const Run& run : runs) {
    for (const model::Parameter& param : run.params) {
      const auto [known, first] = seen.emplace(param.name, &param.value);
      const bool differs = !first && !(*known->second == param.value);
      if (differs && worth_naming(param) &&
          std::find(names.begin(), names.end(), param.name) == names.end()) {
        names.push_back(param.name);
      }
    }
  }
  return names;
}

void note_left_out(render::Chart& chart, const render::Plot& plot, std::uint64_t missing) {
  render::Range range(plot.y.scale);
  for (const Curve& curve : plot.curves) {
    for (const Sample& sample : curve.raw.empty() ? curve.samples : curve.raw)
      range.include(sample.y);
  }
  if (missing > 0) chart.notes.push_back(concat(ui::counted(missing, "value"), " not a number"));
  if (range.left_out() > 0) {
    const bool log = plot.y.scale == render::Scale::logarithmic;
    chart.notes.push_back(concat(
        ui::counted(range.left_out(), "value"),
        log ? " infinite or not above 0, which a logarithmic axis cannot show" : " infinite"));
  }
}

}  // namespace

std::vector<Sample> smoothed(const std::vector<Sample>& samples,
                             const std::vector<std::uint64_t>& counts, double weight) {
  std::vector<Sample> out;
  out.reserve(samples.size());
  double sum = 0;
  double bias = 1;  // weight to the power of the number of values so far
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Sample sample = samples[i];
    if (std::isfinite(sample.y)) {
      const double kept = std::pow(weight, static_cast<double>(counts[i]));
      sum = kept * sum + (1 - kept) * sample.y;
      bias *= kept;
      sample.y = sum / (1 - bias);
    }
    sample.low = sample.high = sample.y;
    out.push_back(sample);
  }
  return out;
}

std::vector<std::string> run_labels(const std::vector<Run>& runs) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names = varying(runs);
  if (names.size() > kMost) names.resize(kMost);
  std::vector<std::string> labels;
  for (const Run& run : runs) {
    std::string label = run.name.empty() ? run.id.short_hex() : ui::printable(run.name);
    for (const std::string& name : names) {
      const model::Parameter* param = run.param(name);
      if (param == nullptr || !worth_naming(*param)) continue;
      label += concat(' ', ui::printable(name), '=', short_text(param->value));
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

render::Chart chart_of(const query::Catalog& catalog, const CurveRequest& request) {
  render::Plot plot;
  constexpr std::string_view kAcross[] = {"step", "time", "epoch"};
  plot.x.title = kAcross[static_cast<std::size_t>(request.across)];
  if (request.across == Across::time) plot.x.unit = render::Unit::seconds;
  if (request.logarithmic) plot.y.scale = render::Scale::logarithmic;
  const std::vector<std::string> labels = run_labels(request.runs);
  render::Chart chart;
  std::uint64_t missing = 0;
  std::vector<std::string> without;
  for (std::size_t i = 0; i < request.runs.size(); ++i) {
    const Run& run = request.runs[i];
    for (const std::string& metric : request.metrics) {
      if (run.metric(metric) == nullptr) {
        without.push_back(concat(labels[i], " has no ", ui::printable(metric)));
        continue;
      }
      Curve curve = curve_of(catalog, request, run, metric, missing);
      const std::string name = ui::printable(metric);
      curve.name = request.metrics.size() == 1 ? labels[i]
                   : request.runs.size() == 1  ? name
                                               : concat(name, "  ", labels[i]);
      plot.curves.push_back(std::move(curve));
    }
  }
  std::vector<std::string> titles;
  for (const std::string& metric : request.metrics)
    titles.push_back(ui::printable(metric));
  chart.title = join(titles, ", ");
  if (request.runs.size() == 1 && request.metrics.size() > 1) chart.title += " of " + labels[0];
  note_left_out(chart, plot, missing);
  constexpr std::size_t kNamed = 3;
  if (without.size() <= kNamed) {
    chart.notes.insert(chart.notes.end(), without.begin(), without.end());
  } else {
    chart.notes.push_back(concat(without.size(), " of these metrics are missing in their runs"));
  }
  chart.content = std::move(plot);
  return chart;
}

}  // namespace clew::cmd
