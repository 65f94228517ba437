#include "prov/settle.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "prov/arrange.h"

namespace clew::prov {
namespace {

// All times of a graph that clew makes are written alike, in UTC with six digits, so that their
// order is that of their texts.
using Times = std::unordered_map<std::string_view, std::string_view>;
using Entities = std::unordered_set<std::string_view>;

void drop_time(Record& record) {
  std::erase_if(record.formal, [](const auto& formal) { return formal.first == "prov:time"; });
}

/// The entities whose times something else has to agree with: of most files a run only tells that
/// they were made, and when.
Entities asked_about(const std::vector<Record>& records) {
  Entities asked;
  for (const auto& record : records) {
    if (record.kind == Kind::used || record.kind == Kind::was_invalidated_by) {
      asked.insert(formal_of(record, "prov:entity"));
    } else if (record.kind == Kind::was_derived_from) {
      asked.insert(formal_of(record, "prov:generatedEntity"));
      asked.insert(formal_of(record, "prov:usedEntity"));
    }
  }
  return asked;
}

Times times_of(const std::vector<Record>& records, Kind kind, const Entities& asked) {
  Times times;
  for (const auto& record : records) {
    if (record.kind != kind) continue;
    const auto entity = formal_of(record, "prov:entity");
    const auto time = formal_of(record, "prov:time");
    if (!time.empty() && asked.contains(entity)) times.try_emplace(entity, time);
  }
  return times;
}

std::string_view find(const Times& times, std::string_view entity) {
  const auto found = times.find(entity);
  return found == times.end() ? std::string_view{} : found->second;
}

/// Generations of what was derived from something younger. Looks once: a time that is taken away
/// can only take away fewer others.
void settle_derivations(std::vector<Record>& records, Times& made) {
  Entities too_early;
  for (const auto& record : records) {
    if (record.kind != Kind::was_derived_from) continue;
    const auto newer = formal_of(record, "prov:generatedEntity");
    const auto newer_time = find(made, newer);
    const auto older_time = find(made, formal_of(record, "prov:usedEntity"));
    if (!newer_time.empty() && !older_time.empty() && newer_time < older_time) {
      too_early.insert(newer);
    }
  }
  if (too_early.empty()) return;
  for (auto& record : records) {
    if (record.kind != Kind::was_generated_by) continue;
    const auto entity = formal_of(record, "prov:entity");
    if (!too_early.contains(entity)) continue;
    made.erase(entity);
    drop_time(record);
  }
}

}  // namespace

void settle_times(std::vector<Record>& records) {
  const auto asked = asked_about(records);
  auto made = times_of(records, Kind::was_generated_by, asked);
  settle_derivations(records, made);
  for (auto& record : records) {
    if (record.kind != Kind::used && record.kind != Kind::was_invalidated_by) continue;
    const auto time = formal_of(record, "prov:time");
    if (time.empty()) continue;
    const auto before = find(made, formal_of(record, "prov:entity"));
    if (!before.empty() && time < before) drop_time(record);
  }
  const auto gone = times_of(records, Kind::was_invalidated_by, asked);
  for (auto& record : records) {
    if (record.kind != Kind::used) continue;
    const auto time = formal_of(record, "prov:time");
    const auto end = find(gone, formal_of(record, "prov:entity"));
    if (!time.empty() && !end.empty() && end < time) drop_time(record);
  }
}

}  // namespace clew::prov
