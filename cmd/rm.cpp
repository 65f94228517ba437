#include "rm.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "log_columns.h"
#include "log_query.h"
#include "query/catalog.h"
#include "record/annotate.h"
#include "run_code.h"
#include "ui/progress.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr auto kRemovePatience = std::chrono::seconds(10);

/// One line that the user types.
std::string read_line(int fd) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n')
    line += c;
  return line;
}

void confirm(Session& session, const std::vector<Run>& runs) {
  log_table(choose_columns(runs, view_of(session)), view_of(session)).print(session.out);
  session.out.write(concat(
      "remove ", runs.size() == 1 ? "this run" : concat("these ", ui::counted(runs.size(), "run")),
      " for good? [y/N] "));
  session.out.flush();
  const std::string answer = to_lower(trim(read_line(session.input)));
  if (answer != "y" && answer != "yes") throw Error(ErrorKind::usage, "nothing is removed");
}

/// Drops the refs of those snapshots of the removed runs that no other run uses.
void drop_snapshots(const Session& session, const query::Catalog& catalog,
                    const std::vector<Run>& removed) {
  std::set<std::string, std::less<>> commits;
  for (const Run& run : removed)
    commits.insert(run.code.commit);
  commits.erase("");
  if (commits.empty()) return;
  catalog.each_row([&](model::RunView& run) {
    std::string tags;
    run.tags(tags);
    const auto used = commits.find(run.code().commit);
    if (used != commits.end()) commits.erase(used);
    return !commits.empty();
  });
  for (const Run& run : removed) {
    if (commits.erase(run.code.commit) == 0) continue;
    if (const auto code = open_code(session, run)) code->forget(run.code.commit);
  }
}

}  // namespace

void declare_rm(Declaration& declaration, RmOptions& options) {
  declaration.positional("RUN", options.runs, "The runs to remove").completes = Completes::run;
  declaration.option("-w,--where", "EXPR", options.where, "Also all runs of which this is true")
      .completes = Completes::expression;
  declaration.flag("-y,--yes", options.yes, "Do not ask");
  declaration.flag("--dry-run", options.dry_run, "Only show what would be removed");
  declaration.description =
      "Removes runs for good: parameters, metrics, output and all else that was recorded of them. "
      "A "
      "snapshot of code goes with the last run that has it; files that were kept stay. The store "
      "remembers the id and when it was removed, nothing more. A run that still goes on is "
      "refused.\n\n"
      "On a terminal the runs are shown and the question is asked; elsewhere --yes is needed. "
      "--json "
      "prints the ids.";
  declaration.examples = {
      {"clew rm @", "the newest run"},
      {"clew rm --where \"run.state = 'failed' and run.duration < 1m\"", "what failed at once"},
      {"clew rm --dry-run --where \"tag = 'test'\"", "what would go"},
  };
}

int run_rm(Session& session, const RmOptions& options) {
  if (options.runs.empty() && !options.where) {
    throw Error(ErrorKind::usage, "no run is given", {"clew rm RUN...", "clew rm --where EXPR"});
  }
  std::vector<Run> runs =
      runs_named(session, query::Catalog::open(session.layout()), options.runs, options.where);
  if (options.dry_run) {
    if (!runs.empty() && !session.global.json) {
      log_table(choose_columns(runs, view_of(session)), view_of(session)).print(session.out);
    }
  } else if (!runs.empty()) {
    const bool can_ask = isatty(session.input) == 1 && session.out.terminal();
    if (!options.yes && !can_ask) {
      throw Error(ErrorKind::usage,
                  concat("nobody can be asked whether to remove ", ui::counted(runs.size(), "run")),
                  {"--yes removes without a question, --dry-run shows them"});
    }
    if (!options.yes) confirm(session, runs);
    std::vector<RunId> ids;
    ids.reserve(runs.size());
    for (const Run& run : runs)
      ids.push_back(run.id);
    {
      ui::Progress progress(session.err, "removing", ids.size());
      record::remove(session.layout(), ids, kRemovePatience,
                     [&progress](std::size_t done) { progress.update(done); });
    }
    drop_snapshots(session, query::Catalog::open(session.layout()), runs);
  }
  if (session.global.json) {
    Json list = Json::array();
    for (const Run& run : runs)
      list.push(run.id.hex());
    session.out.line(dump_json(list));
  } else {
    session.err.line(
        concat(options.dry_run ? "would remove " : "removed ", ui::counted(runs.size(), "run")));
  }
  return 0;
}

}  // namespace clew::cmd
