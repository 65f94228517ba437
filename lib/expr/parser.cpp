#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "expr/syntax.h"

namespace clew::expr {

/// Parses by descent, one function for each level of precedence; the loosest comes first:
///
///   or | and | not | = != < <= > >= is in between like glob | + - | * / % | - (sign) | leaves
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokens_of(text)) {}

  Expression whole() {
    Expression result = expression();
    if (!at_end()) unexpected();
    return result;
  }

  std::vector<Item> list(ListOf kind) {
    std::vector<Item> items;
    while (true) {
      while (take(","))
        ;
      if (at_end()) break;
      items.push_back(item(kind));
      if (!at_end() && !peek().is(",")) unexpected();
    }
    return items;
  }

 private:
  /// Damage to the stack by "((((…" ends here.
  static constexpr int kDeepest = 200;

  Item item(ListOf kind) {
    const bool minus = kind == ListOf::orders && take("-");
    Expression expression = this->expression();
    std::string title =
        expression.is_name() ? expression.names().front().title() : std::string(expression.text());
    bool descending = minus;
    if (kind == ListOf::columns && take("as")) {
      if (peek().kind != Token::Kind::name) unexpected("a title was expected, not");
      title = peek().name.text;
      ++place_;
    } else if (kind == ListOf::orders && take("desc")) {
      descending = !descending;
    } else if (kind == ListOf::orders) {
      take("asc");
    }
    return {std::move(expression), std::move(title), descending};
  }

  Expression expression() {
    tree_ = std::make_shared<Tree>();
    tree_->text = text_;
    tree_->begin = peek().begin;
    tree_->root = either();
    tree_->end = tokens_[place_ == 0 ? 0 : place_ - 1].end;
    return Expression(std::exchange(tree_, nullptr));
  }

  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(place_ + ahead, tokens_.size() - 1)];
  }
  [[nodiscard]] bool at_end() const { return peek().kind == Token::Kind::end; }
  bool take(std::string_view word) {
    if (!peek().is(word)) return false;
    ++place_;
    return true;
  }
  void expect(std::string_view symbol) {
    if (take(symbol)) return;
    throw fault_at(text_, peek().begin, peek().end, concat("missing '", symbol, '\''));
  }

  [[noreturn]] void unexpected(std::string_view what = "unexpected") const {
    const Token& token = peek();
    if (token.kind == Token::Kind::end) {
      throw fault_at(text_, token.begin, token.end,
                     text_.empty() ? "the expression is empty" : "the expression ends too early");
    }
    std::vector<std::string> hints;
    const std::string lower = to_lower(token.text);
    if (token.kind == Token::Kind::name && is_keyword(lower)) {
      hints.push_back(concat("a name that is a word of the language stands in double quotes: \"",
                             token.text, '"'));
    }
    throw fault_at(text_, token.begin, token.end, concat(what, " '", token.text, '\''),
                   std::move(hints));
  }

  static Node node(Operation operation, std::vector<Node> operands) {
    return {operation, {}, 0, std::move(operands)};
  }
  template <typename... Nodes>
  static Node make(Operation operation, Nodes... nodes) {
    std::vector<Node> operands;
    (operands.push_back(std::move(nodes)), ...);
    return node(operation, std::move(operands));
  }

  Node either() {
    if (++depth_ > kDeepest) {
      throw fault_at(text_, peek().begin, peek().end, "the expression is nested too deeply");
    }
    Node left = both();
    while (take("or") || take("||"))
      left = make(Operation::logical_or, std::move(left), both());
    --depth_;
    return left;
  }

  Node both() {
    Node left = negation();
    while (take("and") || take("&&"))
      left = make(Operation::logical_and, std::move(left), negation());
    return left;
  }

  Node negation() {
    bool negated = false;
    while (take("not") || take("!"))
      negated = !negated;
    Node operand = comparison();
    return negated ? make(Operation::logical_not, std::move(operand)) : operand;
  }

  Node comparison() {
    Node left = sum();
    while (true) {
      if (const auto operation = comparison_operator()) {
        left = make(*operation, std::move(left), sum());
      } else if (take("is")) {
        left = is(std::move(left));
      } else if (peek().is("not") && is_word_test(peek(1))) {
        ++place_;
        left = word_test(std::move(left), true);
      } else if (is_word_test(peek())) {
        left = word_test(std::move(left), false);
      } else {
        return left;
      }
    }
  }

  std::optional<Operation> comparison_operator() {
    constexpr std::array<std::pair<std::string_view, Operation>, 8> kOperators = {{
        {"=", Operation::equal},
        {"==", Operation::equal},
        {"!=", Operation::unequal},
        {"<>", Operation::unequal},
        {"<", Operation::less},
        {"<=", Operation::less_equal},
        {">", Operation::greater},
        {">=", Operation::greater_equal},
    }};
    for (const auto& [symbol, operation] : kOperators) {
      if (take(symbol)) return operation;
    }
    return std::nullopt;
  }

  Node is(Node left) {
    const bool negated = take("not");
    if (take("null")) {
      return make(negated ? Operation::is_present : Operation::is_missing, std::move(left));
    }
    return make(negated ? Operation::unequal : Operation::equal, std::move(left), sum());
  }

  static bool is_word_test(const Token& token) {
    return token.is("in") || token.is("between") || token.is("like") || token.is("glob");
  }

  Node word_test(Node left, bool negated) {
    if (take("in")) {
      Node test = make(negated ? Operation::not_in : Operation::in, std::move(left));
      expect("(");
      do
        test.operands.push_back(either());
      while (take(","));
      expect(")");
      return test;
    }
    if (take("between")) {
      Node low = sum();
      if (!take("and")) unexpected("'and' was expected, not");
      return make(negated ? Operation::not_between : Operation::between, std::move(left),
                  std::move(low), sum());
    }
    if (take("like")) {
      return make(negated ? Operation::not_like : Operation::like, std::move(left), sum());
    }
    ++place_;
    return make(negated ? Operation::not_glob : Operation::glob, std::move(left), sum());
  }

  Node sum() {
    Node left = product();
    while (true) {
      if (take("+")) {
        left = make(Operation::add, std::move(left), product());
      } else if (take("-")) {
        left = make(Operation::subtract, std::move(left), product());
      } else {
        return left;
      }
    }
  }

  Node product() {
    Node left = sign();
    while (true) {
      if (take("*")) {
        left = make(Operation::multiply, std::move(left), sign());
      } else if (take("/")) {
        left = make(Operation::divide, std::move(left), sign());
      } else if (take("%")) {
        left = make(Operation::modulo, std::move(left), sign());
      } else {
        return left;
      }
    }
  }

  Node sign() {
    bool negative = false;
    while (peek().is("-") || peek().is("+")) {
      if (peek().is("-")) negative = !negative;
      ++place_;
    }
    Node operand = leaf();
    return negative ? make(Operation::negate, std::move(operand)) : operand;
  }

  Node leaf() {
    const Token& token = peek();
    switch (token.kind) {
      case Token::Kind::number:
        ++place_;
        return literal(token.number);
      case Token::Kind::string:
        ++place_;
        return literal(Value::text(tree_->scratch.keep(token.content)));
      case Token::Kind::name:
        return name_or_word();
      case Token::Kind::symbol:
        if (take("(")) {
          Node inner = either();
          expect(")");
          return inner;
        }
        [[fallthrough]];
      case Token::Kind::end:
        unexpected();
    }
    unexpected();
  }

  static Node literal(Value value) { return {Operation::literal, value, 0, {}}; }

  Node name_or_word() {
    const Token& token = peek();
    if (!token.name.quoted && !token.name.step) {
      if (peek(1).is("(")) return call();
      if (take("true")) return literal(Value::boolean(true));
      if (take("false")) return literal(Value::boolean(false));
      if (take("null")) return literal({});
      if (take("nan")) return literal(Value::real(std::numeric_limits<double>::quiet_NaN()));
      if (take("inf")) return literal(Value::real(std::numeric_limits<double>::infinity()));
      if (is_keyword(to_lower(token.name.text))) unexpected();
      if (const auto seconds = duration(token.name.text)) {
        ++place_;
        return literal(*seconds);
      }
    }
    ++place_;
    auto& names = tree_->names;
    const auto same = std::find_if(names.begin(), names.end(),
                                   [&](const Reference& name) { return name.same_as(token.name); });
    const auto index = static_cast<std::size_t>(same - names.begin());
    if (same == names.end()) names.push_back(token.name);
    return {Operation::name, {}, index, {}};
  }

  /// "90s", "10m", "2h", "7d", "2w" as seconds.
  static std::optional<Value> duration(std::string_view text) {
    constexpr std::array<std::pair<char, double>, 5> kUnits = {
        {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}}};
    const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                   [&](const auto& one) { return text.ends_with(one.first); });
    if (unit == kUnits.end() || text[0] < '0' || text[0] > '9') return std::nullopt;
    const auto count = parse_double(text.substr(0, text.size() - 1));
    if (!count) return std::nullopt;
    return Value::real(*count * unit->second);
  }

  Node call() {
    const Token& token = peek();
    const std::string name = to_lower(token.name.text);
    const Function* function = find_function(name);
    if (function == nullptr) unknown_function(token, name);
    place_ += 2;
    Node call = make(function->operation);
    if (!peek().is(")")) {
      do
        call.operands.push_back(either());
      while (take(","));
    }
    expect(")");
    if (call.operands.size() < function->least || call.operands.size() > function->most) {
      throw fault_at(text_, token.begin, token.end,
                     concat('\'', name, "' does not take ", call.operands.size(), " values"));
    }
    return call;
  }

  [[noreturn]] void unknown_function(const Token& token, const std::string& name) const {
    if (is_keyword(name)) unexpected();
    std::vector<std::string> names;
    for (const Function& one : functions())
      names.emplace_back(one.name);
    std::vector<std::string> hints;
    const auto similar = suggestions(name, names);
    if (!similar.empty()) hints.push_back(concat("did you mean '", similar.front(), "'?"));
    hints.push_back(concat("the functions are ", join(names, ", ")));
    throw fault_at(text_, token.begin, token.end, concat("unknown function '", token.text, '\''),
                   std::move(hints));
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t place_ = 0;
  int depth_ = 0;
  std::shared_ptr<Tree> tree_;
};

Expression Expression::parse(std::string_view text) {
  return Parser(text).whole();
}

std::vector<Item> parse_list(std::string_view text, ListOf kind) {
  auto items = Parser(text).list(kind);
  if (items.empty()) {
    throw Error(ErrorKind::usage,
                kind == ListOf::columns ? "the list of columns is empty" : "the order is empty");
  }
  return items;
}

}  // namespace clew::expr
