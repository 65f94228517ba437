#include "query/compare.h"

#include <algorithm>
#include <bit>
#include <map>

namespace clew::query {
namespace {

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_json(const Json& a, const Json& b) {
  return a == b;
}

bool same_summary(const model::MetricSummary& a, const model::MetricSummary& b) {
  return a.summary.count == b.summary.count && same_bits(a.summary.first, b.summary.first) &&
         same_bits(a.summary.last, b.summary.last) && same_bits(a.summary.min, b.summary.min) &&
         same_bits(a.summary.max, b.summary.max);
}

template <typename T>
using Values = std::map<std::string, T>;

Values<Json> params_of(const model::RunParts& parts) {
  Values<Json> values;
  for (const auto& param : parts.run.params)
    values.emplace(param.name, param.value);
  return values;
}

Values<model::MetricSummary> metrics_of(const model::RunParts& parts, SystemMetrics system) {
  Values<model::MetricSummary> values;
  for (const auto& metric : parts.run.metrics) {
    if (system == SystemMetrics::leave_out && model::is_system_metric(metric.name)) continue;
    values.emplace(metric.name, metric);
  }
  return values;
}

Values<Json> environment_of(const model::RunParts& parts) {
  Values<Json> values;
  if (!parts.environment.is_object()) return values;
  for (const auto& [key, member] : parts.environment.as_object()) {
    for (auto& [name, value] : model::flatten(key, member))
      values.insert_or_assign(name, std::move(value));
  }
  return values;
}

enum class Sameness { same, different, unknown };

/// By size and digest; a file that was not hashed may have changed with its size as it was.
Sameness same_unstored(const std::vector<model::UnstoredFile>& a,
                       const std::vector<model::UnstoredFile>& b) {
  Values<model::UnstoredFile> others;
  for (const auto& file : b)
    others.emplace(file.path, file);
  if (a.size() != b.size()) return Sameness::different;
  Sameness all = Sameness::same;
  for (const auto& file : a) {
    const auto other = others.find(file.path);
    if (other == others.end() || other->second.size != file.size) return Sameness::different;
    if (file.sha256.empty() || other->second.sha256.empty()) {
      all = Sameness::unknown;
    } else if (file.sha256 != other->second.sha256) {
      return Sameness::different;
    }
  }
  return all;
}

/// What is not complete may differ in what it lacks, but a run never differs from itself.
Sameness same_code(const model::Run& a, const model::Run& b) {
  if (a.id == b.id) return Sameness::same;
  if (a.code.tree != b.code.tree) return Sameness::different;
  if (a.code.complete && b.code.complete) return Sameness::same;
  const Sameness unstored = same_unstored(a.code.unstored, b.code.unstored);
  // Without a file that it names, a snapshot lacks what could not even be read.
  const bool named = (a.code.complete || !a.code.unstored.empty()) &&
                     (b.code.complete || !b.code.unstored.empty());
  return unstored == Sameness::same && !named ? Sameness::unknown : unstored;
}

}  // namespace

bool Comparison::equal() const {
  return params.empty() && metrics.empty() && environment.empty() && files.equal() &&
         !state_differs && !code_differs && !code_unknown && !command_differs;
}

Comparison compare(const model::RunParts& a, const model::RunParts& b, SystemMetrics system) {
  Comparison out;
  out.params = differing(params_of(a), params_of(b), same_json);
  out.metrics = differing(metrics_of(a, system), metrics_of(b, system), same_summary);
  out.environment = differing(environment_of(a), environment_of(b), same_json);
  out.files = compare_files(a, b);
  out.state_differs = a.run.state != b.run.state || a.run.exit_code != b.run.exit_code ||
                      a.run.signal != b.run.signal;
  const Sameness code = same_code(a.run, b.run);
  out.code_differs = code == Sameness::different;
  out.code_unknown = code == Sameness::unknown;
  out.command_differs = a.run.argv != b.run.argv;
  return out;
}

}  // namespace clew::query
