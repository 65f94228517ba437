#include "base/text.h"
#include "prov/checker.h"

// The constraints that compare times.

namespace clew::prov {

void Checker::check_within(const Statement& event, Node activity, const std::string& what,
                           std::string_view constraint) {
  const auto& time = event.times[2];
  const auto span = spans_.find(activity);
  if (!time || span == spans_.end()) return;
  const auto& [start, end] = span->second;
  if (start && precedes(*time, *start)) {
    report(event, concat("its ", what, " is before the start of ", name(activity)), constraint);
  } else if (end && precedes(*end, *time)) {
    report(event, concat("its ", what, " is after the end of ", name(activity)), constraint);
  }
}

void Checker::check_activities() {
  for (const auto& statement : statements_) {
    const auto& refs = statement.refs;
    const auto& times = statement.times;
    switch (statement.grammar->kind) {
      case Kind::activity:
        if (times[0] && times[1] && precedes(*times[1], *times[0])) {
          report(statement, "ends before it starts", "30");
        }
        break;
      case Kind::used:
        check_within(statement, refs[0], "usage", "33");
        break;
      case Kind::was_generated_by:
        check_within(statement, refs[1], "generation", "34");
        break;
      case Kind::was_started_by:
      case Kind::was_ended_by: {
        const bool start = statement.grammar->kind == Kind::was_started_by;
        const auto span = spans_.find(refs[0]);
        if (!times[3] || span == spans_.end()) break;
        const auto& known = start ? span->second.start : span->second.end;
        if (known && differs(*known, *times[3])) {
          report(statement,
                 concat("its time is not the ", start ? "start" : "end", " of ", name(refs[0])),
                 start ? "28" : "29");
        }
        break;
      }
      default:
        break;
    }
  }
}

// Of several events of one kind, those by the same activity are reported elsewhere.
void Checker::check_simultaneous(Kind kind, FirstOf& first, std::string_view constraint) {
  for (Index i = 0; i < statements_.size(); ++i) {
    const auto& event = statements_[i];
    if (event.grammar->kind != kind || event.refs[0] == no_node || !event.times[2]) continue;
    const auto [place, added] = first.try_emplace(static_cast<std::uint64_t>(event.refs[0]), i);
    if (added) continue;
    const auto& earlier = statements_[place->second];
    const bool same_activity = event.refs[1] != no_node && event.refs[1] == earlier.refs[1];
    if (same_activity || !differs(*earlier.times[2], *event.times[2])) continue;
    report(event, concat("is at another time than '", title(earlier), '\''), constraint);
  }
}

const Moment* Checker::generated(Node entity) const {
  const auto found = generated_at_.find(static_cast<std::uint64_t>(entity));
  return entity == no_node || found == generated_at_.end() ? nullptr
                                                           : &*statements_[found->second].times[2];
}

const Moment* Checker::invalidated(Node entity) const {
  const auto found = invalidated_at_.find(static_cast<std::uint64_t>(entity));
  return entity == no_node || found == invalidated_at_.end()
             ? nullptr
             : &*statements_[found->second].times[2];
}

Checker::Span Checker::span_of(Node activity) const {
  const auto found = spans_.find(activity);
  return found == spans_.end() ? Span{} : found->second;
}

void Checker::check_events_of_entities() {
  check_simultaneous(Kind::was_generated_by, generated_at_, "39");
  check_simultaneous(Kind::was_invalidated_by, invalidated_at_, "40");
  for (const auto& event : statements_) {
    const auto kind = event.grammar->kind;
    const bool usage = kind == Kind::used;
    if (!usage && kind != Kind::was_invalidated_by) continue;
    const auto entity = event.refs[usage ? 1 : 0];
    if (entity == no_node || !event.times[2]) continue;
    const auto* made = generated(entity);
    if (made != nullptr && precedes(*event.times[2], *made)) {
      report(event, concat("is before the generation of ", name(entity)), usage ? "37" : "36");
    }
    const auto* gone = invalidated(entity);
    if (usage && gone != nullptr && precedes(*gone, *event.times[2])) {
      report(event, concat("is after the invalidation of ", name(entity)), "38");
    }
  }
}

// Several starts of one activity, by different triggers say, are one moment; so are its ends.
void Checker::check_simultaneous_ends(Kind kind, std::string_view constraint) {
  FirstOf first;
  for (Index i = 0; i < statements_.size(); ++i) {
    const auto& event = statements_[i];
    if (event.grammar->kind != kind || event.refs[0] == no_node || !event.times[3]) continue;
    const auto [place, added] = first.try_emplace(static_cast<std::uint64_t>(event.refs[0]), i);
    if (added || !differs(*statements_[place->second].times[3], *event.times[3])) continue;
    report(event, concat("is at another time than '", title(statements_[place->second]), '\''),
           constraint);
  }
}

void Checker::check_orders() {
  check_simultaneous_ends(Kind::was_started_by, "31");
  check_simultaneous_ends(Kind::was_ended_by, "32");
  for (const auto& statement : statements_) {
    switch (statement.grammar->kind) {
      case Kind::was_informed_by: {
        const auto informed = span_of(statement.refs[0]);
        const auto informant = span_of(statement.refs[1]);
        if (informed.end && informant.start && precedes(*informed.end, *informant.start)) {
          report(
              statement,
              concat(name(statement.refs[1]), " starts after the end of ", name(statement.refs[0])),
              "35");
        }
        break;
      }
      case Kind::was_started_by:
      case Kind::was_ended_by:
        check_trigger(statement);
        break;
      case Kind::was_derived_from:
        check_used_derivation(statement);
        break;
      case Kind::specialization_of:
        check_specialization(statement);
        break;
      case Kind::was_associated_with:
      case Kind::was_attributed_to:
      case Kind::acted_on_behalf_of:
        check_agent(statement);
        break;
      default:
        break;
    }
  }
}

// What started or ended an activity was there when it did.
void Checker::check_trigger(const Statement& statement) {
  const bool start = statement.grammar->kind == Kind::was_started_by;
  const auto constraint = start ? "43" : "44";
  const auto span = span_of(statement.refs[0]);
  const auto moment = statement.times[3] ? statement.times[3] : start ? span.start : span.end;
  const auto trigger = statement.refs[1];
  if (!moment || trigger == no_node) return;
  const auto* made = generated(trigger);
  const auto* gone = invalidated(trigger);
  if (made != nullptr && precedes(*moment, *made)) {
    report(statement, concat("is before the generation of its trigger ", name(trigger)),
           constraint);
  } else if (gone != nullptr && precedes(*gone, *moment)) {
    report(statement, concat("is after the invalidation of its trigger ", name(trigger)),
           constraint);
  }
}

void Checker::check_used_derivation(const Statement& derivation) {
  const auto time_of = [this](Kind kind, Node node) -> const Moment* {
    if (node == no_node) return nullptr;
    const auto found =
        events_.find(static_cast<std::uint64_t>(kind) << 32U | static_cast<std::uint32_t>(node));
    if (found == events_.end() || !statements_[found->second].times[2]) return nullptr;
    return &*statements_[found->second].times[2];
  };
  const auto* made = time_of(Kind::was_generated_by, derivation.refs[3]);
  const auto* used = time_of(Kind::used, derivation.refs[4]);
  if (made != nullptr && used != nullptr && precedes(*made, *used)) {
    report(derivation, "its generation is before its usage", "41");
  }
}

// The specific entity lives within the life of the general one.
void Checker::check_specialization(const Statement& statement) {
  const auto specific = statement.refs[0];
  const auto general = statement.refs[1];
  const auto* specific_made = generated(specific);
  const auto* general_made = generated(general);
  if (specific_made != nullptr && general_made != nullptr &&
      precedes(*specific_made, *general_made)) {
    report(statement, concat(name(specific), " was generated before ", name(general)), "45");
  }
  const auto* specific_gone = invalidated(specific);
  const auto* general_gone = invalidated(general);
  if (specific_gone != nullptr && general_gone != nullptr &&
      precedes(*general_gone, *specific_gone)) {
    report(statement, concat(name(general), " was invalidated before ", name(specific)), "46");
  }
}

// An agent that is also an entity or an activity was there for what it answers for.
void Checker::check_agent(const Statement& statement) {
  const auto kind = statement.grammar->kind;
  const auto agent = statement.refs[1];
  const auto subject = statement.refs[0];
  const auto* made = generated(agent);
  const auto* gone = invalidated(agent);
  const auto as_activity = span_of(agent);
  if (agent == no_node) return;
  if (kind == Kind::was_associated_with) {
    const auto span = span_of(subject);
    const bool late = span.end && ((made != nullptr && precedes(*span.end, *made)) ||
                                   (as_activity.start && precedes(*span.end, *as_activity.start)));
    const bool early = span.start && ((gone != nullptr && precedes(*gone, *span.start)) ||
                                      (as_activity.end && precedes(*as_activity.end, *span.start)));
    if (late) report(statement, concat(name(subject), " ended before ", name(agent)), "47");
    if (early) report(statement, concat(name(agent), " was gone before ", name(subject)), "47");
  } else if (kind == Kind::was_attributed_to) {
    const auto* result = generated(subject);
    const bool late =
        result != nullptr && ((made != nullptr && precedes(*result, *made)) ||
                              (as_activity.start && precedes(*result, *as_activity.start)));
    if (late) report(statement, concat(name(subject), " was generated before ", name(agent)), "48");
  } else {
    // Its delegate cannot have been gone before the responsible one came to be.
    const auto* delegate_gone = invalidated(subject);
    const auto delegate = span_of(subject);
    const bool late =
        (delegate_gone != nullptr && made != nullptr && precedes(*delegate_gone, *made)) ||
        (delegate.end && as_activity.start && precedes(*delegate.end, *as_activity.start));
    if (late) report(statement, concat(name(subject), " was gone before ", name(agent)), "49");
  }
}

}  // namespace clew::prov
