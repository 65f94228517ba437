#include "log.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "log_columns.h"
#include "log_files.h"
#include "query/catalog.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

/// Which runs are asked for.
struct Selection {
  std::size_t most = SIZE_MAX;
  std::vector<std::string> tags;
  std::vector<model::State> states;

  [[nodiscard]] bool all() const { return tags.empty() && states.empty(); }
  [[nodiscard]] bool takes(const Run& run) const {
    const auto tagged = [&run](const std::string& tag) {
      return std::find(run.tags.begin(), run.tags.end(), tag) != run.tags.end();
    };
    return std::all_of(tags.begin(), tags.end(), tagged) &&
           (states.empty() || std::find(states.begin(), states.end(), run.state) != states.end());
  }
};

struct Listing {
  std::vector<Run> runs;  ///< newest first
  bool more = false;      ///< there are older ones
};

Selection selection(const Session& session, const LogOptions& options) {
  Selection wanted;
  wanted.tags = options.tags;
  for (const std::string& name : options.states) {
    const auto state = model::state_from_name(name);
    if (!state) throw Error(ErrorKind::usage, concat("unknown state '", name, '\''));
    wanted.states.push_back(*state);
  }
  std::optional<std::int64_t> most = options.count;
  if (most && *most < 0) {
    throw Error(ErrorKind::usage, concat("the number of runs '", *most, "' is negative"));
  }
  const bool for_people = !session.global.json && !options.csv;
  if (!most && for_people) most = session.settings.integer("log.count");
  if (most) wanted.most = static_cast<std::size_t>(std::max<std::int64_t>(*most, 0));
  return wanted;
}

Listing list(const query::Catalog& catalog, const Selection& wanted) {
  // One more than is shown tells whether there are more.
  const std::size_t bound = wanted.most == SIZE_MAX ? SIZE_MAX : wanted.most + 1;
  Listing listing;
  listing.runs = catalog.runs(wanted.all() ? bound : SIZE_MAX);
  std::erase_if(listing.runs, [&wanted](const Run& run) { return !wanted.takes(run); });
  if (listing.runs.size() > wanted.most) {
    listing.runs.erase(listing.runs.begin() + static_cast<std::ptrdiff_t>(wanted.most),
                       listing.runs.end());
    listing.more = true;
  }
  return listing;
}

/// The columns that the user named. A name that only runs outside the listing have is good too.
std::vector<LogColumn> named_columns(const query::Catalog& catalog, const std::string& list,
                                     const std::vector<Run>& runs) {
  try {
    return parse_columns(list, runs);
  } catch (const Error&) {
    return parse_columns(list, catalog.runs());
  }
}

void print_json(Session& session, const Listing& listing,
                const std::optional<std::vector<LogColumn>>& columns, Time now) {
  const char* separator = "[";
  for (const Run& run : listing.runs) {
    Json object;
    if (columns) {
      for (const LogColumn& column : *columns) {
        object[column.title] = column_value(column, run, now);
      }
    } else {
      object = exporter::run_to_json(run, now);
    }
    session.out.write(concat(separator, '\n', dump_json(object)));
    separator = ",";
  }
  session.out.line(listing.runs.empty() ? "[]" : "\n]");
}

std::string csv_text(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return exporter::csv_field(value.as_string());
  std::string text = dump_json(value);
  // NaN and infinities are strings in JSON.
  if (value.is_double() && text.front() == '"') text = text.substr(1, text.size() - 2);
  return exporter::csv_field(text);
}

void print_csv(Session& session, const Listing& listing,
               const std::optional<std::vector<LogColumn>>& columns, Time now) {
  if (!columns) {
    exporter::write_runs_csv(listing.runs, now,
                             [&session](std::string_view text) { session.out.write(text); });
    return;
  }
  std::vector<std::string> fields;
  for (const LogColumn& column : *columns)
    fields.push_back(exporter::csv_field(column.title));
  session.out.write(join(fields, ",") + "\n");
  for (const Run& run : listing.runs) {
    fields.clear();
    for (const LogColumn& column : *columns) {
      fields.push_back(csv_text(column_value(column, run, now)));
    }
    session.out.write(join(fields, ",") + "\n");
  }
}

void print_table(Session& session, const query::Catalog& catalog, const Selection& wanted,
                 const Listing& listing, const std::optional<std::vector<LogColumn>>& columns,
                 Time now) {
  if (listing.runs.empty() && wanted.most > 0) {
    const bool none_at_all = wanted.all() || catalog.runs(1).empty();
    session.err.line(none_at_all ? "no runs yet" : "no such runs");
    session.err.write(ui::Label::hint, "hint: ");
    session.err.line(none_at_all ? "'clew run -- COMMAND' records one"
                                 : "'clew log' lists all runs");
    return;
  }
  const bool terminal = session.out.terminal();
  const LogView view{terminal ? session.out.columns() : 0, terminal, now};
  log_table(columns ? *columns : choose_columns(listing.runs, view), listing.runs, view)
      .print(session.out);
  if (terminal && listing.more) {
    session.out.write(ui::Label::faint,
                      concat("the newest ", ui::counted(listing.runs.size(), "run"),
                             "; -n NUMBER or --json shows more"));
    session.out.line();
  }
}

}  // namespace

void declare_log(Declaration& declaration, LogOptions& options) {
  declaration.description =
      "Lists runs, newest first; those that still go on are there with their current values. "
      "Without --columns the table has the parameters in which the runs differ and the metrics "
      "that say most, as far as they fit the terminal. A value that is not there is shown as –.\n\n"
      "The table has the newest 25 runs (setting log.count), --json and --csv have all of them; "
      "-n bounds either.\n\n"
      "A column is a parameter; a metric (its last value) or METRIC.last, first, min, max, mean, "
      "count, argmin or argmax; run.id, run.name, run.state, run.started, run.ended, run.duration, "
      "run.exit_code, run.signal, run.command, run.cwd, run.host, run.user, run.group, run.parent; "
      "code.commit, code.base, code.branch, code.dirty; or tags. params.NAME and metrics.NAME tell "
      "a parameter from a metric of the same name; a name with a comma in it stands in double "
      "quotes. The id always comes first unless it is among them.";
  declaration.option("-n,--number", "NUMBER", options.count, "Show at most this many runs");
  declaration.option("--columns", "LIST", options.columns,
                     "Show these columns, separated by commas");
  declaration
      .option("--tag", "TAG", options.tags, "Only runs with this tag; given twice, with both")
      .completes = Completes::tag;
  Argument& state = declaration.option("--state", "STATE", options.states,
                                       "Only runs in this state; given twice, in either");
  state.completes = Completes::choices;
  state.choices = {"running", "finished", "failed", "killed", "interrupted"};
  declaration.flag("--csv", options.csv, "Print comma-separated values (RFC 4180)");
  Declaration::Tail& paths = declaration.after_separator(
      "PATH...", options.paths,
      "Only runs that read (r) or wrote (w) these files, or any below these directories");
  paths.completes = Completes::file;
  paths.required = false;
  declaration.examples = {
      {"clew log", "the newest runs"},
      {"clew log --columns lr,val_acc.max,run.duration", "a table of your own"},
      {"clew log --state running", "what goes on right now"},
      {"clew log -- data/train.csv", "which runs read or wrote a file"},
      {"clew log --csv > runs.csv", "all runs for a spreadsheet"},
  };
}

int run_log(Session& session, const LogOptions& options) {
  if (session.global.json && options.csv) {
    throw Error(ErrorKind::usage, "--json and --csv exclude each other");
  }
  const Selection wanted = selection(session, options);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  if (!options.paths.empty()) {
    if (options.columns) {
      throw Error(ErrorKind::usage, "--columns does not go with '-- PATH', which has its own");
    }
    return print_users_of_files(session, catalog, options);
  }
  const Listing listing = list(catalog, wanted);
  std::optional<std::vector<LogColumn>> columns;
  if (options.columns && !catalog.runs(1).empty()) {
    columns = named_columns(catalog, *options.columns, listing.runs);
  }
  const Time now = session.clock.now();
  if (session.global.json) {
    print_json(session, listing, columns, now);
  } else if (options.csv) {
    print_csv(session, listing, columns, now);
  } else {
    print_table(session, catalog, wanted, listing, columns, now);
  }
  return 0;
}

}  // namespace clew::cmd
