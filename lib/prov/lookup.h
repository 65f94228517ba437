#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "prov/graph.h"

namespace clew::prov {

/// Finds the records of a document or bundle that was read. Keeps views into the records, which
/// must outlive it. A value that is there, but not of the type that is asked for, throws
/// Error(failed).
class Lookup {
 public:
  explicit Lookup(const std::vector<Record>& records);

  /// nullptr when there is no such element.
  [[nodiscard]] const Record* element(std::string_view id) const;
  /// The relations of a kind whose first formal attribute names `subject`.
  [[nodiscard]] const std::vector<const Record*>& relations(Kind kind,
                                                            std::string_view subject) const;

  /// All generations, by their entity.
  [[nodiscard]] const std::map<std::string_view, std::vector<const Record*>>& generations() const {
    return generations_;
  }

  [[nodiscard]] static const Value* value(const Record& record, std::string_view name);
  [[nodiscard]] static std::vector<const Value*> values(const Record& record,
                                                        std::string_view name);
  /// Empty when absent.
  [[nodiscard]] static std::string text(const Record& record, std::string_view name);
  [[nodiscard]] static std::vector<std::string> texts(const Record& record, std::string_view name);
  [[nodiscard]] static std::optional<std::int64_t> integer(const Record& record,
                                                           std::string_view name);
  [[nodiscard]] static std::optional<double> real(const Record& record, std::string_view name);
  [[nodiscard]] static bool boolean(const Record& record, std::string_view name, bool otherwise);
  [[nodiscard]] static std::optional<Time> time(const Record& record, std::string_view name);
  /// null when absent.
  [[nodiscard]] static Json json(const Record& record, std::string_view name);
  /// Of a formal attribute.
  [[nodiscard]] static std::optional<Time> event_time(const Record& record, std::string_view name);
  [[nodiscard]] static bool has_type(const Record& record, std::string_view class_name);
  [[nodiscard]] static bool has_role(const Record& record, std::string_view role);

 private:
  std::unordered_map<std::string_view, const Record*> elements_;
  std::map<std::string_view, std::vector<const Record*>> generations_;
  std::unordered_map<std::string, std::vector<const Record*>> relations_;  // by kind and subject
};

[[noreturn]] void refuse(const Record& record, std::string_view what);

}  // namespace clew::prov
