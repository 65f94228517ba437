#include "metric_choice.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "expr/expression.h"
#include "log_columns.h"
#include "query/frame.h"

namespace clew::cmd {

namespace {

query::Frame evaluate(const Session& session, const query::Catalog& catalog,
                      std::string_view expression) {
  query::FrameRequest request;
  request.now = session.clock.now();
  request.values.push_back({expr::Expression::parse(expression), expr::Exact::no});
  return query::Frame::load(catalog, request);
}

/// A name without the quotes and the scope that tell it from others, anything else as it stands.
std::string title_of(std::string_view text) {
  const expr::Expression expression = expr::Expression::parse(text);
  return expression.is_name() ? expression.names().front().title() : std::string(trim(text));
}

/// Does the text begin with a sign that compares what stands before it?
bool begins_with_comparison(std::string_view text) {
  static constexpr std::array<std::string_view, 4> signs = {"<", ">", "=", "!="};
  return std::any_of(signs.begin(), signs.end(),
                     [text](std::string_view sign) { return text.starts_with(sign); });
}

}  // namespace

MetricChoice::MetricChoice(const Session& session, const query::Catalog& catalog,
                           std::string_view expression)
    : name_(title_of(expression)) {
  const query::Frame frame = evaluate(session, catalog, expression);
  for (std::size_t row = 0; row < frame.size(); ++row) {
    if (const auto number = frame.value(row, 0).number()) values_.emplace(frame.id(row), *number);
  }
}

std::optional<double> MetricChoice::of(RunId run) const {
  const auto at = values_.find(run);
  return at == values_.end() ? std::nullopt : std::optional(at->second);
}

Condition::Condition(const Session& session, const query::Catalog& catalog, std::string_view metric,
                     std::string_view condition)
    : text_(trim(condition)) {
  if (begins_with_comparison(text_)) text_ = concat(trim(metric), ' ', text_);
  const query::Frame frame = evaluate(session, catalog, text_);
  for (std::size_t row = 0; row < frame.size(); ++row) {
    if (const auto truth = frame.value(row, 0).truth()) values_.emplace(frame.id(row), *truth);
  }
}

std::optional<bool> Condition::holds(RunId run) const {
  const auto at = values_.find(run);
  return at == values_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::string> telling_metric(const model::Run& a, const model::Run& b) {
  const model::MetricSummary* best = nullptr;
  for (const model::MetricSummary& metric : a.metrics) {
    if (model::is_system_metric(metric.name) || b.metric(metric.name) == nullptr) continue;
    const bool better = best == nullptr || metric_rank(metric.name) > metric_rank(best->name);
    if (better) best = &metric;
  }
  if (best == nullptr) return std::nullopt;
  return concat("metrics.", expr::quoted_name(best->name));
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
