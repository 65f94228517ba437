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

void Checker::check_events_of_entities() {
  FirstOf invalidated_at;
  check_simultaneous(Kind::was_generated_by, generated_at_, "39");
  check_simultaneous(Kind::was_invalidated_by, invalidated_at, "40");
  const auto time_in = [this](const FirstOf& events, Node entity) -> const Moment* {
    const auto found = events.find(static_cast<std::uint64_t>(entity));
    return found == events.end() ? nullptr : &*statements_[found->second].times[2];
  };
  for (const auto& event : statements_) {
    const auto kind = event.grammar->kind;
    const bool usage = kind == Kind::used;
    if (!usage && kind != Kind::was_invalidated_by) continue;
    const auto entity = event.refs[usage ? 1 : 0];
    if (entity == no_node || !event.times[2]) continue;
    const auto* made = time_in(generated_at_, entity);
    if (made != nullptr && precedes(*event.times[2], *made)) {
      report(event, concat("is before the generation of ", name(entity)), usage ? "37" : "36");
    }
    const auto* gone = time_in(invalidated_at, entity);
    if (usage && gone != nullptr && precedes(*gone, *event.times[2])) {
      report(event, concat("is after the invalidation of ", name(entity)), "38");
    }
  }
}

}  // namespace clew::prov
