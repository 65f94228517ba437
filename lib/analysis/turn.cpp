#include "analysis/turn.h"

#include <cstdint>

namespace clew::analysis {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::good:
      return "good";
    case Verdict::bad:
      return "bad";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

std::optional<Turn> find_turn(const std::vector<Verdict>& verdicts) {
  constexpr std::size_t kNone = SIZE_MAX;
  Turn turn;
  std::size_t good = kNone;
  std::size_t bad = kNone;  // the first one after the last good one
  Verdict before = Verdict::unknown;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const Verdict now = verdicts[i];
    if (now == Verdict::unknown) continue;
    if (before != Verdict::unknown && now != before) ++turn.turns;
    before = now;
    if (now == Verdict::good) {
      good = i;
      bad = kNone;
    } else if (good != kNone && bad == kNone) {
      bad = i;
    }
  }
  if (good == kNone || bad == kNone) return std::nullopt;
  turn.last_good = good;
  turn.first_bad = bad;
  for (std::size_t i = good + 1; i < bad; ++i)
    turn.unknown.push_back(i);
  return turn;
}

std::optional<std::size_t> best_to_try(const Turn& turn) {
  if (turn.unknown.empty()) return std::nullopt;
  return turn.unknown[turn.unknown.size() / 2];
}

}  // namespace clew::analysis
