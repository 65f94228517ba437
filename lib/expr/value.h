#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace clew::expr {

/// Keeps the texts that values made on the way point to. Clearing it ends their life.
class Scratch {
 public:
  /// The text, kept; the view stays good until clear() or the end of the scratch.
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  void clear() { texts_.clear(); }

 private:
  std::deque<std::string> texts_;
};

/// A value of an expression: missing, a truth value, a number, a text, or several texts (the tags
/// of a run), of which any counts. 16 bytes, copied freely; texts lie elsewhere and must outlive
/// it.
class Value {
 public:
  enum class Kind : std::uint8_t { missing, boolean, integer, real, text, any_of };

  Value() = default;
  [[nodiscard]] static Value boolean(bool value) { return {Kind::boolean, value ? 1 : 0}; }
  [[nodiscard]] static Value integer(std::int64_t value) { return {Kind::integer, value}; }
  [[nodiscard]] static Value real(double value);
  /// A text of up to 4 GiB.
  [[nodiscard]] static Value text(std::string_view text) { return {Kind::text, text}; }
  /// Texts, each followed by a byte 0.
  [[nodiscard]] static Value any_of(std::string_view texts) { return {Kind::any_of, texts}; }
  /// A JSON value: null is missing; lists and maps are texts of compact JSON, kept in `scratch`.
  /// A string is not copied.
  [[nodiscard]] static Value from_json(const Json& json, Scratch& scratch);

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool missing() const { return kind_ == Kind::missing; }
  [[nodiscard]] bool is_number() const { return kind_ == Kind::integer || kind_ == Kind::real; }
  [[nodiscard]] bool is_text() const { return kind_ == Kind::text; }
  // The content; only for the kind that the name says. as_real also takes an integer or a truth
  // value.
  [[nodiscard]] std::int64_t as_integer() const { return integer_; }
  [[nodiscard]] double as_real() const;
  [[nodiscard]] std::string_view as_text() const { return {text_, size_}; }

  /// The value as a number: a truth value is 0 or 1, a text counts when all of it is a number or
  /// the word true or false. nullopt for others.
  [[nodiscard]] std::optional<double> number() const;
  /// What counts as true in a condition: a truth value or a number that is not 0 (and no NaN).
  /// nullopt where it is missing; a text counts by its number, and is false where it has none.
  [[nodiscard]] std::optional<bool> truth() const;
  /// As JSON; missing is null, several texts are a list.
  [[nodiscard]] Json to_json() const;

 private:
  Value(Kind kind, std::int64_t integer) : kind_(kind), integer_(integer) {}
  Value(Kind kind, std::string_view text)
      : kind_(kind), size_(static_cast<std::uint32_t>(text.size())), text_(text.data()) {}

  Kind kind_ = Kind::missing;
  std::uint32_t size_ = 0;
  union {
    std::int64_t integer_ = 0;
    double real_;
    const char* text_;
  };
};

/// How two values that are there stand to each other. Numbers compare by value, exactly, also
/// integers with doubles; a number or truth value beside a text takes the text as a number where it
/// is one; texts compare by their bytes. Unordered: NaN with anything, a number with a text that is
/// none.
[[nodiscard]] std::partial_ordering compare(const Value& a, const Value& b);

/// The order of listings, which has a place for everything: numbers and truth values (and texts
/// that are numbers) by value, then other texts, then NaN, then what is missing. Negative where `a`
/// comes first, 0 for equals. `descending` turns numbers and texts around, never the last two.
[[nodiscard]] int sort_order(const Value& a, const Value& b, bool descending);

/// The number that `value` was meant to be where it is exactly a float32: the one with the fewest
/// decimal digits that rounds to the same float32. 0.0005000000237487257 is 0.0005. Others, and
/// floats that are the shortest themselves, stay what they are.
[[nodiscard]] double as_meant(double value);

/// Does `text` match an SQL pattern? '%' stands for any text, '_' for one character; ASCII letters
/// match in either case.
[[nodiscard]] bool like(std::string_view pattern, std::string_view text);
/// Does `text` match a shell pattern? '*', '?' and [...], with '/' as an ordinary character.
[[nodiscard]] bool glob(std::string_view pattern, std::string_view text);

}  // namespace clew::expr
