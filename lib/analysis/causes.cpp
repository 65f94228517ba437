#include "analysis/causes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "analysis/table.h"

namespace clew::analysis {
namespace {

/// One run that used it is enough; that neither did must be known of both.
Used either(Used a, Used b) {
  if (a == Used::yes || b == Used::yes) return Used::yes;
  return a == Used::no && b == Used::no ? Used::no : Used::unknown;
}

bool only_comments(const std::vector<CodeFile>& files) {
  return !files.empty() && std::all_of(files.begin(), files.end(), [](const CodeFile& file) {
    return !file.change.binary && !file.change.hunks.empty() &&
           std::all_of(file.change.hunks.begin(), file.change.hunks.end(),
                       [](const Hunk& hunk) { return hunk.comments_only; });
  });
}

class Inquiry {
 public:
  Inquiry(const Question& question, const Witness& witness)
      : question_(question),
        witness_(witness),
        facets_a_(facets_of(question.a, question.in_code_a)),
        facets_b_(facets_of(question.b, question.in_code_b)) {}

  Causes answer() {
    add_code();
    add_facets();
    std::stable_sort(out_.differences.begin(), out_.differences.end(),
                     [](const Difference& a, const Difference& b) { return rank(a) < rank(b); });
    out_.spread = witness_.spread();
    if (out_.spread && question_.value_a && question_.value_b) {
      const double change = std::fabs(*question_.value_b - *question_.value_a);
      out_.within_chance = change <= 2 * std::sqrt(2.0) * out_.spread->deviation;
    }
    return std::move(out_);
  }

 private:
  void add_code() {
    const model::Code& a = question_.a.run.code;
    const model::Code& b = question_.b.run.code;
    if (a.tree == b.tree && question_.code.empty()) return;
    Difference read;
    read.facet = {FacetKind::code, ""};
    if (!a.tree.empty()) read.a = a.tree;
    if (!b.tree.empty()) read.b = b.tree;
    const ReadFiles read_a(question_.a);
    const ReadFiles read_b(question_.b);
    Difference unread = read;
    unread.used = Used::no;
    for (const FileHunks& change : question_.code) {
      const std::string& before = change.old_path.empty() ? change.path : change.old_path;
      const Used used = either(read_a.was_read(before), read_b.was_read(change.path));
      (used == Used::no ? unread : read).files.push_back({change, used});
      if (used == Used::yes) read.used = Used::yes;
    }
    std::stable_sort(read.files.begin(), read.files.end(), [](const auto& x, const auto& y) {
      return std::tuple(x.used != Used::yes, only_comments({x})) <
             std::tuple(y.used != Used::yes, only_comments({y}));
    });
    if (!unread.files.empty()) out_.unused.push_back(unread);
    if (read.files.empty() && !unread.files.empty()) return;
    read.comments_only = only_comments(read.files);
    ask(read);
    out_.differences.push_back(std::move(read));
  }

  void add_facets() {
    const auto& a = facets_a_;
    const auto& b = facets_b_;
    const auto add = [&](const Facet& facet, std::optional<Json> x, std::optional<Json> y) {
      if (facet.kind == FacetKind::code || x == y) return;
      Difference difference;
      difference.facet = facet;
      difference.a = std::move(x);
      difference.b = std::move(y);
      // What a run was given it used, as far as a record can tell.
      const bool given = facet.kind == FacetKind::parameter || facet.kind == FacetKind::change ||
                         facet.kind == FacetKind::input;
      if (given) difference.used = Used::yes;
      difference.chance = facet.kind == FacetKind::parameter && is_seed(facet.name);
      difference.label = witness_.is_label(facet);
      if (const auto alias = witness_.alias_of(facet)) difference.alias = alias->name;
      ask(difference);
      out_.differences.push_back(std::move(difference));
    };
    for (const auto& [facet, value] : a) {
      const auto other = b.find(facet);
      add(facet, value, other == b.end() ? std::nullopt : std::optional(other->second));
    }
    for (const auto& [facet, value] : b) {
      if (!a.contains(facet)) add(facet, std::nullopt, value);
    }
  }

  void ask(Difference& difference) const {
    // Of a seed the spread of repeats says more; with a label no two runs are alike.
    if (difference.chance || difference.label || !difference.alias.empty()) return;
    difference.evidence = witness_.hear(difference.facet, facets_a_, facets_b_);
  }

  /// The smaller, the likelier a cause.
  static std::tuple<int, double, int, int> rank(const Difference& difference) {
    const auto& evidence = difference.evidence;
    const int kind = static_cast<int>(difference.facet.kind);
    const int used = difference.used == Used::yes ? 0 : 1;
    // What it did under these very conditions says more than what it did on the average.
    const double weight = evidence ? -std::fabs(evidence->here.value_or(evidence->change)) : 0;
    if (difference.label || difference.comments_only || !difference.alias.empty()) {
      return {6, 0, used, kind};
    }
    if (difference.chance) return {4, 0, used, kind};
    if (evidence && evidence->matters == false) return {5, weight, used, kind};
    if (evidence && evidence->same_values) return {evidence->matters ? 0 : 1, weight, used, kind};
    if (evidence && evidence->matters) return {2, weight, used, kind};
    return {3, 0, difference.facet.kind == FacetKind::machine ? 2 : used, kind};
  }

  const Question& question_;
  const Witness& witness_;
  std::map<Facet, Json> facets_a_;
  std::map<Facet, Json> facets_b_;
  Causes out_;
};

}  // namespace

Causes find_causes(const Question& question, const Witness& witness) {
  return Inquiry(question, witness).answer();
}

}  // namespace clew::analysis
