#include "why_report.h"

#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "diff_view.h"
#include "metric_choice.h"
#include "run_code.h"

namespace clew::cmd {

namespace {

using model::Run;

/// Evidence comes from so many runs, the newest; all of each has to be read.
constexpr std::size_t kMostRuns = 500;

/// The files of code that differ; `gap` says why they could not be compared.
std::vector<analysis::FileHunks> code_changes(const Session& session, const Run& a, const Run& b,
                                              std::string& gap) {
  std::vector<analysis::FileHunks> files;
  if (a.code.tree != b.code.tree) {
    const Run* lacks = a.code.commit.empty() ? &a : (b.code.commit.empty() ? &b : nullptr);
    const auto repository = lacks == nullptr ? open_code(session, a) : std::nullopt;
    if (lacks != nullptr) {
      gap = concat("the run '", lacks->id.short_hex(), "' has no snapshot");
    } else if (!repository || !repository->has(b.code.commit)) {
      gap = concat("the snapshot of run '", (repository ? b : a).id.short_hex(),
                   "' is not in this repository");
    } else {
      files = analysis::parse_patch(
          repository->compare(a.code.commit, b.code.commit, snapshot::WithPatch::yes).patch);
    }
  }
  for (const auto& row : compare_unstored(a.code.unstored, b.code.unstored))
    files.push_back({row.name, row.a ? row.name : "", true, {}});
  return files;
}

/// Tells of each snapshot which files it has; each is read once.
class Snapshots {
 public:
  explicit Snapshots(const Session& session) : session_(session) {}

  [[nodiscard]] analysis::InCode of(const Run& run) {
    if (run.code.tree.empty()) return {};
    auto [at, fresh] = files_.try_emplace(run.code.tree);
    if (fresh) {
      if (const auto repository = open_code(session_, run)) {
        const auto paths = repository->files(run.code.commit);
        at->second.insert(paths.begin(), paths.end());
      }
    }
    return [&files = at->second](const std::string& path) { return files.contains(path); };
  }

 private:
  const Session& session_;
  std::map<std::string, std::set<std::string>> files_;  // by tree
};

analysis::Experience gather(const query::Catalog& catalog, const std::vector<Run>& runs,
                            const MetricChoice& metric, Snapshots& snapshots) {
  analysis::Experience experience;
  for (const Run& run : runs) {
    if (experience.runs.size() == kMostRuns) break;
    const auto value = metric.of(run.id);
    if (run.state == model::State::running || !value || !std::isfinite(*value)) continue;
    const model::RunParts parts = catalog.full(run.id);
    // Without files no snapshot has to be looked at.
    const analysis::InCode in_code = parts.files.empty() ? nullptr : snapshots.of(run);
    experience.runs.push_back({run.id, *value, analysis::facets_of(parts, in_code)});
  }
  return experience;
}

}  // namespace

WhyReport make_why_report(const Session& session, const query::Catalog& catalog, const Run& a,
                          const Run& b, const std::optional<std::string>& metric) {
  WhyReport report;
  report.a = catalog.full(a.id);
  report.b = catalog.full(b.id);
  report.metric = metric ? metric : telling_metric(a, b);
  Snapshots snapshots(session);
  analysis::Experience experience;
  if (report.metric) {
    const std::vector<Run> runs = catalog.runs();
    const MetricChoice choice(session, catalog, *report.metric);
    report.metric = choice.name();
    report.value_a = choice.of(a.id);
    report.value_b = choice.of(b.id);
    experience = gather(catalog, runs, choice, snapshots);
  }
  report.considered = experience.runs.size();
  const analysis::Witness witness(std::move(experience));
  const analysis::Question question{
      report.a,
      report.b,
      code_changes(session, report.a.run, report.b.run, report.code_gap),
      snapshots.of(report.a.run),
      snapshots.of(report.b.run),
      report.value_a,
      report.value_b};
  report.causes = analysis::find_causes(question, witness);
  return report;
}

}  // namespace clew::cmd
