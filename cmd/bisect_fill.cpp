#include "bisect_fill.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "app/report.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "query/catalog.h"
#include "rerun.h"
#include "run_code.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using analysis::Verdict;
using model::Run;

/// Sends what is written to standard output to standard error while it lives, for the answer is all
/// that belongs there.
class Aside {
 public:
  Aside() : saved_(dup(STDOUT_FILENO)) { dup2(STDERR_FILENO, STDOUT_FILENO); }
  ~Aside() {
    if (saved_) dup2(saved_.get(), STDOUT_FILENO);
  }
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

 private:
  Fd saved_;
};

/// The commits from the code of one run to that of another, the oldest first; none where they are
/// not to be had.
std::vector<std::string> commits_between(const std::optional<snapshot::Repository>& repository,
                                         const Run& good, const Run& bad) {
  const bool known = repository && !good.code.base.empty() && !bad.code.base.empty();
  if (!known) return {};
  return repository->commits_between(good.code.base, bad.code.base)
      .value_or(std::vector<std::string>());
}

/// A commit as a step: the last good run, but for the code.
BisectStep commit_step(const Run& good, const std::string& commit, std::string tree) {
  BisectStep step;
  step.commit = commit;
  step.run = good;
  step.run.code.commit = commit;
  step.run.code.tree = std::move(tree);
  step.run.code.base = commit;
  step.run.code.dirty = false;
  step.run.code.complete = true;
  step.run.code.unstored.clear();
  return step;
}

/// Puts the commits that no run is of between the last good run and the first bad one, in the order
/// of history; what was run on top of a commit stands after it.
void add_commits(const Session& session, BisectReport& report) {
  const Run& good = report.steps[report.turn.last_good].run;
  const Run& bad = report.steps[report.turn.first_bad].run;
  const auto repository = open_code(session, bad);
  const std::vector<std::string> commits = commits_between(repository, good, bad);
  std::set<std::string> trees;
  for (const BisectStep& step : report.steps)
    trees.insert(step.run.code.tree);
  const auto from = report.steps.begin() + static_cast<std::ptrdiff_t>(report.turn.last_good) + 1;
  const auto to = report.steps.begin() + static_cast<std::ptrdiff_t>(report.turn.first_bad);
  std::vector<std::pair<std::size_t, BisectStep>> between;  // with the place of its commit
  for (std::size_t i = 0; i < commits.size(); ++i) {
    std::string tree = repository->tree(commits[i]);
    // Code that a run is of, or the same once more, tells nothing new.
    if (trees.insert(tree).second) {
      between.emplace_back(i + 1, commit_step(good, commits[i], std::move(tree)));
    }
  }
  for (auto at = from; at != to; ++at) {
    const auto base = std::find(commits.begin(), commits.end(), at->run.code.base);
    const bool later = base != commits.end();
    between.emplace_back(later ? static_cast<std::size_t>(base - commits.begin()) + 1 : 0, *at);
  }
  std::stable_sort(between.begin(), between.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<BisectStep> steps(report.steps.begin(), from);
  for (auto& [place, step] : between)
    steps.push_back(std::move(step));
  steps.insert(steps.end(), to, report.steps.end());
  report.steps = std::move(steps);
}

void find_turn_again(BisectReport& report) {
  std::vector<Verdict> verdicts;
  for (const BisectStep& step : report.steps)
    verdicts.push_back(step.verdict);
  report.turn = *analysis::find_turn(verdicts);
}

/// Runs one step again; how that ended.
record::Outcome run_step(Session& session, const BisectStep& step, RunId good) {
  RerunOptions options;
  options.run = (step.commit.empty() ? step.run.id : good).hex();
  RerunSource source = find_rerun_source(session, options.run, false);
  if (!step.commit.empty()) {
    source.parts.run.code = step.run.code;
    source.code = require_code(session, source.parts.run);
  }
  const Aside aside;
  return run_again(session, options, source);
}

/// Runs one step; the run that came of it, judged. What cannot be run at all, for want of an input
/// say, stays unknown as what fails does.
BisectStep try_step(Session& session, const BisectStep& step, RunId good, const Judge& judge) {
  BisectStep tried = step;
  record::Outcome outcome;
  try {
    outcome = run_step(session, step, good);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::bug) throw;
    warn(session.err, error.message());
    return tried;
  }
  tried.run = outcome.run;
  if (!outcome.recorded) return tried;
  const query::Catalog catalog = query::Catalog::open(session.layout());
  tried.run = catalog.find(outcome.id.hex());
  judge(catalog, tried);
  return tried;
}

}  // namespace

void fill_gaps(Session& session, BisectReport& report, const Judge& judge) {
  // Commits are run with the command of this one, not with that of a run made here.
  const RunId good = report.steps[report.turn.last_good].run.id;
  add_commits(session, report);
  find_turn_again(report);
  std::set<RunId> tried_runs;
  std::set<std::string> tried_commits;
  for (;;) {
    // What was tried in vain is left out, so that the middle is that of what can still be tried.
    analysis::Turn turn = report.turn;
    std::erase_if(turn.unknown, [&](std::size_t i) {
      const BisectStep& step = report.steps[i];
      return step.commit.empty() ? tried_runs.contains(step.run.id)
                                 : tried_commits.contains(step.commit);
    });
    const auto next = analysis::best_to_try(turn);
    if (!next) return;
    const BisectStep step = report.steps[*next];
    session.err.line(concat("trying ",
                            step.commit.empty() ? concat("run ", step.run.id.short_hex())
                                                : concat("commit ", step.commit.substr(0, 12)),
                            ", one of ", turn.unknown.size()));
    session.err.flush();
    BisectStep tried = try_step(session, step, good, judge);
    tried_runs.insert(step.run.id);
    tried_commits.insert(step.commit);
    if (tried.verdict == Verdict::unknown) continue;
    report.steps[*next] = std::move(tried);
    find_turn_again(report);
  }
}

}  // namespace clew::cmd
