#include "condition.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

Condition::Condition(std::string_view text) {
  // Longer signs first, so that "<=" is not read as "<".
  static constexpr std::array<std::pair<std::string_view, Operator>, 7> signs = {
      {{"<=", Operator::at_most},
       {">=", Operator::at_least},
       {"==", Operator::equal},
       {"!=", Operator::unequal},
       {"<", Operator::less},
       {">", Operator::greater},
       {"=", Operator::equal}}};
  const std::string_view all = trim(text);
  for (const auto& [sign, meaning] : signs) {
    if (!all.starts_with(sign)) continue;
    const auto number = parse_double(trim(all.substr(sign.size())));
    if (!number) break;
    operator_ = meaning;
    bound_ = *number;
    return;
  }
  throw Error(ErrorKind::usage, concat("'", text, "' is no condition on a number"),
              {"write it like '> 0.9' or '<= 0.05', in quotes"});
}

bool Condition::holds(double value) const {
  switch (operator_) {
    case Operator::less:
      return value < bound_;
    case Operator::at_most:
      return value <= bound_;
    case Operator::greater:
      return value > bound_;
    case Operator::at_least:
      return value >= bound_;
    case Operator::equal:
      return value == bound_;
    case Operator::unequal:
      break;
  }
  return value != bound_;
}

}  // namespace clew::cmd
