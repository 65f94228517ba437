#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/json.h"
#include "prov/grammar.h"
#include "prov/lint.h"
#include "prov/names.h"
#include "prov/xsd.h"

namespace clew::prov {

/// A record as the constraints see it. Formal attributes are in the order of its grammar; what is
/// absent or malformed is no_node or nullopt.
struct Statement {
  const Grammar* grammar = nullptr;
  std::string_view id;
  Node node = no_node;  ///< of the identifier; kinds that cannot have one have none
  std::array<Node, 5> refs = {no_node, no_node, no_node, no_node, no_node};
  std::array<std::optional<Moment>, 4> times;
  bool empty_collection = false;  ///< prov:type says prov:EmptyCollection
};

/// Reads the records of a document or of one bundle and reports every fault of structure: of what
/// can be read of a faulty record the constraints still hold.
class StatementReader {
 public:
  /// `place` stands before every Finding::where: empty for a document, "bundle/ex:b/" for a bundle.
  StatementReader(Names& names, std::string place, std::vector<Finding>& findings)
      : names_(names), place_(std::move(place)), findings_(findings) {}

  [[nodiscard]] std::vector<Statement> read(const Json& container);
  /// The same of a document that is there as a graph. Keeps views into the records, which must
  /// outlive the statements and the names.
  [[nodiscard]] std::vector<Statement> read(const Prefixes& prefixes,
                                            const std::vector<Record>& records);

 private:
  void read_prefixes(const Json& prefixes);
  /// Keeps views of both.
  void read_prefix(const std::string& prefix, const std::string& text);
  void read_kind(const Grammar& grammar, const Json& records);
  void read_record(const Grammar& grammar, const std::string& id, const Json& body);
  void read_record(const Record& record);
  void read_id(Statement& statement);
  void read_formal(Statement& statement, std::size_t index, const Json& value);
  void read_formal(Statement& statement, std::size_t index, const std::string& text);
  [[nodiscard]] bool accepts_attribute(const Statement& statement, const std::string& name);
  void check_mandatory(const Grammar& kind, const std::array<bool, 5>& given);
  void read_attribute(Statement& statement, const std::string& name, const Json& value);
  void check_value(const std::string& name, const Json& value);
  void check_typed(const std::string& name, const Json& value);
  /// Reports a name that is none, or whose prefix is not declared (once for each prefix).
  bool check_name(std::string_view name);
  void report(std::string what);

  Names& names_;
  std::string place_;
  std::vector<Finding>& findings_;
  std::vector<Statement> statements_;
  std::set<std::string_view> undeclared_;
  std::unordered_set<std::string_view> accepted_;  // names of attributes that were found right
  std::string where_;                              // what is being read
  const Record* record_ = nullptr;  // if not null, it is this, and where_ is still to be made
};

}  // namespace clew::prov
