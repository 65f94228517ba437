#include "expr/operations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"

namespace clew::expr {
namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

constexpr auto kFunctions = std::to_array<Function>({
    {"isnan", Operation::isnan, 1, 1},
    {"isinf", Operation::isinf, 1, 1},
    {"abs", Operation::abs, 1, 1},
    {"min", Operation::min, 1, kAny},
    {"max", Operation::max, 1, kAny},
    {"log", Operation::log, 1, 1},
    {"log10", Operation::log10, 1, 1},
    {"log2", Operation::log2, 1, 1},
    {"exp", Operation::exp, 1, 1},
    {"sqrt", Operation::sqrt, 1, 1},
    {"pow", Operation::pow, 2, 2},
    {"floor", Operation::floor, 1, 1},
    {"ceil", Operation::ceil, 1, 1},
    {"round", Operation::round, 1, 2},
    {"coalesce", Operation::coalesce, 1, kAny},
    {"lower", Operation::lower, 1, 1},
    {"upper", Operation::upper, 1, 1},
    {"length", Operation::length, 1, 1},
});

/// A value as text: numbers with the fewest digits.
std::string_view text_of(const Value& value, Scratch& scratch) {
  switch (value.kind()) {
    case Value::Kind::missing:
      return {};
    case Value::Kind::boolean:
      return value.as_integer() != 0 ? "true" : "false";
    case Value::Kind::integer:
      return scratch.keep(std::to_string(value.as_integer()));
    case Value::Kind::real:
      return scratch.keep(shortest(value.as_real()));
    case Value::Kind::text:
    case Value::Kind::any_of:
      break;
  }
  return value.as_text();
}

/// Calls `visit` with each text of a value of several until it returns true; whether it did.
template <typename Visit>
bool any_text(const Value& value, Visit visit) {
  for (std::string_view rest = value.as_text(); !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    if (visit(Value::text(rest.substr(0, end)))) return true;
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return false;
}

bool compares(Operation operation, const Value& a, const Value& b) {
  const auto order = compare(a, b);
  switch (operation) {
    case Operation::equal:
      return order == 0;
    case Operation::unequal:
      return order != 0;
    case Operation::less:
      return order < 0;
    case Operation::less_equal:
      return order <= 0;
    case Operation::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool matches(Operation operation, const Value& text, const Value& pattern, Scratch& scratch) {
  const auto matcher = operation == Operation::like ? like : glob;
  return matcher(text_of(pattern, scratch), text_of(text, scratch));
}

/// A test that holds for several texts when it holds for one of them. `unequal` means that none is
/// equal.
template <typename Test>
Value test_any(const Value& value, const Test& test) {
  if (value.kind() != Value::Kind::any_of) return Value::boolean(test(value));
  return Value::boolean(any_text(value, test));
}

Value compare_values(Operation operation, const Value& a, const Value& b) {
  if (b.kind() == Value::Kind::any_of && a.kind() != Value::Kind::any_of) {
    constexpr std::array<Operation, 6> kMirrored = {Operation::equal,   Operation::unequal,
                                                    Operation::greater, Operation::greater_equal,
                                                    Operation::less,    Operation::less_equal};
    const auto place =
        static_cast<std::size_t>(operation) - static_cast<std::size_t>(Operation::equal);
    return compare_values(kMirrored[place], b, a);
  }
  if (operation == Operation::unequal && a.kind() == Value::Kind::any_of) {
    return Value::boolean(
        !any_text(a, [&](const Value& one) { return compares(Operation::equal, one, b); }));
  }
  return test_any(a, [&](const Value& one) { return compares(operation, one, b); });
}

Value negated(const Value& value) {
  return value.missing() ? value : Value::boolean(value.as_integer() == 0);
}

Value in_list(std::span<const Value> operands) {
  bool unknown = false;
  for (const Value& candidate : operands.subspan(1)) {
    if (candidate.missing()) {
      unknown = true;
    } else if (compare_values(Operation::equal, operands[0], candidate).as_integer() != 0) {
      return Value::boolean(true);
    }
  }
  return unknown ? Value() : Value::boolean(false);
}

/// Whole numbers stay whole where the result fits.
std::optional<std::int64_t> whole(Operation operation, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  const bool overflows = operation == Operation::add        ? __builtin_add_overflow(a, b, &result)
                         : operation == Operation::subtract ? __builtin_sub_overflow(a, b, &result)
                                                            : __builtin_mul_overflow(a, b, &result);
  return overflows ? std::nullopt : std::optional(result);
}

Value calculate(Operation operation, const Value& a, const Value& b) {
  const auto left = a.number();
  const auto right = b.number();
  if (!left || !right) return {};
  const bool integers = a.kind() == Value::Kind::integer && b.kind() == Value::Kind::integer;
  switch (operation) {
    case Operation::divide:
      return Value::real(*left / *right);
    case Operation::modulo:
      if (integers && b.as_integer() == -1) return Value::integer(0);
      if (integers && b.as_integer() != 0) return Value::integer(a.as_integer() % b.as_integer());
      return Value::real(std::fmod(*left, *right));
    case Operation::pow:
      return Value::real(std::pow(*left, *right));
    default:
      break;
  }
  if (integers) {
    if (const auto result = whole(operation, a.as_integer(), b.as_integer())) {
      return Value::integer(*result);
    }
  }
  if (operation == Operation::add) return Value::real(*left + *right);
  if (operation == Operation::subtract) return Value::real(*left - *right);
  return Value::real(*left * *right);
}

double of_real(Operation operation, double x) {
  switch (operation) {
    case Operation::log:
      return std::log(x);
    case Operation::log10:
      return std::log10(x);
    case Operation::log2:
      return std::log2(x);
    case Operation::exp:
      return std::exp(x);
    case Operation::sqrt:
      return std::sqrt(x);
    case Operation::floor:
      return std::floor(x);
    case Operation::ceil:
      return std::ceil(x);
    case Operation::negate:
      return -x;
    default:
      return std::abs(x);
  }
}

/// A function of one number. Whole numbers stay whole where nothing else can come out.
Value number_function(Operation operation, const Value& value) {
  const auto number = value.number();
  if (!number) return {};
  if (value.kind() == Value::Kind::integer &&
      value.as_integer() != std::numeric_limits<std::int64_t>::min()) {
    const std::int64_t integer = value.as_integer();
    if (operation == Operation::negate) return Value::integer(-integer);
    if (operation == Operation::abs) return Value::integer(std::abs(integer));
    if (operation == Operation::floor || operation == Operation::ceil) return value;
  }
  return Value::real(of_real(operation, *number));
}

Value round_to(std::span<const Value> operands) {
  const auto number = operands[0].number();
  const auto digits = operands.size() > 1 ? operands[1].number() : std::optional(0.0);
  if (!number || !digits) return {};
  const double scale = std::pow(10.0, std::trunc(*digits));
  const double scaled = *number * scale;
  return Value::real(std::isfinite(scaled) ? std::round(scaled) / scale : *number);
}

/// The least or greatest; NaN only where there is nothing else.
Value extreme(Operation operation, std::span<const Value> operands) {
  Value best;
  for (const Value& value : operands) {
    if (!value.number()) return {};
    const bool better =
        std::isnan(best.number().value_or(std::nan(""))) ||
        (operation == Operation::min ? compare(value, best) < 0 : compare(value, best) > 0);
    if (better) best = value;
  }
  return best;
}

Value text_function(Operation operation, const Value& value, Scratch& scratch) {
  const std::string_view text = text_of(value, scratch);
  if (operation == Operation::length) {
    const auto characters = std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    });
    return Value::integer(characters);
  }
  if (operation == Operation::lower) return Value::text(scratch.keep(to_lower(text)));
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return Value::text(scratch.keep(std::move(upper)));
}

bool is_between(std::span<const Value> operands) {
  return compares(Operation::greater_equal, operands[0], operands[1]) &&
         compares(Operation::less_equal, operands[0], operands[2]);
}

Value present_missing(Operation operation, const Value& value) {
  const bool none =
      value.missing() || (value.kind() == Value::Kind::any_of && value.as_text().empty());
  return Value::boolean(none == (operation == Operation::is_missing));
}

/// Operations on operands that are all there.
Value apply_present(Operation operation, std::span<const Value> operands, Scratch& scratch) {
  const Value& a = operands[0];
  switch (operation) {
    case Operation::logical_not:
      return Value::boolean(!*a.truth());
    case Operation::add:
    case Operation::subtract:
    case Operation::multiply:
    case Operation::divide:
    case Operation::modulo:
    case Operation::pow:
      return calculate(operation, a, operands[1]);
    case Operation::equal:
    case Operation::unequal:
    case Operation::less:
    case Operation::less_equal:
    case Operation::greater:
    case Operation::greater_equal:
      return compare_values(operation, a, operands[1]);
    case Operation::between:
      return Value::boolean(is_between(operands));
    case Operation::like:
    case Operation::glob:
      return test_any(
          a, [&](const Value& one) { return matches(operation, one, operands[1], scratch); });
    case Operation::isnan:
      return Value::boolean(std::isnan(a.number().value_or(0)));
    case Operation::isinf:
      return Value::boolean(std::isinf(a.number().value_or(0)));
    case Operation::min:
    case Operation::max:
      return extreme(operation, operands);
    case Operation::round:
      return round_to(operands);
    case Operation::lower:
    case Operation::upper:
    case Operation::length:
      return text_function(operation, a, scratch);
    default:
      return number_function(operation, a);
  }
}

}  // namespace

std::span<const Function> functions() {
  return kFunctions;
}

const Function* find_function(std::string_view name) {
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const Function& function) { return function.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

Value apply(Operation operation, std::span<const Value> operands, Scratch& scratch) {
  switch (operation) {
    case Operation::is_missing:
    case Operation::is_present:
      return present_missing(operation, operands[0]);
    case Operation::in:
      return operands[0].missing() ? Value() : in_list(operands);
    case Operation::not_in:
      return negated(apply(Operation::in, operands, scratch));
    case Operation::not_between:
      return negated(apply(Operation::between, operands, scratch));
    case Operation::not_like:
      return negated(apply(Operation::like, operands, scratch));
    case Operation::not_glob:
      return negated(apply(Operation::glob, operands, scratch));
    default:
      break;
  }
  const bool missing = std::any_of(operands.begin(), operands.end(),
                                   [](const Value& value) { return value.missing(); });
  return missing ? Value() : apply_present(operation, operands, scratch);
}

}  // namespace clew::expr
