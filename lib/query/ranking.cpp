#include "query/ranking.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <unordered_map>

namespace clew::query {
namespace {

using expr::Value;

/// The number of a cell; nullopt for what cannot be ranked.
std::optional<double> number_at(const Frame& frame, std::size_t row, std::size_t column) {
  const auto number = frame.value(row, column).number();
  return number && !std::isnan(*number) ? number : std::nullopt;
}

/// Bytes that are the same for equal keys only.
void append_key(std::string& key, const Value& value) {
  std::int64_t integer = 0;
  char kind = 'm';
  if (value.kind() == Value::Kind::boolean || value.kind() == Value::Kind::integer) {
    kind = value.kind() == Value::Kind::boolean ? 'b' : 'i';
    integer = value.as_integer();
  } else if (value.kind() == Value::Kind::real) {
    const double real = value.as_real();
    constexpr double kExact = 9007199254740992;  // 2^53: whole numbers up to here are both
    const bool whole = std::trunc(real) == real && std::abs(real) <= kExact;
    kind = whole ? 'i' : 'r';
    integer = whole ? static_cast<std::int64_t>(real) : std::bit_cast<std::int64_t>(real);
  } else if (!value.missing()) {
    kind = 't';
    integer = static_cast<std::int64_t>(value.as_text().size());
  }
  key += kind;
  key.append(reinterpret_cast<const char*>(&integer), sizeof integer);
  if (kind == 't') key += value.as_text();
}

/// Adds up numbers in one pass (Welford 1962).
class Tally {
 public:
  void add(double value) {
    ++result_.count;
    if (result_.count == 1) result_.min = result_.max = value;
    result_.min = std::min(result_.min, value);
    result_.max = std::max(result_.max, value);
    const double before = value - result_.mean;
    result_.mean += before / static_cast<double>(result_.count);
    squares_ += before * (value - result_.mean);
  }
  [[nodiscard]] Statistics finish() const {
    Statistics result = result_;
    // A sum with infinities has lost its mean on the way: inf - inf.
    if (std::isinf(result.min) != std::isinf(result.max)) {
      result.mean = std::isinf(result.min) ? result.min : result.max;
    }
    if (result.min == result.max) result.mean = result.min;
    result.deviation = result.count < 2
                           ? std::numeric_limits<double>::quiet_NaN()
                           : std::sqrt(squares_ / static_cast<double>(result.count - 1));
    return result;
  }

 private:
  Statistics result_;
  double squares_ = 0;
};

/// Is `a` at least as good as `b` in all goals, and better in one?
bool beats(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] < b[i]) return false;
    better = better || a[i] > b[i];
  }
  return better;
}

}  // namespace

std::vector<Group> group(const Frame& frame, const std::vector<std::size_t>& keys,
                         const std::vector<std::size_t>& values) {
  std::vector<Group> groups;
  std::vector<std::vector<Tally>> tallies;
  std::unordered_map<std::string, std::size_t> places;
  std::string key;
  for (std::size_t row = 0; row < frame.size(); ++row) {
    key.clear();
    for (const std::size_t column : keys)
      append_key(key, frame.value(row, column));
    const auto [found, fresh] = places.try_emplace(key, groups.size());
    if (fresh) {
      Group& made = groups.emplace_back();
      for (const std::size_t column : keys)
        made.keys.push_back(frame.value(row, column));
      tallies.emplace_back(values.size());
    }
    ++groups[found->second].runs;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (const auto number = number_at(frame, row, values[i]))
        tallies[found->second][i].add(*number);
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const Tally& tally : tallies[i])
      groups[i].statistics.push_back(tally.finish());
  }
  return groups;
}

std::vector<Ranked> best(const Frame& frame, std::size_t column, bool smaller, std::size_t count) {
  std::vector<std::pair<double, std::size_t>> numbers;
  for (std::size_t row = 0; row < frame.size(); ++row) {
    if (const auto number = number_at(frame, row, column)) {
      numbers.emplace_back(smaller ? *number : -*number, row);
    }
  }
  std::stable_sort(numbers.begin(), numbers.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Ranked> ranked;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool same = i > 0 && numbers[i].first == numbers[i - 1].first;
    if (i >= count && !same) break;
    if (same) ranked.back().tied = true;
    ranked.push_back({numbers[i].second, same ? ranked.back().rank : i + 1, same});
  }
  return ranked;
}

std::vector<std::size_t> pareto_front(const Frame& frame, const std::vector<FrameOrder>& goals) {
  struct Candidate {
    std::size_t row;
    std::vector<double> scores;  // greater is better
  };
  std::vector<Candidate> candidates;
  for (std::size_t row = 0; row < frame.size(); ++row) {
    Candidate candidate{row, {}};
    for (const FrameOrder& goal : goals) {
      const auto number = number_at(frame, row, goal.column);
      if (!number) break;
      candidate.scores.push_back(goal.descending ? *number : -*number);
    }
    if (candidate.scores.size() == goals.size()) candidates.push_back(std::move(candidate));
  }
  // From the best on in the first goal, then the second …: what beats a row comes before it.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.scores > b.scores; });
  std::vector<const Candidate*> front;
  for (const Candidate& candidate : candidates) {
    const bool beaten = std::any_of(front.begin(), front.end(), [&](const Candidate* other) {
      return beats(other->scores, candidate.scores);
    });
    if (!beaten) front.push_back(&candidate);
  }
  std::vector<std::size_t> rows;
  rows.reserve(front.size());
  for (const Candidate* candidate : front)
    rows.push_back(candidate->row);
  return rows;
}

}  // namespace clew::query
