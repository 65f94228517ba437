#include "query/sql_tables.h"

#include "query/sql_points.h"
#include "query/sql_rows.h"

namespace clew::query {
namespace {

constexpr SqlColumn kRun = {"run", "TEXT", "id of the run"};

std::vector<SqlTable> make_tables() {
  std::vector<SqlTable> tables;
  tables.push_back({"runs",
                    "the runs",
                    {{"id", "TEXT", "16 hex digits"},
                     {"name", "TEXT", ""},
                     {"state", "TEXT", "running, finished, failed, killed or interrupted"},
                     {"exit_code", "INTEGER", ""},
                     {"signal", "TEXT", "name of the signal that ended it, as SIGKILL"},
                     {"started", "TEXT", "ISO 8601, UTC, microseconds; as all times are"},
                     {"ended", "TEXT", ""},
                     {"duration", "REAL", "seconds; NULL while it goes on"},
                     {"command", "TEXT", "the command line, quoted for a shell"},
                     {"cwd", "TEXT", "where it was started"},
                     {"user", "TEXT", ""},
                     {"host", "TEXT", ""},
                     {"run_group", "TEXT", "job that the run is a part of"},
                     {"parent", "TEXT", "id of the run that started it"},
                     {"rerun_of", "TEXT", "id of the run that it repeats"},
                     {"code_commit", "TEXT", "snapshot of the code"},
                     {"code_tree", "TEXT", "its tree"},
                     {"code_base", "TEXT", "commit that HEAD named"},
                     {"code_branch", "TEXT", ""},
                     {"code_dirty", "INTEGER", "1: the code differed from HEAD"}},
                    false,
                    false,
                    open_runs});
  tables.push_back({"params",
                    "the parameters that runs started with",
                    {kRun,
                     {"name", "TEXT", ""},
                     {"value", "", "number or text as recorded; booleans are 0 and 1, lists JSON"},
                     {"type", "TEXT", "null, boolean, integer, real, text, list or map"},
                     {"source", "TEXT", "api, option, argv, file or env"}},
                    false,
                    false,
                    open_params});
  tables.push_back({"param_changes",
                    "values that parameters were changed to during a run",
                    {kRun,
                     {"name", "TEXT", ""},
                     {"old", "", "value before"},
                     {"value", "", "value from then on"},
                     {"step", "INTEGER", ""},
                     {"time", "TEXT", ""},
                     {"cause", "TEXT", ""}},
                    false,
                    false,
                    open_changes});
  tables.push_back({"metrics",
                    "the points of all metrics, in the order of arrival",
                    {kRun,
                     {"name", "TEXT", ""},
                     {"step", "INTEGER", ""},
                     {"time", "TEXT", ""},
                     {"value", "REAL", "NULL for NaN"}},
                    true,
                    true,
                    open_points});
  tables.push_back({"summaries",
                    "what each metric of each run comes down to",
                    {kRun,
                     {"name", "TEXT", ""},
                     {"source", "TEXT", "api or output"},
                     {"count", "INTEGER", "points, NaN included"},
                     {"first", "REAL", ""},
                     {"last", "REAL", ""},
                     {"min", "REAL", "never NaN where there is a number"},
                     {"max", "REAL", ""},
                     {"mean", "REAL", ""},
                     {"argmin", "INTEGER", "step of the first point that is the minimum"},
                     {"argmax", "INTEGER", ""},
                     {"last_step", "INTEGER", ""}},
                    false,
                    false,
                    open_summaries});
  tables.push_back(
      {"tags", "the tags of runs", {kRun, {"tag", "TEXT", ""}}, false, false, open_tags});
  tables.push_back({"notes",
                    "the notes of runs",
                    {kRun, {"time", "TEXT", ""}, {"text", "TEXT", ""}},
                    false,
                    false,
                    open_notes});
  tables.push_back({"outputs",
                    "what runs printed, piece by piece",
                    {kRun,
                     {"stream", "TEXT", "stdout, stderr or terminal"},
                     {"time", "TEXT", ""},
                     {"text", "TEXT", ""}},
                    false,
                    false,
                    open_output});
  tables.push_back({"processes",
                    "the processes of runs; number 0 is the command itself",
                    {kRun,
                     {"number", "INTEGER", ""},
                     {"parent", "INTEGER", "number of the process that started it"},
                     {"pid", "INTEGER", ""},
                     {"command", "TEXT", ""},
                     {"cwd", "TEXT", ""},
                     {"executable", "TEXT", ""},
                     {"executable_sha256", "TEXT", ""},
                     {"started", "TEXT", ""},
                     {"ended", "TEXT", ""},
                     {"exit_code", "INTEGER", ""},
                     {"signal", "TEXT", ""}},
                    false,
                    false,
                    open_processes});
  tables.push_back({"files",
                    "the files that runs read and wrote",
                    {kRun,
                     {"path", "TEXT", "below the top of the work tree, or absolute"},
                     {"role", "TEXT", "input, output, code or temporary"},
                     {"size", "INTEGER", "bytes"},
                     {"sha256", "TEXT", ""},
                     {"digest", "TEXT", "what sha256 covers: none, whole, partial or changing"},
                     {"before_sha256", "TEXT", "of what the run found before it wrote the file"},
                     {"read", "INTEGER", "1: so did a process of the run"},
                     {"written", "INTEGER", ""},
                     {"created", "INTEGER", ""},
                     {"deleted", "INTEGER", ""},
                     {"executed", "INTEGER", ""},
                     {"gone", "INTEGER", "1: not there any more at the end"},
                     {"saved", "INTEGER", "1: a copy is kept"}},
                    false,
                    false,
                    open_files});
  tables.push_back({"firings",
                    "the rules that held during a run",
                    {kRun,
                     {"time", "TEXT", ""},
                     {"step", "INTEGER", ""},
                     {"rule", "TEXT", "the expression"},
                     {"action", "TEXT", "stop, alert, note or checkpoint"},
                     {"measured", "TEXT", "JSON, the values that caused it"},
                     {"result", "TEXT", ""}},
                    false,
                    false,
                    open_firings});
  return tables;
}

}  // namespace

const std::vector<SqlTable>& sql_tables() {
  static const std::vector<SqlTable> tables = make_tables();
  return tables;
}

}  // namespace clew::query
