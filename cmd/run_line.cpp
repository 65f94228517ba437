#include "run_line.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using ui::Label;

constexpr std::size_t kMostMetrics = 4;

/// The metrics that were reported last, by name.
std::vector<model::MetricSummary> latest_metrics(const model::Run& run) {
  std::vector<model::MetricSummary> metrics;
  for (const model::MetricSummary& metric : run.metrics) {
    if (!model::is_system_metric(metric.name) && metric.summary.count > 0)
      metrics.push_back(metric);
  }
  std::stable_sort(metrics.begin(), metrics.end(), [](const auto& a, const auto& b) {
    return a.summary.last_time > b.summary.last_time;
  });
  if (metrics.size() > kMostMetrics) metrics.resize(kMostMetrics);
  std::sort(metrics.begin(), metrics.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return metrics;
}

}  // namespace

void print_closing_line(ui::Output& err, const record::Outcome& outcome) {
  const model::Run& run = outcome.run;
  err.write("clew: ");
  err.write(Label::id, outcome.id.short_hex());
  err.write(" ");
  const ui::Cell state = ui::outcome_cell(run);
  err.write(state.label, state.text);
  if (run.ended) err.write(concat(" in ", format_duration(*run.ended - run.started)));
  if (!outcome.stopped_by.empty()) {
    err.write(", stopped by ");
    err.write(Label::warning, ui::printable(outcome.stopped_by));
  }
  const char* gap = "  ";
  for (const model::MetricSummary& metric : latest_metrics(run)) {
    err.write(gap);
    err.write(Label::name, ui::printable(metric.name));
    err.write(concat("=", ui::number_text(metric.summary.last)));
    gap = " ";
  }
  err.line();
}

}  // namespace clew::cmd
