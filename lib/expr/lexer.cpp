#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "expr/syntax.h"

namespace clew::expr {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c) {
  return begins_name(c) || c == '/' || c == '.' || c == ':' || c == '-';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

constexpr std::array<std::string_view, 19> kSymbols = {"==", "!=", "<>", "<=", ">=", "||", "&&",
                                                       "=",  "<",  ">",  "(",  ")",  ",",  "+",
                                                       "-",  "*",  "/",  "%",  "!"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    do {
      while (at_ < text_.size() && is_space(text_[at_]))
        ++at_;
      token_ = {};
      token_.begin = at_;
      next();
      token_.end = at_;
      token_.text = text_.substr(token_.begin, at_ - token_.begin);
      tokens.push_back(std::move(token_));
    } while (tokens.back().kind != Token::Kind::end);
    return tokens;
  }

 private:
  [[nodiscard]] bool ahead(bool (*is)(char), std::size_t places = 0) const {
    return at_ + places < text_.size() && is(text_[at_ + places]);
  }
  [[nodiscard]] bool ahead(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void next() {
    if (at_ == text_.size()) return;
    if (ahead(is_digit) || (ahead('.') && ahead(is_digit, 1))) {
      if (number()) return;
    }
    if (ahead(begins_name)) return name();
    if (ahead('\'')) return string();
    if (ahead('"')) return quoted_name();
    symbol();
  }

  /// A number, unless the characters go on as a name: "3d_conv".
  bool number() {
    const char* begin = text_.data() + at_;
    const char* end = text_.data() + text_.size();
    double real = 0;
    const auto read = std::from_chars(begin, end, real);
    if (read.ec == std::errc::invalid_argument) return false;
    if (read.ptr != end && continues_name(*read.ptr)) return false;
    const std::string_view digits(begin, static_cast<std::size_t>(read.ptr - begin));
    const auto integer = parse_int(digits);
    token_.number =
        integer ? Value::integer(*integer) : Value::real(parse_double(digits).value_or(real));
    token_.kind = Token::Kind::number;
    at_ += digits.size();
    return true;
  }

  void name() {
    const std::size_t begin = at_;
    while (ahead(continues_name))
      ++at_;
    token_.kind = Token::Kind::name;
    token_.name.text = text_.substr(begin, at_ - begin);
    finish_name();
  }

  void quoted_name() {
    token_.kind = Token::Kind::name;
    token_.name.text = quoted('"');
    token_.name.quoted = true;
    if (ahead('.') && ahead(begins_name, 1)) {
      const std::size_t begin = ++at_;
      while (ahead(begins_name))
        ++at_;
      token_.name.part = text_.substr(begin, at_ - begin);
    }
    finish_name();
  }

  void finish_name() {
    if (ahead('@')) {
      const std::size_t mark = at_++;
      const std::size_t begin = at_;
      if (ahead('-')) ++at_;
      while (ahead(is_digit))
        ++at_;
      token_.name.step = parse_int(text_.substr(begin, at_ - begin));
      if (!token_.name.step) {
        throw fault_at(text_, mark, std::max(at_, mark + 1), "no step after '@'",
                       {"loss@10 is the value of 'loss' at step 10"});
      }
    }
    token_.name.begin = token_.begin;
    token_.name.end = at_;
  }

  void string() {
    token_.kind = Token::Kind::string;
    token_.content = quoted('\'');
  }

  /// What stands between two quotes; a quote inside is written twice.
  std::string quoted(char quote) {
    const std::size_t begin = at_++;
    std::string content;
    while (true) {
      const std::size_t end = text_.find(quote, at_);
      if (end == std::string_view::npos) {
        throw fault_at(text_, begin, begin + 1, concat("missing ", quote, " at the end"));
      }
      content += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (!ahead(quote)) return content;
      content += quote;
      ++at_;
    }
  }

  void symbol() {
    token_.kind = Token::Kind::symbol;
    for (const std::string_view symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return;
    }
    throw fault_at(text_, at_, at_ + 1, concat("unexpected '", text_[at_], '\''),
                   {"a name with other characters than letters, digits and _/.:- stands in double "
                    "quotes, a text in single quotes"});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

bool is_keyword(std::string_view lower_case) {
  constexpr std::array<std::string_view, 15> kWords = {"and",   "or",   "not",  "is",      "null",
                                                       "in",    "like", "glob", "between", "true",
                                                       "false", "as",   "asc",  "desc",    "nan"};
  return std::find(kWords.begin(), kWords.end(), lower_case) != kWords.end();
}

bool Token::is(std::string_view word) const {
  if (kind == Kind::symbol) return text == word;
  return kind == Kind::name && !name.quoted && !name.step && to_lower(name.text) == word;
}

Error fault_at(std::string_view text, std::size_t begin, std::size_t end, std::string_view message,
               std::vector<std::string> hints) {
  // A text of several lines is shown as one.
  std::string line(text);
  std::replace_if(line.begin(), line.end(), is_space, ' ');
  const std::size_t before = characters(text.substr(0, begin));
  const std::size_t marked = characters(text.substr(begin, end - begin));
  return {ErrorKind::usage,
          concat(message, " at column ", before + 1, "\n  ", valid_utf8(line), "\n  ",
                 std::string(before, ' '), std::string(std::max<std::size_t>(marked, 1), '^')),
          std::move(hints)};
}

std::vector<Token> tokens_of(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace clew::expr
