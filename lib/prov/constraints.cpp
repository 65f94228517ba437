#include "prov/constraints.h"

#include <algorithm>

#include "base/text.h"
#include "prov/checker.h"

namespace clew::prov {
namespace {

std::uint32_t bit(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

constexpr std::uint32_t element_bits = 7;  // entity, activity, agent

std::uint64_t pair_of(std::int64_t a, std::int64_t b) {
  return static_cast<std::uint64_t>(a) << 32U | static_cast<std::uint32_t>(b);
}

std::uint64_t pair_of(Kind kind, Node node) {
  return pair_of(static_cast<std::int64_t>(kind), node);
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::entity:
      return "entity";
    case Role::activity:
      return "activity";
    case Role::agent:
      return "agent";
    case Role::generation:
      return "generation";
    case Role::usage:
      return "usage";
    default:
      return "record";
  }
}

std::uint32_t bits_of(Role role) {
  switch (role) {
    case Role::entity:
      return bit(Kind::entity);
    case Role::activity:
      return bit(Kind::activity);
    case Role::agent:
      return bit(Kind::agent);
    case Role::generation:
      return bit(Kind::was_generated_by);
    case Role::usage:
      return bit(Kind::used);
    default:
      return element_bits;
  }
}

}  // namespace

Checker::Checker(const std::vector<Statement>& statements, const Names& names,
                 const std::string& place, std::vector<Finding>& findings)
    : statements_(statements),
      names_(names),
      place_(place),
      findings_(findings),
      declared_(names.size(), 0) {
  for (Index i = 0; i < statements_.size(); ++i) {
    const auto& statement = statements_[i];
    const auto kind = statement.grammar->kind;
    if (statement.node == no_node) continue;
    declared_[static_cast<std::size_t>(statement.node)] |= bit(kind);
    if (kind == Kind::activity) {
      auto& span = spans_[statement.node];
      if (!span.start) span.start = statement.times[0];
      if (!span.end) span.end = statement.times[1];
    }
    if (kind == Kind::was_generated_by || kind == Kind::used) {
      events_.try_emplace(pair_of(kind, statement.node), i);
    }
  }
}

// An activity starts when its start event says, where it does not say so itself.
void Checker::read_ends() {
  for (const auto& statement : statements_) {
    const auto kind = statement.grammar->kind;
    if (kind != Kind::was_started_by && kind != Kind::was_ended_by) continue;
    if (statement.refs[0] == no_node || !statement.times[3]) continue;
    auto& span = spans_[statement.refs[0]];
    auto& end = kind == Kind::was_started_by ? span.start : span.end;
    if (!end) end = statement.times[3];
  }
}

bool Checker::is(Node node, Kind kind) const {
  return node != no_node && (declared_[static_cast<std::size_t>(node)] & bit(kind)) != 0;
}

std::string Checker::name(Node node) const {
  return concat('\'', names_.text(node), '\'');
}

std::string Checker::title(const Statement& statement) const {
  return concat(statement.grammar->key, '/', statement.id);
}

void Checker::report(const Statement& statement, std::string what, std::string_view constraint) {
  findings_.push_back({place_ + title(statement), std::move(what), std::string(constraint)});
}

void Checker::check_references() {
  for (const auto& statement : statements_) {
    const auto& formal = statement.grammar->formal;
    for (std::size_t i = 0; i < formal.size(); ++i) {
      if (statement.refs.at(i) != no_node) check_reference(statement, formal[i], statement.refs[i]);
    }
  }
}

void Checker::check_reference(const Statement& statement, const Formal& formal, Node node) {
  const auto declared = declared_[static_cast<std::size_t>(node)];
  if ((declared & bits_of(formal.role)) != 0) return;
  // Influence holds between any records, so also relations.
  if (declared != 0 && formal.role == Role::any) return;
  if (declared == 0) {
    report(statement, concat('\'', formal.name, "' refers to ", name(node), ", which is not there"),
           "");
    return;
  }
  // An agent may be an entity or activity too, but then it should be declared as an agent.
  report(statement,
         concat('\'', formal.name, "' refers to ", name(node), ", which is declared, but not as ",
                formal.role == Role::entity || formal.role == Role::activity ||
                        formal.role == Role::agent
                    ? "an "
                    : "a ",
                role_name(formal.role)),
         formal.role == Role::agent ? "" : "50");
}

void Checker::check_disjointness() {
  // wasInfluencedBy holds wherever another relation does, and may share its identifier.
  const auto exempt = bit(Kind::was_influenced_by);
  for (const auto& statement : statements_) {
    if (statement.node == no_node) continue;
    const auto own = bit(statement.grammar->kind);
    const auto declared = declared_[static_cast<std::size_t>(statement.node)];
    if (statement.grammar->kind == Kind::activity && is(statement.node, Kind::entity)) {
      report(statement, "is also declared as an entity", "55");
    }
    if (!statement.grammar->is_relation()) continue;
    if ((declared & element_bits) != 0) {
      report(statement, "is also the identifier of an entity, activity or agent", "54");
    }
    const auto earlier = declared & ~element_bits & ~exempt & (own - 1);
    if (earlier != 0 && own != exempt) {
      report(statement, "is also the identifier of another kind of relation", "53");
    }
  }
}

// Inside one JSON object a name stands once, but two prefixes may spell one IRI.
void Checker::check_keys() {
  FirstOf first;
  for (Index i = 0; i < statements_.size(); ++i) {
    const auto& later = statements_[i];
    if (later.node == no_node) continue;
    const auto [place, added] = first.try_emplace(pair_of(later.grammar->kind, later.node), i);
    if (added) continue;
    const auto& earlier = statements_[place->second];
    bool same = true;
    for (std::size_t k = 0; k < later.refs.size(); ++k) {
      const bool known = earlier.refs[k] != no_node && later.refs[k] != no_node;
      same = same && !(known && earlier.refs[k] != later.refs[k]);
    }
    for (std::size_t k = 0; k < later.times.size(); ++k) {
      const bool known = earlier.times[k] && later.times[k];
      same = same && !(known && differs(*earlier.times[k], *later.times[k]));
    }
    if (same) continue;
    report(later, concat("contradicts '", title(earlier), "', which is the same record"),
           later.grammar->is_relation() ? "23" : "22");
  }
}

void Checker::check_unique_events() {
  struct Rule {
    Kind kind;
    std::size_t other;  // the formal attribute that makes the event unique, with the first one
    std::string_view constraint;
  };
  for (const auto& rule :
       {Rule{Kind::was_generated_by, 1, "24"}, Rule{Kind::was_invalidated_by, 1, "25"},
        Rule{Kind::was_started_by, 2, "26"}, Rule{Kind::was_ended_by, 2, "27"}}) {
    FirstOf first;
    for (Index i = 0; i < statements_.size(); ++i) {
      const auto& statement = statements_[i];
      const auto other = statement.refs[rule.other];
      if (statement.grammar->kind != rule.kind || statement.refs[0] == no_node ||
          other == no_node) {
        continue;
      }
      const auto [place, added] = first.try_emplace(pair_of(statement.refs[0], other), i);
      if (added) continue;
      report(statement,
             concat("tells the same event as '", title(statements_[place->second]), '\''),
             rule.constraint);
    }
  }
}

void Checker::check_derivations() {
  for (const auto& statement : statements_) {
    const auto kind = statement.grammar->kind;
    const auto& [newer, older, activity, generation, usage] = statement.refs;
    if (kind == Kind::specialization_of && newer != no_node && newer == older) {
      report(statement, concat(name(newer), " is a specialization of itself"), "52");
    }
    if (kind != Kind::was_derived_from) continue;
    if (activity == no_node && (generation != no_node || usage != no_node)) {
      report(statement, "has a generation or usage, but no activity", "51");
      continue;
    }
    check_event_of_derivation(statement, 3, Kind::was_generated_by, "generation");
    check_event_of_derivation(statement, 4, Kind::used, "usage");
    if (newer == no_node || older == no_node || newer == older) continue;
    const auto made = generated_at_.find(static_cast<std::uint64_t>(newer));
    const auto source = generated_at_.find(static_cast<std::uint64_t>(older));
    if (made == generated_at_.end() || source == generated_at_.end()) continue;
    if (precedes(*statements_[made->second].times[2], *statements_[source->second].times[2])) {
      report(statement, concat(name(newer), " was generated before ", name(older)), "42");
    }
  }
}

// A derivation that names its generation implies that the generated entity and the activity are
// those of that generation, and likewise its usage.
void Checker::check_event_of_derivation(const Statement& derivation, std::size_t formal, Kind kind,
                                        const std::string& what) {
  const auto node = derivation.refs.at(formal);
  const auto found = node == no_node ? events_.end() : events_.find(pair_of(kind, node));
  if (found == events_.end()) return;
  const auto& event = statements_[found->second];
  const bool is_usage = kind == Kind::used;
  const auto entity = event.refs[is_usage ? 1 : 0];
  const auto activity = event.refs[is_usage ? 0 : 1];
  const auto wanted = derivation.refs[is_usage ? 1 : 0];
  const auto differ = [](Node a, Node b) { return a != no_node && b != no_node && a != b; };
  if (differ(entity, wanted) || differ(activity, derivation.refs[2])) {
    report(derivation,
           concat("its ", what, " '", title(event), "' is of another entity or activity"), "23");
  }
}

// Walks from each entity to what it was derived from; an edge back to an entity on the way closes
// a circle.
void Checker::check_cycles() {
  std::unordered_map<Node, std::vector<Index>> derivations;
  std::vector<Node> starts;
  for (Index i = 0; i < statements_.size(); ++i) {
    const auto& statement = statements_[i];
    if (statement.grammar->kind != Kind::was_derived_from || statement.refs[0] == no_node ||
        statement.refs[1] == no_node) {
      continue;
    }
    auto& edges = derivations[statement.refs[0]];
    if (edges.empty()) starts.push_back(statement.refs[0]);
    edges.push_back(i);
  }
  enum class Mark : char { none, on_the_way, done };
  std::vector<Mark> marks(names_.size(), Mark::none);
  struct Step {
    Node node;
    std::size_t edge;
  };
  std::vector<Step> way;
  for (const auto start : starts) {
    if (marks[static_cast<std::size_t>(start)] != Mark::none) continue;
    way.push_back({start, 0});
    marks[static_cast<std::size_t>(start)] = Mark::on_the_way;
    while (!way.empty()) {
      auto& step = way.back();
      const auto edges = derivations.find(step.node);
      if (edges == derivations.end() || step.edge == edges->second.size()) {
        marks[static_cast<std::size_t>(step.node)] = Mark::done;
        way.pop_back();
        continue;
      }
      const auto& derivation = statements_[edges->second[step.edge++]];
      const auto next = derivation.refs[1];
      auto& mark = marks[static_cast<std::size_t>(next)];
      if (mark == Mark::on_the_way) {
        report(derivation, concat(name(derivation.refs[0]), " is derived from itself"), "42");
      } else if (mark == Mark::none) {
        mark = Mark::on_the_way;
        way.push_back({next, 0});
      }
    }
  }
}

void Checker::check_collections() {
  std::vector<bool> is_empty(names_.size(), false);
  for (const auto& statement : statements_) {
    if (statement.empty_collection && statement.node != no_node) {
      is_empty[static_cast<std::size_t>(statement.node)] = true;
    }
  }
  for (const auto& statement : statements_) {
    const auto collection = statement.refs[0];
    if (statement.grammar->kind == Kind::had_member && collection != no_node &&
        is_empty[static_cast<std::size_t>(collection)]) {
      report(statement, concat(name(collection), " is an empty collection"), "56");
    }
  }
}

void check_constraints(const std::vector<Statement>& statements, const Names& names,
                       const std::string& place, std::vector<Finding>& findings) {
  Checker checker(statements, names, place, findings);
  checker.check_references();
  checker.check_disjointness();
  checker.check_keys();
  checker.check_unique_events();
  checker.check_activities();
  checker.read_ends();
  checker.check_events_of_entities();
  checker.check_orders();
  checker.check_derivations();
  checker.check_cycles();
  checker.check_collections();
}

}  // namespace clew::prov
