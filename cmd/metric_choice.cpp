#include "metric_choice.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "log_columns.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

constexpr std::string_view kDuration = "run.duration";
constexpr std::array<std::string_view, 8> kSummaryParts = {"last", "first", "min",    "max",
                                                           "mean", "count", "argmin", "argmax"};

/// The names that runs have.
struct KnownNames {
  std::set<std::string, std::less<>> params;
  std::set<std::string, std::less<>> metrics;

  explicit KnownNames(const std::vector<model::Run>& runs) {
    for (const model::Run& run : runs) {
      for (const model::Parameter& param : run.params)
        params.insert(param.name);
      for (const model::MetricSummary& metric : run.metrics)
        metrics.insert(metric.name);
    }
  }

  /// The metric and the part that the word means; nullopt where there is none.
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> metric(
      std::string_view word) const {
    if (metrics.contains(word)) return std::pair(std::string(word), std::string("last"));
    const std::size_t dot = word.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const std::string_view part = word.substr(dot + 1);
    const bool known =
        std::find(kSummaryParts.begin(), kSummaryParts.end(), part) != kSummaryParts.end();
    if (!known || !metrics.contains(word.substr(0, dot))) return std::nullopt;
    return std::pair(std::string(word.substr(0, dot)), std::string(part));
  }

  [[nodiscard]] Error unknown(std::string_view word) const {
    std::vector<std::string> candidates(metrics.begin(), metrics.end());
    candidates.insert(candidates.end(), params.begin(), params.end());
    candidates.emplace_back(kDuration);
    // Of "val_acc.maximum" the name before the dot is what was meant.
    for (const std::string& name : metrics) {
      if (!word.starts_with(name + ".")) continue;
      for (const std::string_view part : kSummaryParts)
        candidates.push_back(concat(name, '.', part));
    }
    std::vector<std::string> hints;
    const std::vector<std::string> meant = suggestions(word, candidates);
    if (!meant.empty()) hints.push_back(ui::did_you_mean(meant));
    hints.emplace_back("'clew show RUN' lists the metrics and parameters of a run");
    return {ErrorKind::usage, concat("no run has a metric '", word, '\''), std::move(hints)};
  }
};

/// The text after a prefix; nullopt where it does not begin with it.
std::optional<std::string_view> after(std::string_view word, std::string_view prefix) {
  if (!word.starts_with(prefix)) return std::nullopt;
  return word.substr(prefix.size());
}

std::optional<double> summary_number(const model::Summary& summary, std::string_view part) {
  if (part == "count") return static_cast<double>(summary.count);
  if (summary.count == 0) return std::nullopt;
  if (part == "last") return summary.last;
  if (part == "first") return summary.first;
  if (part == "min") return summary.min;
  if (part == "max") return summary.max;
  if (part == "mean") return summary.mean();
  if (summary.numbers == 0) return std::nullopt;
  return static_cast<double>(part == "argmin" ? summary.argmin : summary.argmax);
}

}  // namespace

MetricChoice::MetricChoice(std::string_view name, const std::vector<model::Run>& runs, Time now)
    : title_(trim(name)), now_(now) {
  if (title_ == kDuration) return;
  const KnownNames known(runs);
  const auto only_param = after(title_, "params.");
  const auto only_metric = after(title_, "metrics.");
  auto metric = known.metric(only_metric.value_or(title_));
  const std::string param(only_param.value_or(title_));
  const bool has_param = !only_metric && known.params.contains(param);
  if (metric && has_param && !only_param) {
    throw Error(ErrorKind::usage, concat('\'', title_, "' is a parameter and a metric"),
                {concat("write 'params.", title_, "' or 'metrics.", title_, '\'')});
  }
  if (metric && !only_param) {
    kind_ = Kind::metric;
    name_ = std::move(metric->first);
    part_ = std::move(metric->second);
  } else if (has_param) {
    kind_ = Kind::parameter;
    name_ = param;
  } else {
    throw known.unknown(title_);
  }
}

std::optional<double> MetricChoice::of(const model::Run& run) const {
  if (kind_ == Kind::metric) {
    const model::MetricSummary* metric = run.metric(name_);
    return metric == nullptr ? std::nullopt : summary_number(metric->summary, part_);
  }
  if (kind_ == Kind::parameter) {
    const model::Parameter* param = run.param(name_);
    if (param == nullptr || !param->value.is_number()) return std::nullopt;
    return param->value.as_double();
  }
  // How long a run took that ended at an unknown time is not known either.
  if (!run.ended && run.state != model::State::running) return std::nullopt;
  return static_cast<double>(run.duration(now_)) / 1e6;
}

std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b) {
  const model::MetricSummary* best = nullptr;
  for (const model::MetricSummary& metric : a.metrics) {
    if (model::is_system_metric(metric.name) || b.metric(metric.name) == nullptr) continue;
    const bool better = best == nullptr || metric_rank(metric.name) > metric_rank(best->name);
    if (better) best = &metric;
  }
  if (best == nullptr) return std::nullopt;
  const bool twice = a.param(best->name) != nullptr || b.param(best->name) != nullptr;
  return twice ? concat("metrics.", best->name) : best->name;
}

std::vector<std::string> name_list(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view name = trim(part);
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

}  // namespace clew::cmd
