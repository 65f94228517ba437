#include "record/rules.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace clew::record {

std::string_view name_of(RuleAction action) {
  constexpr std::array<std::string_view, 3> kNames{"stop", "alert", "note"};
  return kNames[static_cast<std::size_t>(action)];
}

std::vector<Rule> parse_rules(const std::vector<RuleText>& texts) {
  if (texts.size() > kMostRules) {
    throw Error(ErrorKind::usage,
                concat(texts.size(), " rules are more than ", kMostRules, ", the most of a run"));
  }
  std::vector<Rule> rules;
  for (const RuleText& text : texts) {
    Rule rule{text.action, expr::Expression::parse(text.text)};
    expr::check_rule(rule.expression);
    rules.push_back(std::move(rule));
  }
  return rules;
}

RuleWatch::RuleWatch(const std::vector<Rule>& rules, const Fold& fold, Clock& clock)
    : rules_(rules), fold_(fold), clock_(clock) {
  bind();
}

void RuleWatch::after(const model::Event& event) {
  const bool param = std::holds_alternative<model::ParamEvent>(event);
  if (param) changed_ = ~std::uint64_t{0};
  if (param || std::holds_alternative<model::SeriesEvent>(event) ||
      std::holds_alternative<model::BeginEvent>(event)) {
    bind();
  }
}

void RuleWatch::settle() {
  changed_ |= timed_;
  if (changed_ != 0) evaluate();
}

std::vector<FiredRule> RuleWatch::take() {
  return std::exchange(fired_, {});
}

/// Finds anew what each name stands for, and which rules each series matters to.
void RuleWatch::bind() {
  constants_.clear();
  bindings_.assign(rules_.size(), {});
  interest_.assign(fold_.series().size() + 1, 0);
  seen_.resize(interest_.size(), 0);
  timed_ = 0;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    const std::uint64_t bit = std::uint64_t{1} << rule;
    for (const expr::Reference& name : rules_[rule].expression.names()) {
      const Binding binding = binding_of(name);
      if (binding.kind == Binding::Kind::metric) interest_[binding.series] |= bit;
      if (binding.kind == Binding::Kind::duration) timed_ |= bit;
      if (binding.kind == Binding::Kind::step) {
        for (std::uint64_t& interested : interest_)
          interested |= bit;
      }
      bindings_[rule].push_back(binding);
    }
  }
}

RuleWatch::Binding RuleWatch::binding_of(const expr::Reference& name) {
  using Kind = expr::Target::Kind;
  Binding binding;
  for (const expr::Target& target : expr::possible_targets(name)) {
    if (target.kind == Kind::param) {
      const Json* value = fold_.current_value(target.name);
      if (value == nullptr) continue;
      binding.kind = Binding::Kind::constant;
      binding.constant = expr::param_value(*value, expr::Exact::no, constants_);
      return binding;
    }
    if (target.kind == Kind::metric) {
      const auto series = series_named(target.name);
      if (!series) continue;
      binding.kind = Binding::Kind::metric;
      binding.series = *series;
      binding.part = target.part;
      return binding;
    }
    if (target.kind == Kind::field && target.field == expr::Field::duration) {
      binding.kind = Binding::Kind::duration;
      return binding;
    }
  }
  if (!name.quoted && name.text == "step") binding.kind = Binding::Kind::step;
  return binding;
}

/// A series from the API goes before one of that name from the output.
std::optional<std::uint32_t> RuleWatch::series_named(std::string_view name) const {
  std::optional<std::uint32_t> found;
  const auto& all = fold_.series();
  for (std::uint32_t number = 0; number < all.size(); ++number) {
    if (all[number].name != name) continue;
    if (all[number].source == model::MetricSource::api) return number;
    found = number;
  }
  return found;
}

expr::Value RuleWatch::value_of(const Binding& binding) const {
  switch (binding.kind) {
    case Binding::Kind::nothing:
      break;
    case Binding::Kind::constant:
      return binding.constant;
    case Binding::Kind::metric: {
      const model::Summary& summary = fold_.series()[binding.series].summary;
      // A series that has just been named has no values yet.
      return summary.count == 0 ? expr::Value() : expr::part_of(summary, binding.part);
    }
    case Binding::Kind::duration:
      return expr::Value::real(static_cast<double>(fold_.run().duration(clock_.now())) / 1e6);
    case Binding::Kind::step:
      return step_ ? expr::Value::integer(*step_) : expr::Value();
  }
  return {};
}

void RuleWatch::evaluate() {
  const std::uint64_t changed = std::exchange(changed_, 0);
  ++row_;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    if ((changed >> rule & 1) != 0) evaluate(rule);
  }
}

void RuleWatch::evaluate(std::size_t rule) {
  const expr::Expression& expression = rules_[rule].expression;
  std::array<expr::Value, 16> few;
  std::vector<expr::Value> many;
  const auto& bindings = bindings_[rule];
  std::span<expr::Value> values = few;
  if (bindings.size() > few.size()) {
    many.resize(bindings.size());
    values = many;
  }
  values = values.first(bindings.size());
  for (std::size_t i = 0; i < bindings.size(); ++i)
    values[i] = value_of(bindings[i]);
  const bool holds = expression.evaluate(values, scratch_).truth().value_or(false);
  const std::uint64_t bit = std::uint64_t{1} << rule;
  const bool held = (holds_ & bit) != 0;
  holds_ = holds ? holds_ | bit : holds_ & ~bit;
  if (holds && !held) {
    FiredRule fired{rule, clock_.now(), step_, Json::object()};
    for (std::size_t i = 0; i < bindings.size(); ++i)
      fired.values[expression.names()[i].title()] = values[i].to_json();
    fired_.push_back(std::move(fired));
  }
  scratch_.clear();
}

}  // namespace clew::record
