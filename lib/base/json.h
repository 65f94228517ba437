#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace clew {

/// A JSON value (RFC 8259). Also the type of every parameter value. Objects keep the order of
/// insertion. Integers and floating point numbers are different: 1 and 1.0 compare unequal and
/// survive a round trip as what they are. A plain value type: copied deeply, not thread-safe.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::int64_t value) : value_(value) {}
  Json(std::uint64_t value);  ///< above the range of int64 it becomes a double
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json object() { return Json(Object{}); }
  static Json array() { return Json(Array{}); }

  [[nodiscard]] bool is_null() const { return value_.index() == 0; }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(value_); }
  [[nodiscard]] bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  [[nodiscard]] bool is_double() const { return std::holds_alternative<double>(value_); }
  [[nodiscard]] bool is_number() const { return is_int() || is_double(); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }

  // The value as the named type. A value of another type is a bug in the caller (Error, kind bug);
  // as_double also takes an integer.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] std::int64_t as_int() const;
  [[nodiscard]] double as_double() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] Array& as_array();
  [[nodiscard]] const Object& as_object() const;
  [[nodiscard]] Object& as_object();

  /// The member `key` of an object, or nullptr when it is absent or this is not an object.
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// The member `key` of an object, added as null at the end when absent. A null value becomes an
  /// object first.
  Json& operator[](std::string_view key);
  /// Appends to an array. A null value becomes an array first.
  void push(Json value);

  /// Same type and same value. Doubles compare by their bits, so that NaN equals NaN and 0.0
  /// differs from -0.0: what counts is whether the record is the same.
  friend bool operator==(const Json& a, const Json& b);

 private:
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Parses one JSON text. Throws Error(failed) with the offset of the fault. Integers outside int64
/// become doubles. Nesting deeper than 256 is refused. Duplicate keys: the last one wins, in the
/// first one's place.
[[nodiscard]] Json parse_json(std::string_view text);

/// How dump_json lays out its text.
enum class JsonLayout { compact, pretty };

/// The value as JSON text: compact on one line, or pretty with two spaces of indentation.
/// Doubles are written with the fewest digits that read back to the same bits, always with a point
/// or an exponent; NaN and infinities become the strings "NaN", "Infinity", "-Infinity". Bytes that
/// are not UTF-8 become U+FFFD.
[[nodiscard]] std::string dump_json(const Json& value, JsonLayout layout = JsonLayout::compact);

/// Appends the JSON string literal for `text`, quotes included, to `out`.
void append_json_string(std::string& out, std::string_view text);

/// Appends a double as dump_json writes it.
void append_json_double(std::string& out, double value);

}  // namespace clew
