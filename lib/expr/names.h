#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/expression.h"
#include "expr/value.h"
#include "model/run.h"

// What the names of an expression stand for: clew-query(7) has the rules.

namespace clew::expr {

/// What is taken of a metric.
enum class Part : std::uint8_t { last, first, min, max, mean, count, argmin, argmax };
[[nodiscard]] std::string_view name_of(Part part);
[[nodiscard]] std::optional<Part> part_from_name(std::string_view name);
/// That part of a summary; missing where there is no such value.
[[nodiscard]] Value part_of(const model::Summary& summary, Part part);

/// What a run says of itself.
enum class Field : std::uint8_t {
  id,
  name,
  state,
  started,
  ended,
  duration,
  age,
  exit_code,
  signal,
  command,
  cwd,
  host,
  user,
  group,
  parent,
  tags,
  commit,
  tree,
  base,
  branch,
  dirty,
  step,  ///< in rules only: the step of the newest point
};
struct FieldName {
  Field field;
  std::string_view name;   ///< "run.state"
  std::string_view title;  ///< "state": also read, where no parameter or metric has that name
};
/// All fields that a listing can show.
[[nodiscard]] std::span<const FieldName> field_names();
[[nodiscard]] std::string_view name_of(Field field);

/// What a name stands for.
struct Target {
  enum class Kind : std::uint8_t { param, metric, field, environment };
  Kind kind = Kind::field;
  std::string name;  ///< of the parameter or metric, or the path in the environment ("os.name")
  Part part = Part::last;
  std::optional<std::int64_t> step;  ///< of a metric: its last value at this step
  Field field = Field::id;
  friend bool operator==(const Target&, const Target&) = default;
};

/// The parameters and metrics that there are. Each function may be asked for any name.
struct Known {
  std::function<bool(std::string_view)> has_param;
  std::function<bool(std::string_view)> has_metric;
  /// All names, for suggestions; asked for only when a name is unknown.
  std::function<std::vector<std::string>()> params;
  std::function<std::vector<std::string>()> metrics;
};

/// Everything that a name could stand for, whatever there is: what has to be looked at before
/// resolve() can tell.
[[nodiscard]] std::vector<Target> possible_targets(const Reference& name);

/// What a name stands for. Throws Error(usage) that shows the expression: for an unknown one with
/// suggestions, for one that is both a parameter and a metric with the two ways to write it.
[[nodiscard]] Target resolve(const Expression& expression, const Reference& name,
                             const Known& known);

/// The values of a run that goes on, for rules.
struct Current {
  std::function<const model::Summary*(std::string_view)> metric;  ///< nullptr where there is none
  std::function<const Json*(std::string_view)> param;             ///< likewise
  std::optional<std::int64_t> step;                               ///< of the newest point
  std::int64_t duration = 0;                                      ///< microseconds so far
};
/// The value of a name for a rule. A metric or parameter that is not there, or not yet, is missing;
/// a parameter goes before a metric of the same name. `step` is the newest step unless something
/// has that name. Parameters are as meant (value.h).
[[nodiscard]] Value current_value(const Reference& name, const Current& current, Scratch& scratch);
/// Throws Error(usage) for a name that no rule can use: a value at a step, or a field of a run
/// other than run.duration.
void check_rule(const Expression& rule);

/// The value of a parameter: a double that is exactly a float32 becomes the number that was meant,
/// unless exact values are asked for.
enum class Exact { no, yes };
[[nodiscard]] Value param_value(const Json& value, Exact exact, Scratch& scratch);

}  // namespace clew::expr
