#include "expr/expression.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "expr/syntax.h"

namespace clew::expr {
namespace {

/// Evaluates a tree over the values of its names.
class Evaluation {
 public:
  Evaluation(std::span<const Value> names, Scratch& scratch) : names_(names), scratch_(scratch) {}

  Value of(const Node& node) {
    switch (node.operation) {
      case Operation::literal:
        return node.literal;
      case Operation::name:
        return names_[node.name];
      case Operation::logical_and:
        return decide(node, false);
      case Operation::logical_or:
        return decide(node, true);
      case Operation::coalesce:
        return first_present(node);
      default:
        break;
    }
    constexpr std::size_t kFew = 4;
    if (node.operands.size() > kFew) {
      std::vector<Value> values;
      for (const Node& operand : node.operands)
        values.push_back(of(operand));
      return apply(node.operation, values, scratch_);
    }
    std::array<Value, kFew> values;
    for (std::size_t i = 0; i < node.operands.size(); ++i)
      values[i] = of(node.operands[i]);
    return apply(node.operation, std::span(values).first(node.operands.size()), scratch_);
  }

 private:
  /// `and` is decided by the first false operand, `or` by the first true one; what is missing
  /// decides nothing.
  Value decide(const Node& node, bool deciding) {
    bool missing = false;
    for (const Node& operand : node.operands) {
      const auto truth = of(operand).truth();
      if (truth == deciding) return Value::boolean(deciding);
      missing = missing || !truth;
    }
    return missing ? Value() : Value::boolean(!deciding);
  }

  Value first_present(const Node& node) {
    for (const Node& operand : node.operands) {
      const Value value = of(operand);
      if (!value.missing()) return value;
    }
    return {};
  }

  std::span<const Value> names_;
  Scratch& scratch_;
};

}  // namespace

bool Reference::same_as(const Reference& other) const {
  return text == other.text && quoted == other.quoted && part == other.part && step == other.step;
}

std::string Reference::title() const {
  std::string title = text;
  if (!part.empty()) title += concat('.', part);
  if (step) title += concat('@', *step);
  return title;
}

const std::vector<Reference>& Expression::names() const {
  return tree_->names;
}

Value Expression::evaluate(std::span<const Value> values, Scratch& scratch) const {
  return Evaluation(values, scratch).of(tree_->root);
}

Value Expression::evaluate(const std::function<Value(const Reference&)>& value_of,
                           Scratch& scratch) const {
  std::vector<Value> values;
  values.reserve(tree_->names.size());
  for (const Reference& name : tree_->names)
    values.push_back(value_of(name));
  return evaluate(values, scratch);
}

bool Expression::is_name() const {
  return tree_->root.operation == Operation::name;
}

std::string_view Expression::text() const {
  return std::string_view(tree_->text).substr(tree_->begin, tree_->end - tree_->begin);
}

Error Expression::fault(const Reference& name, std::string_view message,
                        std::vector<std::string> hints) const {
  return fault_at(tree_->text, name.begin, name.end, message, std::move(hints));
}

}  // namespace clew::expr
