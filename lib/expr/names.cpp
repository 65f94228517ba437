#include "expr/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace clew::expr {
namespace {

constexpr std::array<std::string_view, 8> kParts = {"last", "first", "min",    "max",
                                                    "mean", "count", "argmin", "argmax"};

constexpr auto kFields = std::to_array<FieldName>({
    {Field::id, "run.id", "id"},
    {Field::name, "run.name", "name"},
    {Field::state, "run.state", "state"},
    {Field::started, "run.started", "started"},
    {Field::ended, "run.ended", "ended"},
    {Field::duration, "run.duration", "duration"},
    {Field::age, "run.age", "age"},
    {Field::exit_code, "run.exit_code", "exit_code"},
    {Field::signal, "run.signal", "signal"},
    {Field::command, "run.command", "command"},
    {Field::cwd, "run.cwd", "cwd"},
    {Field::host, "run.host", "host"},
    {Field::user, "run.user", "user"},
    {Field::group, "run.group", "group"},
    {Field::parent, "run.parent", "parent"},
    {Field::tags, "run.tags", "tags"},
    {Field::commit, "code.commit", "commit"},
    {Field::tree, "code.tree", "tree"},
    {Field::base, "code.base", "base"},
    {Field::branch, "code.branch", "branch"},
    {Field::dirty, "code.dirty", "dirty"},
});

constexpr std::string_view kParams = "params.";
constexpr std::string_view kMetrics = "metrics.";
constexpr std::string_view kEnvironment = "env.";

const FieldName* find_field(std::string_view word, std::string_view FieldName::*key) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const FieldName& field) { return field.*key == word; });
  return found == kFields.end() ? nullptr : &*found;
}

Target field_target(Field field) {
  Target target;
  target.field = field;
  return target;
}

/// The fields that no parameter or metric can hide.
std::optional<Target> reserved(const Reference& name) {
  if (name.quoted || name.step) return std::nullopt;
  if (name.text == "tag") return field_target(Field::tags);
  if (const FieldName* field = find_field(name.text, &FieldName::name)) {
    return field_target(field->field);
  }
  if (!name.text.starts_with(kEnvironment) || name.text.size() == kEnvironment.size()) {
    return std::nullopt;
  }
  Target target;
  target.kind = Target::Kind::environment;
  target.name = name.text.substr(kEnvironment.size());
  return target;
}

Target param_target(std::string_view name) {
  Target target;
  target.kind = Target::Kind::param;
  target.name = name;
  return target;
}

Target metric_target(std::string_view name, Part part, std::optional<std::int64_t> step) {
  Target target;
  target.kind = Target::Kind::metric;
  target.name = name;
  target.part = part;
  target.step = step;
  return target;
}

/// The ways to read a text as a metric: all of it, or a metric and a part. The first that is there
/// counts.
std::vector<Target> as_metric(const Reference& name, std::string_view text) {
  if (name.scope == "params") return {};
  if (!name.part.empty()) {
    const auto part = part_from_name(name.part);
    if (!part) return {};
    return {metric_target(text, *part, name.step)};
  }
  std::vector<Target> targets = {metric_target(text, Part::last, name.step)};
  const std::size_t dot = text.rfind('.');
  if (name.step || dot == std::string_view::npos) return targets;
  if (const auto part = part_from_name(text.substr(dot + 1))) {
    targets.push_back(metric_target(text.substr(0, dot), *part, std::nullopt));
  }
  return targets;
}

/// The ways to read a name as a parameter: at most one.
std::vector<Target> as_param(const Reference& name, std::string_view text) {
  if (!name.part.empty() || name.step || name.scope == "metrics") return {};
  return {param_target(text)};
}

bool is_there(const Target& target, const Known& known) {
  return target.kind == Target::Kind::param ? known.has_param(target.name)
                                            : known.has_metric(target.name);
}

const Target* first_there(const std::vector<Target>& targets, const Known& known) {
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [&](const Target& target) { return is_there(target, known); });
  return found == targets.end() ? nullptr : &*found;
}

std::string did_you_mean(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words)
    quoted.push_back(concat('\'', word, '\''));
  return concat("did you mean ", join(quoted, " or "), '?');
}

Error unknown(const Expression& expression, const Reference& name, const Known& known) {
  std::vector<std::string> candidates = known.params();
  const std::vector<std::string> metrics = known.metrics();
  candidates.insert(candidates.end(), metrics.begin(), metrics.end());
  for (const FieldName& field : kFields) {
    candidates.emplace_back(field.name);
    candidates.emplace_back(field.title);
  }
  // Of "val_acc.maximum" the name before the dot is what was meant.
  for (const std::string& metric : metrics) {
    if (!name.text.starts_with(metric + ".")) continue;
    for (const std::string_view part : kParts)
      candidates.push_back(concat(metric, '.', part));
  }
  std::vector<std::string> hints;
  const auto similar = suggestions(name.text, candidates);
  if (!similar.empty()) hints.push_back(did_you_mean(similar));
  const std::size_t dash = name.text.find('-');
  if (!name.quoted && (dash != std::string::npos || name.text.find('/') != std::string::npos)) {
    hints.emplace_back("as operators, '-' and '/' need a space before them");
  }
  if (similar.empty()) {
    hints.emplace_back(
        "a text stands in single quotes: 'adam'; 'clew show RUN' lists the "
        "parameters and metrics of a run");
  }
  return expression.fault(name, concat("no run has '", name.title(), '\''), std::move(hints));
}

}  // namespace

std::string_view name_of(Part part) {
  return kParts[static_cast<std::size_t>(part)];
}

std::optional<Part> part_from_name(std::string_view name) {
  const auto found = std::find(kParts.begin(), kParts.end(), name);
  if (found == kParts.end()) return std::nullopt;
  return static_cast<Part>(found - kParts.begin());
}

Value part_of(const model::Summary& summary, Part part) {
  if (part == Part::count) return Value::integer(static_cast<std::int64_t>(summary.count));
  if (summary.count == 0) return {};
  switch (part) {
    case Part::last:
      return Value::real(summary.last);
    case Part::first:
      return Value::real(summary.first);
    case Part::min:
      return Value::real(summary.min);
    case Part::max:
      return Value::real(summary.max);
    case Part::mean:
      return Value::real(summary.mean());
    default:
      break;
  }
  // A series of NaN alone has values, but no place of the greatest.
  if (summary.numbers == 0) return {};
  return Value::integer(part == Part::argmin ? summary.argmin : summary.argmax);
}

std::span<const FieldName> field_names() {
  return kFields;
}

std::string_view name_of(Field field) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const FieldName& one) { return one.field == field; });
  return found == kFields.end() ? "step" : found->name;
}

std::vector<Target> possible_targets(const Reference& name) {
  if (const auto target = reserved(name)) return {*target};
  std::vector<Target> all = as_param(name, name.text);
  const auto add = [&](std::vector<Target> some) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  };
  const std::string_view text = name.text;
  add(as_metric(name, text));
  if (name.quoted) return all;
  if (text.starts_with(kParams)) add(as_param(name, text.substr(kParams.size())));
  if (text.starts_with(kMetrics)) add(as_metric(name, text.substr(kMetrics.size())));
  const FieldName* field = find_field(text, &FieldName::title);
  if (field != nullptr && !name.step) all.push_back(field_target(field->field));
  return all;
}

Target resolve(const Expression& expression, const Reference& name, const Known& known) {
  if (const auto target = reserved(name)) return *target;
  const auto params = as_param(name, name.text);
  const auto metrics = as_metric(name, name.text);
  const Target* param = first_there(params, known);
  const Target* metric = first_there(metrics, known);
  if (param != nullptr && metric != nullptr) {
    throw expression.fault(
        name, concat("'", name.title(), "' is a parameter and a metric"),
        {concat("write '", kParams, name.title(), "' or '", kMetrics, name.title(), '\'')});
  }
  if (param != nullptr) return *param;
  if (metric != nullptr) return *metric;
  if (!name.quoted) {
    const std::string_view text = name.text;
    const FieldName* field = find_field(text, &FieldName::title);
    if (field != nullptr && !name.step) return field_target(field->field);
    const auto behind = text.starts_with(kParams)    ? as_param(name, text.substr(kParams.size()))
                        : text.starts_with(kMetrics) ? as_metric(name, text.substr(kMetrics.size()))
                                                     : std::vector<Target>();
    if (const Target* target = first_there(behind, known)) return *target;
  }
  throw unknown(expression, name, known);
}

Value param_value(const Json& value, Exact exact, Scratch& scratch) {
  if (value.is_double() && exact == Exact::no) return Value::real(as_meant(value.as_double()));
  return Value::from_json(value, scratch);
}

Value current_value(const Reference& name, const Current& current, Scratch& scratch) {
  for (const Target& target : possible_targets(name)) {
    if (target.kind == Target::Kind::param) {
      if (const Json* value = current.param(target.name)) {
        return param_value(*value, Exact::no, scratch);
      }
    } else if (target.kind == Target::Kind::metric) {
      if (const model::Summary* summary = current.metric(target.name)) {
        return part_of(*summary, target.part);
      }
    } else if (target.field == Field::duration) {
      constexpr double kMicroseconds = 1e6;
      return Value::real(static_cast<double>(current.duration) / kMicroseconds);
    }
  }
  if (!name.quoted && name.text == "step" && current.step) return Value::integer(*current.step);
  return {};
}

void check_rule(const Expression& rule) {
  for (const Reference& name : rule.names()) {
    if (name.step) {
      throw rule.fault(name, "a rule cannot look back at a step",
                       {"it sees the newest values, and METRIC.min, .max, .mean and .count"});
    }
    if (!name.part.empty() && !part_from_name(name.part)) {
      throw rule.fault(name, concat("a metric has no '", name.part, '\''),
                       {"it has last, first, min, max, mean, count, argmin and argmax"});
    }
    const auto target = reserved(name);
    if (target && target->field != Field::duration) {
      throw rule.fault(name, concat("a rule does not know '", name.title(), '\''),
                       {"it knows parameters, metrics, step and run.duration"});
    }
  }
}

}  // namespace clew::expr
