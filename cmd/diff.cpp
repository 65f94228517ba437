#include "diff.h"

#include "base/error.h"
#include "base/text.h"
#include "diff_view.h"
#include "log_query.h"
#include "query/catalog.h"
#include "query/compare.h"
#include "run_code.h"

namespace clew::cmd {

namespace {

using model::Run;

CodeComparison compare_code(const Session& session, const Run& a, const Run& b,
                            snapshot::WithPatch with_patch) {
  CodeComparison result;
  result.unstored = compare_unstored(a.code.unstored, b.code.unstored);
  for (const Run* run : {&a, &b}) {
    if (run->code.commit.empty()) {
      result.gap = concat("the run '", run->id.short_hex(), "' has no snapshot");
      return result;
    }
  }
  const auto repository = open_code(session, a);
  const bool both = repository && repository->has(b.code.commit);
  if (!both) {
    result.gap = concat("the snapshot of run '", (repository ? b : a).id.short_hex(),
                        "' is not in this repository");
    return result;
  }
  result.stored = repository->compare(a.code.commit, b.code.commit, with_patch);
  return result;
}

/// The two newest runs of which the condition is true, the older one first; with A, that one and
/// the newest other one.
std::pair<Run, Run> sides_where(const Session& session, const query::Catalog& catalog,
                                const DiffOptions& options) {
  if (options.b) {
    throw Error(ErrorKind::usage, "with A and B there is nothing left to choose for --where",
                {"clew diff A --where EXPR"});
  }
  std::vector<Run> found = runs_named(session, catalog, {}, options.where);
  std::optional<Run> first;
  if (options.a) {
    first = catalog.find(*options.a);
    std::erase_if(found, [&](const Run& run) { return run.id == first->id; });
  }
  if (found.size() < (first ? 1 : 2)) {
    throw Error(ErrorKind::usage,
                concat(first           ? "no other run"
                       : found.empty() ? "no run"
                                       : "only one run",
                       " matches '", *options.where, "'"),
                {"clew log --where EXPR"});
  }
  if (!first) first = std::move(found[1]);
  return {*std::move(first), std::move(found[0])};
}

std::pair<Run, Run> sides(const Session& session, const query::Catalog& catalog,
                          const DiffOptions& options) {
  if (options.where) return sides_where(session, catalog, options);
  Run first = catalog.find(options.a.value_or("@~1"));
  Run second = catalog.find(options.b.value_or("@"));
  if (options.a && !options.b && first.id == second.id) {
    throw Error(ErrorKind::usage,
                concat("'", *options.a, "' is the newest run, which it would be compared with"),
                {"'clew diff' compares the newest run with the one before it"});
  }
  return {std::move(first), std::move(second)};
}

}  // namespace

void declare_diff(Declaration& declaration, DiffOptions& options) {
  declaration.description =
      "Shows in what two runs differ: command, parameters, metrics, code, files that they read and "
      "wrote, and environment. Without "
      "B, A is compared with the newest run; without either, the newest run with the one before "
      "it; with --where, only runs of which that is true are looked at. Runs that still go on take "
      "part with their current values.\n\n"
      "Values compare exactly. Of a metric the last value is shown and, where they differ, "
      "minimum, maximum and count; a difference is B minus A. The code is that of the snapshots, "
      "with the lines added and removed in each file, or with --patch as a unified diff; a file "
      "that differs is marked 'never read' where neither run read it, as far as both were watched "
      "completely. Inputs are compared as the runs found them and outputs as they left them, by "
      "content.\n\n"
      "--json prints one object: \"a\" and \"b\" (the ids), \"equal\", \"state\", \"exit_code\", "
      "\"signal\", \"argv\", \"params\", \"metrics\", \"code\", \"environment\", \"inputs\", "
      "\"outputs\" and \"packages\", clew-json(5). What differs "
      "stands under its name as {\"a\": ..., \"b\": ...}, without the side that has no such value; "
      "state, exit_code, signal, argv and code are null where they are the same. A metric is its "
      "summary as in "
      "'clew log --json'. \"code\" has \"commits\", \"files\" ({\"path\", \"change\", "
      "\"old_path\", \"added\", \"removed\", \"binary\", \"read\"} each; null when a snapshot is "
      "not here), "
      "\"patch\" with --patch, and \"unstored\", the files that the snapshots only name.";
  declaration.positional("A", options.a, "The run to compare from").completes = Completes::run;
  declaration.positional("B", options.b, "The run to compare with").completes = Completes::run;
  declaration
      .option("-w,--where", "EXPR", options.where,
              "Choose what is not given among the runs of which this is true")
      .completes = Completes::expression;
  declaration.flag("-u,--patch", options.patch, "Show the code as a unified diff");
  declaration.flag("--exit-code", options.exit_code, "Exit with 1 when the runs differ");
  declaration.flag("--all", options.all, "Compare clew's own metrics (system/...) too");
  declaration.examples = {
      {"clew diff", "what changed since the run before"},
      {"clew diff baseline @", "the newest run against the one tagged 'baseline'"},
      {"clew diff @~1 @ --patch", "with every line of code"},
      {"clew diff baseline --where 'val_acc.max > 0.95'", "with the newest one that did well"},
  };
}

int run_diff(Session& session, const DiffOptions& options) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const auto [first, second] = sides(session, catalog, options);
  const model::RunParts a = catalog.full(first.id);
  const model::RunParts b = catalog.full(second.id);
  const auto system = options.all ? query::SystemMetrics::include : query::SystemMetrics::leave_out;
  RunDifference difference{a, b, query::compare(a, b, system), {}};
  if (difference.comparison.code_differs || difference.comparison.code_unknown) {
    difference.code = compare_code(
        session, a.run, b.run, options.patch ? snapshot::WithPatch::yes : snapshot::WithPatch::no);
  }
  if (session.global.json) {
    session.out.line(dump_json(difference_to_json(difference), JsonLayout::pretty));
  } else {
    print_difference(session.out, difference, options.patch);
  }
  return options.exit_code && !difference.comparison.equal() ? 1 : 0;
}

}  // namespace clew::cmd
