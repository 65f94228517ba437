#include "expr/value.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace clew::expr {
namespace {

/// Exact also where the integer has more digits than a double.
std::partial_ordering compare_mixed(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  constexpr double kBeyond = 9223372036854775808.0;  // 2^63
  if (b >= kBeyond) return std::partial_ordering::less;
  if (b < -kBeyond) return std::partial_ordering::greater;
  const auto whole = static_cast<std::int64_t>(b);
  if (a != whole) return a <=> whole;
  return 0.0 <=> (b - static_cast<double>(whole));
}

std::partial_ordering reversed(std::partial_ordering order) {
  return 0 <=> order;
}

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  const bool real_a = a.kind() == Value::Kind::real;
  const bool real_b = b.kind() == Value::Kind::real;
  if (real_a && real_b) return a.as_real() <=> b.as_real();
  if (real_a) return reversed(compare_mixed(b.as_integer(), a.as_real()));
  if (real_b) return compare_mixed(a.as_integer(), b.as_real());
  return a.as_integer() <=> b.as_integer();
}

bool is_plain_number(const Value& value) {
  return value.is_number() || value.kind() == Value::Kind::boolean;
}

/// The text as an integer or a real; missing where it is neither.
Value number_in(std::string_view text) {
  if (const auto integer = parse_int(text)) return Value::integer(*integer);
  if (const auto real = parse_double(text)) return Value::real(*real);
  const std::string lower = text.size() <= 5 ? to_lower(text) : std::string();
  if (lower == "true" || lower == "false") return Value::boolean(lower == "true");
  return {};
}

/// Where a value stands in a listing, coarsely.
enum class Rank { number, text, nan, missing };

struct Placed {
  Rank rank;
  Value value;
};

Placed placed(const Value& value) {
  Value number = value;
  if (value.is_text()) number = number_in(value.as_text());
  if (value.kind() == Value::Kind::any_of) {
    return value.as_text().empty() ? Placed{Rank::missing, value}
                                   : Placed{Rank::text, Value::text(value.as_text())};
  }
  if (is_plain_number(number)) {
    const bool nan = number.kind() == Value::Kind::real && std::isnan(number.as_real());
    return {nan ? Rank::nan : Rank::number, number};
  }
  return {value.missing() ? Rank::missing : Rank::text, value};
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The length of the UTF-8 character at the start of a text that is not empty.
std::size_t character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    ++size;
  return size;
}

/// Does the bracket expression at the start of `pattern` ("[a-z]", "[!0-9]") take `c`? Its length
/// is set; 0 where the bracket is never closed.
bool in_bracket(std::string_view pattern, char c, std::size_t& length) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  bool found = false;
  for (const std::size_t first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at > first) {
      length = at + 1;
      return found != negated;
    }
    if (at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']') {
      found = found || (pattern[at] <= c && c <= pattern[at + 2]);
      at += 2;
    } else {
      found = found || pattern[at] == c;
    }
  }
  length = 0;
  return false;
}

/// Matches wildcards with a single point of return: what a later star takes never needs an earlier
/// one to change, so the time is at most the product of the lengths. `one` matches one item at the
/// start of both and says how much of each it took.
template <typename One>
bool match(std::string_view pattern, std::string_view text, char star, One one) {
  std::string_view retry_pattern;
  std::string_view retry_text;
  bool can_retry = false;
  while (true) {
    if (!pattern.empty() && pattern[0] == star) {
      pattern.remove_prefix(1);
      retry_pattern = pattern;
      retry_text = text;
      can_retry = true;
      continue;
    }
    if (pattern.empty() && text.empty()) return true;
    std::size_t taken_pattern = 0;
    std::size_t taken_text = 0;
    if (!pattern.empty() && !text.empty() && one(pattern, text, taken_pattern, taken_text)) {
      pattern.remove_prefix(taken_pattern);
      text.remove_prefix(taken_text);
      continue;
    }
    if (!can_retry || retry_text.empty()) return false;
    retry_text.remove_prefix(character(retry_text));
    pattern = retry_pattern;
    text = retry_text;
  }
}

}  // namespace

Value Value::real(double value) {
  Value result;
  result.kind_ = Kind::real;
  result.real_ = value;
  return result;
}

Value Value::from_json(const Json& json, Scratch& scratch) {
  if (json.is_null()) return {};
  if (json.is_bool()) return boolean(json.as_bool());
  if (json.is_int()) return integer(json.as_int());
  if (json.is_double()) return real(json.as_double());
  if (json.is_string()) return text(json.as_string());
  return text(scratch.keep(dump_json(json)));
}

double Value::as_real() const {
  return kind_ == Kind::real ? real_ : static_cast<double>(integer_);
}

std::optional<double> Value::number() const {
  if (is_plain_number(*this)) return as_real();
  if (kind_ != Kind::text) return std::nullopt;
  const Value read = number_in(as_text());
  return read.missing() ? std::nullopt : std::optional(read.as_real());
}

std::optional<bool> Value::truth() const {
  if (missing()) return std::nullopt;
  const double value = number().value_or(0);
  return value != 0 && !std::isnan(value);
}

Json Value::to_json() const {
  switch (kind_) {
    case Kind::missing:
      return {};
    case Kind::boolean:
      return integer_ != 0;
    case Kind::integer:
      return integer_;
    case Kind::real:
      return real_;
    case Kind::text:
      return as_text();
    case Kind::any_of:
      break;
  }
  Json list = Json::array();
  for (std::string_view rest = as_text(); !rest.empty();) {
    const std::size_t end = rest.find('\0');
    list.push(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return list;
}

std::partial_ordering compare(const Value& a, const Value& b) {
  if (a.is_text() && b.is_text()) return a.as_text() <=> b.as_text();
  const Value left = a.is_text() ? number_in(a.as_text()) : a;
  const Value right = b.is_text() ? number_in(b.as_text()) : b;
  if (!is_plain_number(left) || !is_plain_number(right)) return std::partial_ordering::unordered;
  return compare_numbers(left, right);
}

int sort_order(const Value& a, const Value& b, bool descending) {
  const Placed left = placed(a);
  const Placed right = placed(b);
  if (left.rank != right.rank) {
    const bool last = left.rank >= Rank::nan || right.rank >= Rank::nan;
    return (left.rank < right.rank) == (last || !descending) ? -1 : 1;
  }
  if (left.rank >= Rank::nan) return 0;
  const auto order = compare(left.value, right.value);
  if (order == 0) return 0;
  return (order < 0) != descending ? -1 : 1;
}

double as_meant(double value) {
  const auto single = static_cast<float>(value);
  if (static_cast<double>(single) != value) return value;
  // Whole numbers are meant as they are, and a few binary digits after the point are as many
  // decimal ones: 64, 0.5, 0.25.
  constexpr double kSixteenths = 16;
  constexpr double kLarge = 65536;
  const bool few =
      std::abs(value) < kLarge && std::trunc(value * kSixteenths) == value * kSixteenths;
  if (few || std::trunc(value) == value) return value;
  char digits[64];
  const auto end = std::to_chars(digits, digits + sizeof digits, single).ptr;
  double meant = value;
  std::from_chars(digits, end, meant);
  return meant;
}

bool like(std::string_view pattern, std::string_view text) {
  return match(pattern, text, '%',
               [](std::string_view p, std::string_view t, auto& p_taken, auto& t_taken) {
                 p_taken = 1;
                 t_taken = p[0] == '_' ? character(t) : 1;
                 return p[0] == '_' || lower(p[0]) == lower(t[0]);
               });
}

bool glob(std::string_view pattern, std::string_view text) {
  return match(pattern, text, '*',
               [](std::string_view p, std::string_view t, auto& p_taken, auto& t_taken) {
                 p_taken = 1;
                 t_taken = p[0] == '?' ? character(t) : 1;
                 if (p[0] == '?') return true;
                 if (p[0] != '[') return p[0] == t[0];
                 const bool in = in_bracket(p, t[0], p_taken);
                 if (p_taken != 0) return in;
                 p_taken = 1;  // a bracket that is never closed stands for itself
                 return t[0] == '[';
               });
}

}  // namespace clew::expr
