#include "analysis/columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

namespace clew::analysis {
namespace {

constexpr std::uint32_t kUnseen = UINT32_MAX;

/// From so many levels on, and with new ones in more than so large a part of the runs, numbers are
/// a sample of a range.
constexpr std::size_t kSampleLevels = 6;
constexpr double kSamplePart = 0.6;

bool is_finite_number(const Json& value) {
  return value.is_number() && std::isfinite(value.as_double());
}

/// Numbers by their size, everything else by its text; a missing value first.
struct LevelLess {
  bool ordered;
  bool operator()(const std::optional<Json>& a, const std::optional<Json>& b) const {
    if (!a || !b) return !a && b;
    if (ordered) return a->as_double() < b->as_double();
    return dump_json(*a) < dump_json(*b);
  }
};

/// Each level of a sample has the part of the range that is nearest to it.
std::vector<double> nearest_parts(const std::vector<double>& ascending, bool log_scale) {
  std::vector<double> at;
  at.reserve(ascending.size());
  for (const double value : ascending)
    at.push_back(log_scale ? std::log(value) : value);
  const double range = at.back() - at.front();
  std::vector<double> parts;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double low = i == 0 ? at[i] : (at[i - 1] + at[i]) / 2;
    const double high = i + 1 == at.size() ? at[i] : (at[i] + at[i + 1]) / 2;
    parts.push_back((high - low) / range);
  }
  return parts;
}

void set_weights(Column& column) {
  const std::size_t count = column.levels.size();
  const bool missing = !column.levels.front();
  std::vector<double> numbers;
  for (const auto& level : column.levels) {
    if (column.ordered && level) numbers.push_back(level->as_double());
  }
  column.log_scale = column.ordered && grows_by_factors(numbers);
  column.continuous =
      column.ordered && numbers.size() >= kSampleLevels &&
      static_cast<double>(numbers.size()) > kSamplePart * static_cast<double>(column.level.size());
  if (!column.continuous) {
    column.weights.assign(count, 1.0 / static_cast<double>(count));
    return;
  }
  const auto lack = std::count(column.level.begin(), column.level.end(), 0U);
  const double lacking =
      missing ? static_cast<double>(lack) / static_cast<double>(column.level.size()) : 0;
  if (missing) column.weights.push_back(lacking);
  for (const double part : nearest_parts(numbers, column.log_scale))
    column.weights.push_back(part * (1 - lacking));
}

/// Do the levels go up, or down, together from run to run?
bool monotone(const Column& a, const Column& b) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  for (std::size_t i = 0; i < a.level.size(); ++i)
    pairs.emplace_back(a.level[i], b.level[i]);
  std::sort(pairs.begin(), pairs.end());
  bool up = true;
  bool down = true;
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    up = up && pairs[i].second > pairs[i - 1].second;
    down = down && pairs[i].second < pairs[i - 1].second;
  }
  return up || down;
}

}  // namespace

Column make_column(const std::string& name, const std::vector<const model::Run*>& runs) {
  Column column;
  column.name = name;
  std::vector<std::optional<Json>> values;
  column.ordered = true;
  for (const model::Run* run : runs) {
    const model::Parameter* param = run->param(name);
    values.push_back(param ? std::optional(as_meant(param->value)) : std::nullopt);
    if (param && !is_finite_number(param->value)) column.ordered = false;
  }
  std::map<std::optional<Json>, std::uint32_t, LevelLess> index(LevelLess{column.ordered});
  for (const auto& value : values)
    index.emplace(value, 0);
  for (auto& [value, number] : index) {
    number = static_cast<std::uint32_t>(column.levels.size());
    column.levels.push_back(value);
  }
  for (const auto& value : values)
    column.level.push_back(index.at(value));
  set_weights(column);
  return column;
}

bool determines(const Column& a, const Column& b) {
  std::vector<std::uint32_t> seen(a.levels.size(), kUnseen);
  for (std::size_t i = 0; i < a.level.size(); ++i) {
    std::uint32_t& level = seen[a.level[i]];
    if (level == kUnseen) level = b.level[i];
    if (level != b.level[i]) return false;
  }
  return true;
}

bool change_together(const Column& a, const Column& b) {
  constexpr std::size_t kFewest = 5;
  if (a.levels.size() != b.levels.size() || !determines(a, b)) return false;
  if (a.levels.size() < a.level.size()) return true;
  return a.ordered && b.ordered && a.level.size() >= kFewest && monotone(a, b);
}

bool simpler(const Column& a, const Column& b) {
  const auto rank = [](const Column& column) {
    const auto nested = [](const std::optional<Json>& level) {
      return level && (level->is_array() || level->is_object());
    };
    return std::tuple(std::any_of(column.levels.begin(), column.levels.end(), nested),
                      column.name.size(), column.name);
  };
  return rank(a) < rank(b);
}

std::string shortest_float(float value) {
  char digits[32];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  return {digits, result.ptr};
}

}  // namespace clew::analysis
