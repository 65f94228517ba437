#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "expr/value.h"

// Expressions over a run: "lr < 0.01 and (val_acc.max > 0.9 or tag = 'baseline')". The language
// stands in clew-query(7). Here is its form alone; what names there are, expr/names.h tells.

namespace clew::expr {

/// A name as an expression has it: `lr`, `val_acc.max`, `loss@10`, `"val loss".min`.
struct Reference {
  std::string text;  ///< without quotes and without what stands behind them, or behind '@'
  bool quoted = false;
  std::string part;  ///< of a quoted name what follows it: "max" of `"val loss".max`
  std::optional<std::int64_t> step;  ///< of `loss@10`
  std::size_t begin = 0;             ///< where it stands in the text, in bytes
  std::size_t end = 0;

  /// The same name, wherever it stands.
  [[nodiscard]] bool same_as(const Reference& other) const;
  /// As people read it: `val loss.max`, `loss@10`.
  [[nodiscard]] std::string title() const;
};

struct Tree;

/// A parsed expression. A value, cheap to copy; may be evaluated by several threads.
class Expression {
 public:
  /// Throws Error(usage) that shows the text with a mark at the fault.
  [[nodiscard]] static Expression parse(std::string_view text);

  /// The names in it, each once, in the order in which they come first.
  [[nodiscard]] const std::vector<Reference>& names() const;
  /// The value, given those of names() in the same order. A text in it lives as long as the values
  /// given, `scratch` and this expression do.
  ///
  /// What is missing makes a result missing; `and` and `or` have three values as in SQL. NaN is
  /// unequal to everything and neither less nor greater.
  [[nodiscard]] Value evaluate(std::span<const Value> values, Scratch& scratch) const;
  /// The same with a function that tells the value of a name.
  [[nodiscard]] Value evaluate(const std::function<Value(const Reference&)>& value_of,
                               Scratch& scratch) const;
  /// Is it one name and nothing else?
  [[nodiscard]] bool is_name() const;
  /// The text of the expression itself, without blanks around it.
  [[nodiscard]] std::string_view text() const;
  /// An Error(usage) about a name: "MESSAGE at column N", the text, and a mark below the name.
  [[nodiscard]] Error fault(const Reference& name, std::string_view message,
                            std::vector<std::string> hints) const;

 private:
  friend class Parser;
  explicit Expression(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}

  std::shared_ptr<const Tree> tree_;
};

/// One item of a list such as `lr, val_acc.max as best` or `-val_acc.max, lr desc`.
struct Item {
  Expression expression;
  std::string title;        ///< what follows `as`, else the name or the text of the expression
  bool descending = false;  ///< '-' before it, or `desc` behind it
};

/// What items may have beside an expression: a title, or an order.
enum class ListOf { columns, orders };

/// Parses a list of at least one item. Throws Error(usage) as Expression::parse does.
[[nodiscard]] std::vector<Item> parse_list(std::string_view text, ListOf kind);

}  // namespace clew::expr
