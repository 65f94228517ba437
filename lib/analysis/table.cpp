#include "analysis/table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/columns.h"
#include "base/error.h"
#include "base/text.h"

namespace clew::analysis {
namespace {

using Reason = LeftOut::Reason;

/// The parameters of these runs, by name.
std::set<std::string> names_of(const std::vector<const model::Run*>& runs) {
  std::set<std::string> names;
  for (const model::Run* run : runs) {
    for (const auto& param : run->params)
      names.insert(param.name);
  }
  return names;
}

void refuse_unknown(const std::vector<std::string>& only, const std::vector<model::Run>& runs) {
  std::set<std::string> names;
  for (const model::Run& run : runs) {
    for (const auto& param : run.params)
      names.insert(param.name);
  }
  for (const std::string& name : only) {
    if (names.contains(name)) continue;
    const std::vector<std::string> all(names.begin(), names.end());
    std::vector<std::string> hints;
    const auto meant = suggestions(name, all);
    if (!meant.empty()) hints.push_back(concat("did you mean '", join(meant, "' or '"), "'?"));
    hints.emplace_back("'clew show RUN' lists the parameters of a run");
    throw Error(ErrorKind::usage, concat("no run has a parameter '", name, '\''), std::move(hints));
  }
}

bool chosen(const std::vector<std::string>& only, const std::string& name) {
  return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
}

bool drives_chance(const TableOptions& options, const std::string& name) {
  if (!options.seeds) return is_seed(name);
  return std::find(options.seeds->begin(), options.seeds->end(), name) != options.seeds->end();
}

/// The least and the greatest distance between neighbours.
std::pair<double, double> gaps(const std::vector<double>& ascending) {
  double least = INFINITY;
  double most = 0;
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    least = std::min(least, ascending[i] - ascending[i - 1]);
    most = std::max(most, ascending[i] - ascending[i - 1]);
  }
  return {least, most};
}

/// How far at most the values are from where they would lie at equal distances, as a part of their
/// range.
double unevenness(const std::vector<double>& ascending) {
  double most = 0;
  const double range = ascending.back() - ascending.front();
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double even = static_cast<double>(i) / static_cast<double>(ascending.size() - 1);
    most = std::max(most, std::fabs((ascending[i] - ascending.front()) / range - even));
  }
  return most;
}

std::string level_text(const std::optional<Json>& level) {
  if (!level) return "–";
  if (level->is_string()) return level->as_string();
  if (level->is_double()) return shortest(level->as_double());
  return dump_json(*level);
}

/// Takes columns out of the table that say nothing of their own; the rest stays in its order.
class Sieve {
 public:
  explicit Sieve(Table& table) : table_(table) {}

  void labels() {
    if (table_.columns.size() < 2) return;
    constexpr std::size_t kFewest = 4;  // of fewer runs, texts may well differ in all
    drop([&](const Column& column) -> std::optional<LeftOut> {
      const std::size_t runs = column.level.size();
      if (column.ordered || runs < kFewest || column.levels.size() < runs) return std::nullopt;
      return LeftOut{column.name, Reason::label, ""};
    });
  }

  void aliases() {
    std::vector<const Column*> best;
    for (const Column& column : table_.columns)
      best.push_back(&column);
    std::stable_sort(best.begin(), best.end(),
                     [](const Column* a, const Column* b) { return simpler(*a, *b); });
    std::map<std::string, std::string> alias_of;
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (alias_of.contains(best[i]->name)) continue;
      for (std::size_t j = i + 1; j < best.size(); ++j) {
        if (change_together(*best[i], *best[j])) alias_of.emplace(best[j]->name, best[i]->name);
      }
    }
    drop([&](const Column& column) -> std::optional<LeftOut> {
      const auto found = alias_of.find(column.name);
      if (found == alias_of.end()) return std::nullopt;
      return LeftOut{column.name, Reason::alias, found->second};
    });
  }

  void composites() {
    drop([&](const Column& column) -> std::optional<LeftOut> {
      if (column.ordered) return std::nullopt;
      std::vector<std::string> says;
      for (const Column& other : table_.columns) {
        const bool finer = column.levels.size() > other.levels.size();
        if (finer && determines(column, other)) says.push_back(other.name);
      }
      if (says.size() < 2) return std::nullopt;
      return LeftOut{column.name, Reason::composite, join(says, ", ")};
    });
  }

 private:
  template <typename Verdict>
  void drop(Verdict verdict) {
    std::vector<LeftOut> out;
    for (const Column& column : table_.columns) {
      if (auto left = verdict(column)) out.push_back(std::move(*left));
    }
    for (LeftOut& left : out) {
      std::erase_if(table_.columns, [&](const Column& column) { return column.name == left.name; });
      table_.left_out.push_back(std::move(left));
    }
  }

  Table& table_;
};

}  // namespace

bool is_seed(std::string_view name) {
  const std::string lower = to_lower(name.substr(name.rfind('.') + 1));
  if (lower == "random_state" || lower == "random-state") return true;
  std::string words = lower;
  std::replace_if(
      words.begin(), words.end(), [](char c) { return c == '-' || c == '/'; }, '_');
  for (const std::string_view word : split(words, '_')) {
    if (word == "seed" || word == "seeds" || word == "repeat" || word == "repetition" ||
        word == "replicate") {
      return true;
    }
  }
  return lower.ends_with("seed");
}

bool grows_by_factors(const std::vector<double>& ascending) {
  if (ascending.size() < 2 || ascending.front() <= 0) return false;
  std::vector<double> logarithms;
  logarithms.reserve(ascending.size());
  for (const double value : ascending)
    logarithms.push_back(std::log(value));
  constexpr std::size_t kMany = 6;
  if (ascending.size() >= kMany) return unevenness(logarithms) < unevenness(ascending);
  const auto [least_gap, most_gap] = gaps(ascending);
  const auto [least_ratio, most_ratio] = gaps(logarithms);
  const bool three = ascending.size() >= 3;
  if (three && most_gap <= least_gap * (1 + 1e-9)) return false;
  if (ascending.back() >= 10 * ascending.front()) return true;
  return three && most_ratio <= 1.2 * least_ratio;
}

double as_meant(double value) {
  // Beyond the range of float32 the conversion would be undefined.
  if (!(std::fabs(value) <= 3.4e38)) return value;
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) != value) return value;
  return parse_double(shortest_float(narrow)).value_or(value);
}

Json as_meant(const Json& value) {
  if (!value.is_double()) return value;
  constexpr double kExact = 9007199254740992.0;  // integers up to 2^53
  const double number = as_meant(value.as_double());
  if (std::fabs(number) <= kExact && number == std::floor(number) && number != 0) {
    return Json(static_cast<std::int64_t>(number));
  }
  if (number == 0) return Json(std::int64_t{0});
  return Json(number);
}

Table make_table(const std::vector<model::Run>& runs,
                 const std::function<std::optional<double>(const model::Run&)>& target,
                 const TableOptions& options) {
  refuse_unknown(options.only, runs);
  Table table;
  std::vector<const model::Run*> rows;
  for (const model::Run& run : runs) {
    const auto value = target(run);
    if (!value || !std::isfinite(*value)) {
      ++table.without_value;
      continue;
    }
    rows.push_back(&run);
    table.target.push_back(*value);
    table.runs.push_back(run.id);
  }
  for (const std::string& name : names_of(rows)) {
    if (!chosen(options.only, name)) continue;
    Column column = make_column(name, rows);
    if (column.levels.size() < 2) {
      table.left_out.push_back({name, Reason::constant, level_text(column.levels.front())});
    } else if (drives_chance(options, name) && options.only.empty()) {
      table.left_out.push_back({name, Reason::seed, ""});
    } else {
      table.columns.push_back(std::move(column));
    }
  }
  Sieve sieve(table);
  sieve.labels();
  sieve.aliases();
  sieve.composites();
  std::sort(table.left_out.begin(), table.left_out.end(),
            [](const LeftOut& a, const LeftOut& b) { return a.name < b.name; });
  return table;
}

}  // namespace clew::analysis
