#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "prov/lint.h"
#include "prov/names.h"
#include "prov/statements.h"

namespace clew::prov {

/// The constraints, a function for each family. Every one is a pass over the statements.
class Checker {
 public:
  Checker(const std::vector<Statement>& statements, const Names& names, const std::string& place,
          std::vector<Finding>& findings);

  // constraints.cpp
  void check_references();
  void check_disjointness();
  void check_keys();
  void check_unique_events();
  void check_derivations();
  void check_cycles();
  void check_collections();
  // constraints_time.cpp
  void check_activities();
  void check_events_of_entities();
  /// From here on what start and end events say of an activity counts as its times.
  void read_ends();
  void check_orders();

 private:
  using Index = std::size_t;
  /// From one or two nodes to the first statement about them.
  using FirstOf = std::unordered_map<std::uint64_t, Index>;
  struct Span {
    std::optional<Moment> start;
    std::optional<Moment> end;
  };

  [[nodiscard]] bool is(Node node, Kind kind) const;
  void check_reference(const Statement& statement, const Formal& formal, Node node);
  void check_event_of_derivation(const Statement& derivation, std::size_t formal, Kind kind,
                                 const std::string& what);
  void check_within(const Statement& event, Node activity, const std::string& what,
                    std::string_view constraint);
  void check_simultaneous(Kind kind, FirstOf& first, std::string_view constraint);
  void check_simultaneous_ends(Kind kind, std::string_view constraint);
  void check_trigger(const Statement& statement);
  void check_specialization(const Statement& statement);
  void check_agent(const Statement& statement);
  void check_used_derivation(const Statement& derivation);
  [[nodiscard]] const Moment* generated(Node entity) const;
  [[nodiscard]] const Moment* invalidated(Node entity) const;
  [[nodiscard]] Span span_of(Node activity) const;

  [[nodiscard]] std::string name(Node node) const;
  [[nodiscard]] std::string title(const Statement& statement) const;
  void report(const Statement& statement, std::string what, std::string_view constraint);

  const std::vector<Statement>& statements_;
  const Names& names_;
  const std::string& place_;
  std::vector<Finding>& findings_;
  std::vector<std::uint32_t> declared_;   // of each node, a bit for each kind of record
  std::unordered_map<Node, Span> spans_;  // of activities
  FirstOf generated_at_;                  // first generation of an entity that has a time
  FirstOf invalidated_at_;                // likewise its invalidation
  FirstOf events_;                        // (kind, identifier) to generations and usages
};

}  // namespace clew::prov
