#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clew::cmd {

/// A condition on one number: "> 0.9", "<= 1e-3", "== 5", "!= 0".
class Condition {
 public:
  /// Throws Error(usage) for anything else.
  explicit Condition(std::string_view text);
  /// False for NaN, except with "!=".
  [[nodiscard]] bool holds(double value) const;

 private:
  enum class Operator { less, at_most, greater, at_least, equal, unequal };
  Operator operator_ = Operator::less;
  double bound_ = 0;
};

}  // namespace clew::cmd
