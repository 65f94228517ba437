#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.h"

// What an expression can do with values. Internal to expr.

namespace clew::expr {

/// `literal` and `name` are the leaves; the others act on the values of their operands.
enum class Operation : std::uint8_t {
  literal,
  name,
  logical_or,
  logical_and,
  logical_not,
  negate,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  is_missing,
  is_present,
  in,
  not_in,
  between,
  not_between,
  like,
  not_like,
  glob,
  not_glob,
  // Functions, in the order of functions().
  isnan,
  isinf,
  abs,
  min,
  max,
  log,
  log10,
  log2,
  exp,
  sqrt,
  pow,
  floor,
  ceil,
  round,
  coalesce,
  lower,
  upper,
  length,
};

struct Function {
  std::string_view name;
  Operation operation;
  std::size_t least;  ///< operands
  std::size_t most;
};
[[nodiscard]] std::span<const Function> functions();
/// nullptr where there is none of this name (in lower case).
[[nodiscard]] const Function* find_function(std::string_view name);

/// Applies any operation but the leaves, `and`, `or` and `coalesce`, which need not look at all of
/// their operands.
[[nodiscard]] Value apply(Operation operation, std::span<const Value> operands, Scratch& scratch);

}  // namespace clew::expr
