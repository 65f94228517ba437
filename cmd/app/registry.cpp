#include "app/command.h"
#include "base/error.h"
#include "base/text.h"
#include "bisect.h"
#include "checkout.h"
#include "compare.h"
#include "diff.h"
#include "export.h"
#include "generate.h"
#include "graph.h"
#include "help.h"
#include "hook.h"
#include "import.h"
#include "importance.h"
#include "init.h"
#include "lineage.h"
#include "log.h"
#include "note.h"
#include "plot.h"
#include "put.h"
#include "rerun.h"
#include "rm.h"
#include "run.h"
#include "set.h"
#include "show.h"
#include "sql.h"
#include "status.h"
#include "stop.h"
#include "tag.h"
#include "verify.h"
#include "version.h"
#include "watch.h"
#include "why.h"

namespace clew::cmd {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {.name = "init",
       .summary = "Make a store for runs",
       .access = Access::repository,
       .make = make<InitOptions, declare_init, run_init>},
      {.name = "run",
       .summary = "Run a command and record it",
       .access = Access::repository,
       .make = make<RunOptions, declare_run, run_run>},
      {.name = "put",
       .summary = "Report metrics, parameters or notes from a script",
       .access = Access::nothing,
       .make = make<PutOptions, declare_put, run_put>},
      {.name = "stop",
       .summary = "End a run that goes on",
       .access = Access::read,
       .make = make<StopOptions, declare_stop, run_stop>},
      {.name = "set",
       .summary = "Change a parameter of a run that goes on",
       .access = Access::read,
       .make = make<SetOptions, declare_set, run_set>},
      {.name = "watch",
       .summary = "Show runs while they go on",
       .access = Access::read,
       .make = make<WatchOptions, declare_watch, run_watch>},
      {.name = "log",
       .summary = "List runs",
       .access = Access::read,
       .make = make<LogOptions, declare_log, run_log>,
       .paged = true},
      {.name = "sql",
       .summary = "Ask about the runs in SQL",
       .access = Access::read,
       .make = make<SqlOptions, declare_sql, run_sql>,
       .paged = true},
      {.name = "show",
       .summary = "Show a run, one of its metrics, its output or its files",
       .access = Access::read,
       .make = make<ShowOptions, declare_show, run_show>,
       .paged = true},
      {.name = "diff",
       .summary = "Compare two runs",
       .access = Access::read,
       .make = make<DiffOptions, declare_diff, run_diff>,
       .paged = true},
      {.name = "why",
       .summary = "Tell why two runs came out differently",
       .access = Access::read,
       .make = make<WhyOptions, declare_why, run_why>,
       .paged = true},
      {.name = "importance",
       .summary = "Tell which hyperparameters matter for a metric",
       .access = Access::read,
       .make = make<ImportanceOptions, declare_importance, run_importance>,
       .paged = true},
      {.name = "bisect",
       .summary = "Find the run in which a metric turned bad",
       .access = Access::read,
       .make = make<BisectOptions, declare_bisect, run_bisect>,
       .paged = true},
      {.name = "lineage",
       .summary = "Show where a file came from and what was made from it",
       .access = Access::read,
       .make = make<LineageOptions, declare_lineage, run_lineage>,
       .paged = true},
      {.name = "compare",
       .summary = "Show runs side by side",
       .access = Access::read,
       .make = make<CompareOptions, declare_compare, run_compare>,
       .paged = true},
      {.name = "plot",
       .summary = "Draw metrics, or runs by their values",
       .access = Access::read,
       .make = make<PlotOptions, declare_plot, run_plot>},
      {.name = "status",
       .summary = "Show what is running and where the store is",
       .access = Access::read,
       .make = make<StatusOptions, declare_status, run_status>},
      {.name = "checkout",
       .summary = "Write the code of a run into a directory of its own",
       .access = Access::read,
       .make = make<CheckoutOptions, declare_checkout, run_checkout>},
      {.name = "rerun",
       .summary = "Run a recorded run again, and check that it gives the same",
       .access = Access::repository,
       .make = make<RerunOptions, declare_rerun, run_rerun>},
      {.name = "verify",
       .summary = "Check a store, or a PROV document, against what was recorded",
       .access = Access::repository,
       .make = make<VerifyOptions, declare_verify, run_verify>},
      {.name = "tag",
       .summary = "Attach tags to a run, or take them away",
       .access = Access::write,
       .make = make<TagOptions, declare_tag, run_tag>},
      {.name = "note",
       .summary = "Attach a note to a run",
       .access = Access::write,
       .make = make<NoteOptions, declare_note, run_note>},
      {.name = "graph",
       .summary = "Draw the provenance graph of runs",
       .access = Access::read,
       .make = make<GraphOptions, declare_graph, run_graph>},
      {.name = "rm",
       .summary = "Remove runs",
       .access = Access::write,
       .make = make<RmOptions, declare_rm, run_rm>},
      {.name = "export",
       .summary = "Write runs as W3C PROV, RO-Crate, JSON, CSV or JSONL",
       .access = Access::read,
       .make = make<ExportOptions, declare_export, run_export>},
      {.name = "import",
       .summary = "Read runs from interchange lines",
       .access = Access::write,
       .make = make<ImportOptions, declare_import, run_import>},
      {.name = "hook",
       .summary = "List the programs that clew runs at certain moments",
       .access = Access::read,
       .make = make<HookOptions, declare_hook, run_hook>},
      {.name = "help",
       .summary = "Show help for a command",
       .access = Access::nothing,
       .make = make<HelpOptions, declare_help, run_help>},
      {.name = "version",
       .summary = "Show the version",
       .access = Access::nothing,
       .make = make<VersionOptions, declare_version, run_version>},
      {.name = "generate",
       .summary = "Write the man pages and the completions",
       .access = Access::nothing,
       .make = make<GenerateOptions, declare_generate, run_generate>,
       .hidden = true},
  };
  return table;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const Command& command_named(std::string_view name) {
  if (const Command* command = find_command(name)) return *command;
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  const std::vector<std::string> meant = suggestions(name, names);
  std::string hint = "run 'clew help' for the commands";
  if (!meant.empty()) {
    hint = "did you mean ";
    for (std::size_t i = 0; i < meant.size(); ++i)
      hint += concat(i > 0 ? " or " : "", "'clew ", meant[i], '\'');
    hint += '?';
  }
  throw Error(ErrorKind::usage, concat("unknown command '", name, '\''), {hint});
}

}  // namespace clew::cmd
