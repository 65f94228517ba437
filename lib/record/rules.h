#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "expr/expression.h"
#include "expr/names.h"
#include "model/event.h"
#include "record/fold.h"

namespace clew::record {

/// What is done when a rule holds.
enum class RuleAction : std::uint8_t { stop, alert, note };
[[nodiscard]] std::string_view name_of(RuleAction action);

/// A rule as the user wrote it.
struct RuleText {
  RuleAction action = RuleAction::stop;
  std::string text;
};

struct Rule {
  RuleAction action;
  expr::Expression expression;
};
inline constexpr std::size_t kMostRules = 64;
/// Throws Error(usage) for one that cannot be read, with the column of the fault, or uses what a
/// rule does not know, and for more than kMostRules.
[[nodiscard]] std::vector<Rule> parse_rules(const std::vector<RuleText>& texts);

/// A rule that holds now and did not before.
struct FiredRule {
  std::size_t rule = 0;  ///< its place
  Time time = 0;
  std::optional<std::int64_t> step;
  Json values = Json::object();  ///< of the names in it; null for what is not there
};

/// Evaluates rules while a run is recorded. A rule is looked at only when something that it names
/// has changed, and then once for a step: when a point of another step comes, or another point of
/// the same series, or settle() is called. So no step is missed, however many come at once, and
/// points of one step that come together are seen together. A rule fires when it comes to hold;
/// again only after it did not in between. Not thread-safe.
class RuleWatch {
 public:
  /// All three must outlive the watch.
  RuleWatch(const std::vector<Rule>& rules, const Fold& fold, Clock& clock);

  /// A point is about to be added to the fold.
  void before_point(std::uint32_t series, const model::Point& point) {
    if (series >= interest_.size()) bind();
    const std::uint64_t interested = interest_[series];
    if (interested == 0) return;
    if ((changed_ & interested) != 0 && (point.step != step_ || seen_[series] == row_)) evaluate();
    step_ = point.step;
    changed_ |= interested;
    seen_[series] = row_;
  }
  /// The fold has taken an event.
  void after(const model::Event& event);
  /// Evaluates what has changed; the recorder calls it when it has read what there was.
  void settle();
  /// Those that fired since the last call, in their order.
  [[nodiscard]] std::vector<FiredRule> take();

 private:
  /// What a name of a rule stands for at present.
  struct Binding {
    enum class Kind { nothing, constant, metric, duration, step };
    Kind kind = Kind::nothing;
    expr::Value constant;      // of a parameter
    std::uint32_t series = 0;  // of a metric
    expr::Part part = expr::Part::last;
  };

  void bind();
  [[nodiscard]] Binding binding_of(const expr::Reference& name);
  [[nodiscard]] std::optional<std::uint32_t> series_named(std::string_view name) const;
  [[nodiscard]] expr::Value value_of(const Binding& binding) const;
  void evaluate();
  void evaluate(std::size_t rule);

  const std::vector<Rule>& rules_;
  const Fold& fold_;
  Clock& clock_;
  std::vector<std::vector<Binding>> bindings_;  // of each rule, in the order of its names
  std::vector<std::uint64_t> interest_;         // of each series: a bit for each rule that uses it
  std::vector<std::uint64_t> seen_;             // of each series: the row in which it changed last
  std::uint64_t timed_ = 0;                     // rules that use the time
  std::uint64_t changed_ = 0;                   // rules to look at
  std::uint64_t holds_ = 0;                     // rules that held when last looked at
  std::uint64_t row_ = 1;                       // counts evaluations
  std::optional<std::int64_t> step_;            // of the newest point that any rule uses
  expr::Scratch constants_;
  expr::Scratch scratch_;
  std::vector<FiredRule> fired_;
};

}  // namespace clew::record
