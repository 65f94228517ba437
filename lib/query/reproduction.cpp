#include "query/reproduction.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

namespace clew::query {
namespace {

using Files = std::map<std::string, const model::FileState*>;

Files outputs_of(const model::RunParts& parts) {
  Files files;
  for (const model::File& file : parts.files) {
    if (file.state.role == model::Role::output) files.emplace(file.state.path, &file.state);
  }
  return files;
}

std::string digest_of(const model::FileState* state) {
  return state != nullptr && state->digest == model::DigestKind::whole ? state->sha256 : "";
}

OutputMatch::State compare_output(const model::FileState* before, const model::FileState* after) {
  using State = OutputMatch::State;
  if (after == nullptr) return State::missing;
  if (before == nullptr) return State::added;
  const std::string a = digest_of(before);
  const std::string b = digest_of(after);
  if (a.empty() || b.empty()) return before->gone && after->gone ? State::same : State::unknown;
  return a == b ? State::same : State::differs;
}

std::vector<OutputMatch> compare_outputs(const model::RunParts& before,
                                         const model::RunParts& after) {
  const Files old_files = outputs_of(before);
  const Files new_files = outputs_of(after);
  Files all = old_files;
  all.insert(new_files.begin(), new_files.end());
  std::vector<OutputMatch> matches;
  for (const auto& [path, any] : all) {
    const auto find = [&path = path](const Files& files) {
      const auto found = files.find(path);
      return found == files.end() ? nullptr : found->second;
    };
    const auto* a = find(old_files);
    const auto* b = find(new_files);
    matches.push_back({path, compare_output(a, b), digest_of(a), digest_of(b)});
  }
  return matches;
}

MetricMatch compare_series(const std::string& name, const model::Series& before,
                           const model::Series& after, double tolerance) {
  using State = MetricMatch::State;
  MetricMatch match;
  match.name = name;
  match.points = std::min(before.points.size(), after.points.size());
  for (std::size_t i = 0; i < match.points; ++i) {
    const model::Point& a = before.points[i];
    const model::Point& b = after.points[i];
    const double difference = relative_difference(a.value, b.value);
    match.largest = std::max(match.largest, difference);
    if (a.step == b.step && difference <= tolerance) continue;
    match.state = State::differs;
    if (!match.step) match.step = a.step;
  }
  if (before.points.size() != after.points.size()) match.state = State::differs;
  if (match.state == State::same && match.largest > 0) match.state = State::close;
  return match;
}

std::vector<MetricMatch> compare_metrics(const model::RunParts& before,
                                         const model::SeriesOf& series_before,
                                         const model::RunParts& after,
                                         const model::SeriesOf& series_after, double tolerance) {
  std::vector<MetricMatch> matches;
  for (const auto& metric : before.run.metrics) {
    if (model::is_system_metric(metric.name)) continue;
    if (after.run.metric(metric.name) == nullptr) {
      MetricMatch missing;
      missing.name = metric.name;
      missing.state = MetricMatch::State::missing;
      matches.push_back(std::move(missing));
      continue;
    }
    matches.push_back(compare_series(metric.name, series_before(metric.name),
                                     series_after(metric.name), tolerance));
  }
  for (const auto& metric : after.run.metrics) {
    if (model::is_system_metric(metric.name) || before.run.metric(metric.name) != nullptr) continue;
    MetricMatch added;
    added.name = metric.name;
    added.state = MetricMatch::State::added;
    matches.push_back(std::move(added));
  }
  std::sort(matches.begin(), matches.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return matches;
}

}  // namespace

double relative_difference(double a, double b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b)) return 0;
  if (std::isnan(a) && std::isnan(b)) return 0;
  if (!std::isfinite(a) || !std::isfinite(b)) return kInfinity;
  const double larger = std::max(std::abs(a), std::abs(b));
  // Zeros of two signs are different values, by the least that a tolerance can tell.
  if (larger == 0) return std::numeric_limits<double>::denorm_min();
  return std::abs(a - b) / larger;
}

bool Reproduction::matches() const {
  const auto output_matches = [](const OutputMatch& match) {
    return match.state == OutputMatch::State::same;
  };
  const auto metric_matches = [](const MetricMatch& match) {
    return match.state == MetricMatch::State::same || match.state == MetricMatch::State::close;
  };
  return same_end && std::all_of(outputs.begin(), outputs.end(), output_matches) &&
         std::all_of(metrics.begin(), metrics.end(), metric_matches);
}

Reproduction compare_outcomes(const model::RunParts& before, const model::SeriesOf& series_before,
                              const model::RunParts& after, const model::SeriesOf& series_after,
                              double tolerance) {
  Reproduction out;
  out.outputs = compare_outputs(before, after);
  out.metrics = compare_metrics(before, series_before, after, series_after, tolerance);
  out.same_end = before.run.state == after.run.state &&
                 before.run.exit_code == after.run.exit_code &&
                 before.run.signal == after.run.signal;
  return out;
}

}  // namespace clew::query
