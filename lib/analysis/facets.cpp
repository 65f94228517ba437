#include "analysis/facets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "analysis/reading.h"
#include "analysis/table.h"
#include "base/text.h"

namespace clew::analysis {
namespace {

constexpr std::size_t kLabelRuns = 5;
constexpr double kLabelPart = 0.8;
constexpr double kStandardErrors = 2;

/// FNV-1a, 64 bits; keys of runs are sums of these, so that one thing can be taken out again.
std::uint64_t hash_of(const Facet& facet, const std::string& value) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) {
      hash ^= static_cast<unsigned char>(c);
      hash *= 1099511628211ULL;
    }
    hash *= 1099511628211ULL;
  };
  const char kind = static_cast<char>(facet.kind);
  add({&kind, 1});
  add(facet.name);
  add(value);
  // Sums of plain FNV hashes of similar texts collide; this mixes the bits (MurmurHash3's end).
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  return hash;
}

FacetKind kind_of_environment(std::string_view name) {
  if (name == "packages" || name.starts_with("packages.")) return FacetKind::package;
  if (name == "interpreter" || name.starts_with("interpreter.")) return FacetKind::interpreter;
  if (name.starts_with("variables.")) return FacetKind::variable;
  return FacetKind::machine;
}

std::string facet_name(FacetKind kind, const std::string& name) {
  if (kind == FacetKind::package || kind == FacetKind::variable) {
    const std::size_t dot = name.find('.');
    if (dot != std::string::npos) return name.substr(dot + 1);
  }
  return name;
}

void add_environment(const Json& environment, std::map<Facet, Json>& facets) {
  if (!environment.is_object()) return;
  for (const auto& [key, member] : environment.as_object()) {
    for (auto& [name, value] : model::flatten(key, member)) {
      const FacetKind kind = kind_of_environment(name);
      facets.insert_or_assign(Facet{kind, facet_name(kind, name)}, std::move(value));
    }
  }
}

/// What a parameter became during the run, without the times.
void add_changes(const std::vector<model::ParamChange>& changes, std::map<Facet, Json>& facets) {
  for (const model::ParamChange& change : changes) {
    Json one = Json::object();
    one["step"] = change.step ? Json(*change.step) : Json();
    one["value"] = as_meant(change.value);
    facets[Facet{FacetKind::change, change.name}].push(std::move(one));
  }
}

/// What tracing of files summed up: packages and libraries with their versions, and languages.
void add_packages(const Json& summary, std::map<Facet, Json>& facets) {
  if (!summary.is_object()) return;
  for (const auto& [part, members] : summary.as_object()) {
    if (!members.is_object()) continue;
    for (const auto& [name, version] : members.as_object()) {
      Facet facet{FacetKind::package, name};
      if (part == "interpreter") facet = {FacetKind::interpreter, concat(part, '.', name)};
      facets.insert_or_assign(std::move(facet), version);
    }
  }
}

/// Files as the run first found them. Those of the snapshot are code.
void add_inputs(const std::vector<model::File>& files, const InCode& in_code,
                std::map<Facet, Json>& facets) {
  for (const model::File& file : files) {
    const model::FileState& state = file.state;
    if (state.role != model::Role::input || is_python_cache(state.path)) continue;
    const std::string& digest = state.before_sha256.empty() ? state.sha256 : state.before_sha256;
    if (digest.empty() || (in_code && in_code(state.path))) continue;
    facets[Facet{FacetKind::input, state.path}] = digest;
  }
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  return sum / static_cast<double>(values.size());
}

/// The runs of one setting by their value of the thing in question.
using ByLevel = std::vector<std::pair<Json, std::vector<double>>>;

template <typename Values>
ByLevel by_level(const Values& values) {
  ByLevel levels;
  for (const auto& value : values) {
    auto at = std::find_if(levels.begin(), levels.end(),
                           [&value](const auto& level) { return level.first == value.level; });
    if (at == levels.end()) at = levels.insert(at, {value.level, {}});
    at->second.push_back(value.metric);
  }
  return levels;
}

const std::vector<double>* values_at(const ByLevel& levels, const Json& level) {
  for (const auto& [value, metrics] : levels) {
    if (value == level) return &metrics;
  }
  return nullptr;
}

/// Adds up changes setting by setting.
struct Changes {
  Evidence evidence;
  double sum = 0;
  double errors = 0;  // sum of 1/n of both sides
  bool stands_out = false;

  void add(double change, std::size_t before, std::size_t after,
           const std::optional<Spread>& spread) {
    const double error = 1 / static_cast<double>(before) + 1 / static_cast<double>(after);
    evidence.least = evidence.settings == 0 ? change : std::min(evidence.least, change);
    evidence.most = evidence.settings == 0 ? change : std::max(evidence.most, change);
    ++evidence.settings;
    evidence.runs += before + after;
    sum += change;
    errors += error;
    // One setting of many may stand out by chance, hence the higher bar.
    const double bar = 1.5 * kStandardErrors;
    if (spread && std::fabs(change) > bar * spread->deviation * std::sqrt(error)) stands_out = true;
  }

  std::optional<Evidence> finish(bool same_values, const std::optional<Spread>& spread) {
    if (evidence.settings == 0) return std::nullopt;
    const auto settings = static_cast<double>(evidence.settings);
    evidence.same_values = same_values;
    evidence.change = same_values ? sum / settings : evidence.most;
    if (spread) {
      const double error = spread->deviation * std::sqrt(errors) / settings;
      evidence.matters = stands_out || std::fabs(sum / settings) > kStandardErrors * error;
    }
    return evidence;
  }
};

}  // namespace

std::string_view name_of(FacetKind kind) {
  static constexpr std::array<std::string_view, 8> names = {
      "code", "parameter", "change", "input", "package", "interpreter", "variable", "machine"};
  return names[static_cast<std::size_t>(kind)];
}

std::map<Facet, Json> facets_of(const model::RunParts& parts, const InCode& in_code) {
  std::map<Facet, Json> facets;
  if (!parts.run.code.tree.empty()) facets[Facet{FacetKind::code, ""}] = parts.run.code.tree;
  for (const model::Parameter& param : parts.run.params)
    facets[Facet{FacetKind::parameter, param.name}] = as_meant(param.value);
  add_changes(parts.changes, facets);
  add_environment(parts.environment, facets);
  add_packages(parts.capture.environment, facets);
  add_inputs(parts.files, in_code, facets);
  return facets;
}

Witness::Witness(Experience experience) : experience_(std::move(experience)) {
  find_labels();
  find_aliases();
  for (const auto& run : experience_.runs)
    keys_.push_back(key_of(run.facets, nullptr));
  find_spread();
}

std::uint64_t Witness::key_of(const std::map<Facet, Json>& facets, const Facet* without) const {
  std::uint64_t key = 0;
  for (const auto& [facet, value] : facets) {
    const bool left_out = without != nullptr && facet == *without;
    if (!left_out && counts(facet)) key += hash_of(facet, dump_json(value));
  }
  return key;
}

bool Witness::counts(const Facet& facet) const {
  if (labels_.contains(facet) || aliases_.contains(facet)) return false;
  return facet.kind != FacetKind::parameter || !is_seed(facet.name);
}

void Witness::find_labels() {
  std::map<Facet, std::pair<std::size_t, std::set<std::string>>> seen;
  for (const auto& run : experience_.runs) {
    for (const auto& [facet, value] : run.facets) {
      // Numbers are settings also where each is tried once.
      if (value.is_number() && facet.kind == FacetKind::parameter) continue;
      if (facet.kind == FacetKind::code || facet.kind == FacetKind::input) continue;
      auto& [runs, values] = seen[facet];
      ++runs;
      values.insert(dump_json(value));
    }
  }
  for (const auto& [facet, uses] : seen) {
    const auto runs = static_cast<double>(uses.first);
    if (uses.first < kLabelRuns) continue;
    if (static_cast<double>(uses.second.size()) >= kLabelPart * runs) labels_.insert(facet);
  }
}

void Witness::find_aliases() {
  // Parameters by the pattern in which their values come back, run by run.
  std::map<std::vector<std::size_t>, std::vector<Facet>> patterns;
  std::set<Facet> parameters;
  for (const auto& run : experience_.runs) {
    for (const auto& [facet, value] : run.facets) {
      if (facet.kind == FacetKind::parameter && counts(facet)) parameters.insert(facet);
    }
  }
  for (const Facet& facet : parameters) {
    std::map<std::string, std::size_t> places;
    std::vector<std::size_t> pattern;
    for (const auto& run : experience_.runs) {
      const auto at = run.facets.find(facet);
      const std::string value = at == run.facets.end() ? std::string() : dump_json(at->second);
      pattern.push_back(places.emplace(value, places.size()).first->second);
    }
    // One value tells nothing, and a new value in each run is no pattern.
    if (places.size() > 1 && places.size() < pattern.size()) {
      patterns[std::move(pattern)].push_back(facet);
    }
  }
  for (auto& [pattern, facets] : patterns) {
    const auto& runs = experience_.runs;
    const auto rank = [&runs](const Facet& facet) {
      const bool nested = std::any_of(runs.begin(), runs.end(), [&facet](const auto& run) {
        const auto at = run.facets.find(facet);
        return at != run.facets.end() && (at->second.is_array() || at->second.is_object());
      });
      return std::tuple(nested, facet.name.size(), facet.name);
    };
    const Facet first =
        *std::min_element(facets.begin(), facets.end(),
                          [&rank](const Facet& a, const Facet& b) { return rank(a) < rank(b); });
    for (const Facet& facet : facets) {
      if (facet != first) aliases_.emplace(facet, first);
    }
  }
}

std::optional<Facet> Witness::alias_of(const Facet& facet) const {
  const auto at = aliases_.find(facet);
  return at == aliases_.end() ? std::nullopt : std::optional(at->second);
}

std::map<std::uint64_t, std::vector<Witness::Value>> Witness::groups_without(
    const Facet* facet) const {
  std::map<std::uint64_t, std::vector<Value>> groups;
  for (std::size_t i = 0; i < experience_.runs.size(); ++i) {
    const auto& run = experience_.runs[i];
    std::uint64_t key = keys_[i];
    Json level;
    if (facet != nullptr) {
      const auto at = run.facets.find(*facet);
      if (at != run.facets.end()) {
        level = at->second;
        if (counts(*facet)) key -= hash_of(*facet, dump_json(level));
      }
    }
    groups[key].push_back({std::move(level), run.value});
  }
  return groups;
}

void Witness::find_spread() {
  Spread spread;
  double squares = 0;
  for (const auto& [key, values] : groups_without(nullptr)) {
    if (values.size() < 2) continue;
    double mean = 0;
    for (const Value& value : values)
      mean += value.metric / static_cast<double>(values.size());
    for (const Value& value : values)
      squares += (value.metric - mean) * (value.metric - mean);
    ++spread.settings;
    spread.runs += values.size();
  }
  if (spread.settings == 0) return;
  spread.deviation = std::sqrt(squares / static_cast<double>(spread.runs - spread.settings));
  spread_ = spread;
}

std::optional<Evidence> Witness::hear(const Facet& facet, const std::map<Facet, Json>& first,
                                      const std::map<Facet, Json>& second) const {
  const auto value_in = [&facet](const std::map<Facet, Json>& facets) {
    const auto at = facets.find(facet);
    return at == facets.end() ? Json() : at->second;
  };
  const std::set<std::uint64_t> own = {key_of(first, &facet), key_of(second, &facet)};
  Changes exact;
  Changes here;
  Changes other;
  for (const auto& [key, values] : groups_without(&facet)) {
    const ByLevel levels = by_level(values);
    if (levels.size() < 2) continue;
    const auto* before = values_at(levels, value_in(first));
    const auto* after = values_at(levels, value_in(second));
    if (before != nullptr && after != nullptr) {
      const double change = mean_of(*after) - mean_of(*before);
      exact.add(change, before->size(), after->size(), spread_);
      if (own.contains(key)) here.add(change, before->size(), after->size(), spread_);
      continue;
    }
    const auto by_mean = [](const auto& a, const auto& b) {
      return mean_of(a.second) < mean_of(b.second);
    };
    const auto [low, high] = std::minmax_element(levels.begin(), levels.end(), by_mean);
    other.add(mean_of(high->second) - mean_of(low->second), low->second.size(), high->second.size(),
              spread_);
  }
  if (auto evidence = exact.finish(true, spread_)) {
    if (const auto mine = here.finish(true, spread_)) evidence->here = mine->change;
    return evidence;
  }
  return other.finish(false, spread_);
}

}  // namespace clew::analysis
