#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"

// Typed access to the fields of one interchange line. Internal to import.

namespace clew::importer {

/// What is wrong with a line, without its number.
struct Malformed {
  std::string what;
};

/// The fields of one object. A field that is null counts as absent. Every function throws Malformed
/// for a value of another type, the `need_` ones also where the field is absent.
class Fields {
 public:
  /// `subject` names the object in messages, such as "run". Both must outlive this.
  Fields(const Json::Object& object, std::string_view subject)
      : object_(object), subject_(subject) {}

  /// Throws Malformed for a field that is not in the list, so that nothing is lost unsaid.
  void allow_only(std::initializer_list<std::string_view> names) const;

  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;  ///< empty where absent
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] std::optional<int> small(std::string_view name) const;
  [[nodiscard]] bool boolean(std::string_view name, bool otherwise) const;
  /// ISO 8601, or a number of seconds since the epoch.
  [[nodiscard]] std::optional<Time> time(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  [[nodiscard]] const Json::Array& list(std::string_view name) const;  ///< empty where absent
  [[nodiscard]] const Json::Object& map(std::string_view name) const;  ///< empty where absent

  [[nodiscard]] const Json& need(std::string_view name) const;
  [[nodiscard]] const std::string& need_text(std::string_view name) const;
  [[nodiscard]] Time need_time(std::string_view name) const;
  [[nodiscard]] const Json::Object& need_map(std::string_view name) const;

 private:
  [[noreturn]] void missing(std::string_view name) const;
  [[noreturn]] void wrong(std::string_view name, std::string_view wanted) const;

  const Json::Object& object_;
  std::string_view subject_;
};

/// The value as a number, where "NaN", "Infinity" and "-Infinity" are numbers too.
[[nodiscard]] std::optional<double> number_from_json(const Json& value);

/// The value with the three words above turned into numbers wherever they stand in it.
[[nodiscard]] Json with_nonfinite(Json value);

}  // namespace clew::importer
