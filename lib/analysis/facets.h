#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "model/parts.h"

// A run as the set of things that were chosen or found when it ran: what two runs can differ in.

namespace clew::analysis {

/// In the order in which differences are listed when nothing else tells them apart.
enum class FacetKind { code, parameter, change, input, package, interpreter, variable, machine };
[[nodiscard]] std::string_view name_of(FacetKind kind);

/// One thing, such as the parameter "lr".
struct Facet {
  FacetKind kind = FacetKind::parameter;
  std::string name;  ///< of the parameter, package, variable; empty for the code as a whole
  friend auto operator<=>(const Facet&, const Facet&) = default;
};

/// Is the file of this path, relative to the top of the work tree, part of a run's snapshot? An
/// empty function: of none is known that it is.
using InCode = std::function<bool(const std::string& path)>;

/// The things of a run with their values: parameters as they were meant (as_meant), changes of them
/// during the run as one list for each, the tree of the code, inputs outside of it by their digest,
/// packages by version, and the leaves of the environment.
[[nodiscard]] std::map<Facet, Json> facets_of(const model::RunParts& parts,
                                              const InCode& in_code = {});

/// Runs to learn from, all with a finite value of the metric.
struct Experience {
  struct Entry {
    RunId id;
    double value = 0;
    std::map<Facet, Json> facets;
  };
  std::vector<Entry> runs;
};

/// What the runs that differ in one thing only say about it.
struct Evidence {
  /// Settings of everything else in which runs with both values were found (or, without
  /// `same_values`, with two values at all), and the runs in them.
  std::size_t settings = 0;
  std::size_t runs = 0;
  bool same_values = false;  ///< the values were exactly the two in question
  /// The metric's mean change from the first value to the second, over the settings; without
  /// `same_values` the greatest difference between the means of two values.
  double change = 0;
  double least = 0;  ///< the change in the setting where it is least, and greatest
  double most = 0;
  /// The change in the settings of the two runs in question themselves, where runs were made in one
  /// of them with the other value.
  std::optional<double> here;
  /// More than chance would do (twice the standard error, with the spread of repeats)? nullopt
  /// where nothing was repeated.
  std::optional<bool> matters;
};

/// How much a metric differs among runs that differ in nothing, or in a seed only.
struct Spread {
  double deviation = 0;  ///< pooled standard deviation
  std::size_t settings = 0;
  std::size_t runs = 0;
};

/// Compares runs that are alike but for one thing. Things that are different in nearly every run (a
/// job's number, an output's name) and parameters that drive chance count as nothing.
class Witness {
 public:
  explicit Witness(Experience experience);

  /// nullopt where nothing was repeated.
  [[nodiscard]] const std::optional<Spread>& spread() const { return spread_; }
  /// What a thing did that has the first value in one run and the second in another, with all that
  /// these two were made of. nullopt where no two runs differ in this thing only. A missing value
  /// is null.
  [[nodiscard]] std::optional<Evidence> hear(const Facet& facet, const std::map<Facet, Json>& first,
                                             const std::map<Facet, Json>& second) const;
  /// Is it different in nearly every run?
  [[nodiscard]] bool is_label(const Facet& facet) const { return labels_.contains(facet); }
  /// The parameter that this one always changes together with, under whose name both are heard;
  /// nullopt where there is none.
  [[nodiscard]] std::optional<Facet> alias_of(const Facet& facet) const;

 private:
  struct Value {
    Json level;
    double metric = 0;
  };
  [[nodiscard]] bool counts(const Facet& facet) const;
  /// A number for everything that counts in a run, but for one thing.
  [[nodiscard]] std::uint64_t key_of(const std::map<Facet, Json>& facets,
                                     const Facet* without) const;
  void find_labels();
  void find_aliases();
  void find_spread();
  [[nodiscard]] std::map<std::uint64_t, std::vector<Value>> groups_without(
      const Facet* facet) const;

  Experience experience_;
  std::set<Facet> labels_;
  std::map<Facet, Facet> aliases_;
  std::vector<std::uint64_t> keys_;  // of each run, over everything that counts
  std::optional<Spread> spread_;
};

}  // namespace clew::analysis
