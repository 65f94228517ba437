#include "capture/output_metrics.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "capture/output_line.h"
#include "capture/output_rule.h"
#include "capture/output_template.h"
#include "capture/protocol_parts.h"

namespace clew::capture {

struct OutputScanner::State {
  std::vector<MetricTemplate> templates;
  LineAssembler lines;
  std::optional<std::int64_t> epoch;  // that a line before has set for those after it
  MetricsLine metrics;                // of one line; kept for its memory

  void read(std::string_view line, Time now, Sink& sink);
};

void OutputScanner::State::read(std::string_view line, Time now, Sink& sink) {
  for (const MetricTemplate& pattern : templates) {
    if (!pattern.match(line, metrics)) continue;
    if (!metrics.step && !metrics.epoch) metrics.step = epoch;
    emit(metrics, model::MetricSource::output, now, sink);
    return;
  }
  const PrintedMetrics printed = read_printed_line(line);
  if (printed.epoch_from_here) epoch = printed.epoch_from_here;
  if (printed.values.empty()) return;
  metrics.clear();
  metrics.step = printed.step;
  metrics.epoch = printed.epoch;
  if (!metrics.step && !metrics.epoch) metrics.step = epoch;
  for (const auto& [name, value] : printed.values)
    metrics.values.push_back({name, value});
  emit(metrics, model::MetricSource::output, now, sink);
}

OutputScanner::OutputScanner(const std::vector<std::string>& templates)
    : state_(std::make_unique<State>()) {
  for (const std::string& text : templates)
    state_->templates.emplace_back(text);
}
OutputScanner::~OutputScanner() = default;
OutputScanner::OutputScanner(OutputScanner&&) noexcept = default;
OutputScanner& OutputScanner::operator=(OutputScanner&&) noexcept = default;

void OutputScanner::feed(std::string_view bytes, Time now, Sink& sink) {
  state_->lines.feed(bytes, [&](std::string_view line) { state_->read(line, now, sink); });
}

void OutputScanner::finish(Time now, Sink& sink) {
  state_->lines.finish([&](std::string_view line) { state_->read(line, now, sink); });
}

}  // namespace clew::capture
