#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "expr/expression.h"
#include "expr/operations.h"

// The pieces between text and evaluation. Internal to expr.

namespace clew::expr {

/// A node of a parsed expression.
struct Node {
  Operation operation = Operation::literal;
  Value literal;         ///< its text lies in the tree's scratch
  std::size_t name = 0;  ///< the place among the tree's names
  std::vector<Node> operands;
};

struct Tree {
  std::string text;  ///< all that was parsed, of a list the whole list
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<Reference> names;
  Node root;
  Scratch scratch;
};

struct Token {
  enum class Kind { end, number, string, name, symbol };
  Kind kind = Kind::end;
  std::string_view text;  ///< as written; of a symbol the symbol
  std::string content;    ///< of a string: without quotes
  Value number;
  Reference name;
  std::size_t begin = 0;
  std::size_t end = 0;

  /// Is it this symbol, or this keyword (lower case) as an unquoted name in any case?
  [[nodiscard]] bool is(std::string_view word) const;
};

/// An Error(usage): "MESSAGE at column N", then the text with a mark below bytes begin to end.
/// Columns count characters, from 1.
[[nodiscard]] Error fault_at(std::string_view text, std::size_t begin, std::size_t end,
                             std::string_view message, std::vector<std::string> hints = {});

/// Cuts a text into tokens, the last one of kind `end`. A name is a run of letters, digits and
/// "_/.:-" (and all characters beyond ASCII) that does not begin with one of "/.:-"; so '-' and '/'
/// need a space before them as operators. Throws Error(usage).
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

/// Is it a word of the language itself?
[[nodiscard]] bool is_keyword(std::string_view lower_case);

}  // namespace clew::expr
