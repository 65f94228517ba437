#include "log.h"

#include <algorithm>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "export/exporter.h"
#include "log_columns.h"
#include "log_files.h"
#include "log_groups.h"
#include "log_query.h"
#include "log_ranking.h"
#include "query/catalog.h"
#include "query/frame.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

/// What the values of some columns of 100,000 runs take.
constexpr std::size_t kFrameMemory = std::size_t{32} << 20;

/// Has something to be known of all runs before any can be shown?
bool asks(const LogOptions& options) {
  return options.where || options.sort || options.columns || options.group_by || options.best ||
         options.worst || options.pareto || !options.tags.empty() || !options.states.empty();
}

/// What a listing shows: columns that were asked for, or whole runs.
struct Listing {
  std::optional<LogRows> rows;
  std::vector<Run> runs;
  LogRows order;      ///< of whole runs: the values that they are sorted by
  bool more = false;  ///< there are others
};

/// The newest runs as they are: nothing is asked of them.
Listing newest(const query::Catalog& catalog, std::size_t most) {
  Listing listing;
  // One more than is shown tells whether there are more.
  listing.runs = catalog.runs(most == SIZE_MAX ? SIZE_MAX : most + 1);
  if (listing.runs.size() > most) {
    listing.runs.resize(most);
    listing.more = true;
  }
  return listing;
}

/// The runs that meet the conditions, in the order that is asked for.
Listing chosen(const Session& session, const query::Catalog& catalog, const LogOptions& options,
               std::size_t most) {
  query::FrameRequest request = conditions(session, options);
  std::vector<std::string> order_titles;
  if (options.sort) {
    for (expr::Item& item : expr::parse_list(*options.sort, expr::ListOf::orders)) {
      request.orders.push_back({request.values.size(), item.descending});
      order_titles.push_back(std::move(item.title));
      request.values.push_back({std::move(item.expression), request.exact});
    }
  }
  const std::size_t first = request.values.size();
  std::vector<std::string> titles;
  if (options.columns) {
    for (expr::Item& item : parse_columns(*options.columns)) {
      titles.push_back(std::move(item.title));
      request.values.push_back({std::move(item.expression), shown_exactly(session, options)});
    }
  }
  request.most = most;
  auto frame = std::make_shared<query::Frame>(query::Frame::load(catalog, request));
  Listing listing;
  listing.more = frame->size() < frame->matched();
  if (options.columns) {
    listing.rows = rows_of(std::move(frame), first, titles);
  } else {
    std::vector<RunId> ids;
    for (std::size_t row = 0; row < frame->size(); ++row)
      ids.push_back(frame->id(row));
    listing.runs = catalog.runs(ids);
    listing.order = rows_of(std::move(frame), 0, order_titles);
  }
  return listing;
}

/// The columns that say most, and those that the rows are sorted by.
LogRows to_rows(const Listing& listing, const LogView& view) {
  LogRows rows = choose_columns(listing.runs, view);
  const auto has = [&rows](const LogColumn& column) {
    return std::any_of(rows.columns.begin(), rows.columns.end(),
                       [&](const LogColumn& shown) { return shown.target == column.target; });
  };
  for (std::size_t i = 0; i < listing.order.columns.size(); ++i) {
    if (has(listing.order.columns[i])) continue;
    rows.columns.push_back(listing.order.columns[i]);
    for (std::size_t row = 0; row < rows.rows.size(); ++row)
      rows.rows[row].push_back(listing.order.rows[row][i]);
  }
  return rows;
}

void print_runs_json(Session& session, const std::vector<Run>& runs) {
  const char* separator = "[";
  const Time now = session.clock.now();
  for (const Run& run : runs) {
    session.out.write(concat(separator, '\n', dump_json(exporter::run_to_json(run, now))));
    separator = ",";
  }
  session.out.line(runs.empty() ? "[]" : "\n]");
}

void print_table(Session& session, const query::Catalog& catalog, const LogOptions& options,
                 const Listing& listing) {
  const std::size_t shown = listing.rows ? listing.rows->rows.size() : listing.runs.size();
  if (shown == 0 && options.count != 0) {
    return print_none(session, catalog.runs(1).empty());
  }
  const LogView view = view_of(session);
  // What keeps the texts of the columns by which runs are sorted is the listing.
  log_table(listing.rows ? *listing.rows : to_rows(listing, view), view).print(session.out);
  if (session.out.terminal() && listing.more) {
    session.out.write(ui::Label::faint,
                      concat(options.sort ? "the first " : "the newest ", ui::counted(shown, "run"),
                             "; -n NUMBER or --json shows more"));
    session.out.line();
  }
}

void check_paths(const LogOptions& options) {
  const std::pair<const char*, bool> given[] = {
      {"--columns", options.columns.has_value()}, {"--where", options.where.has_value()},
      {"--sort", options.sort.has_value()},       {"--group-by", options.group_by.has_value()},
      {"--best", options.best.has_value()},       {"--worst", options.worst.has_value()},
      {"--pareto", options.pareto.has_value()}};
  for (const auto& [name, is_given] : given) {
    if (is_given) {
      throw Error(ErrorKind::usage, concat(name, " does not go with '-- PATH'"),
                  {"'-- PATH' has columns and an order of its own"});
    }
  }
}

void check(const Session& session, const LogOptions& options) {
  if (session.global.json && options.csv) {
    throw Error(ErrorKind::usage, "--json and --csv exclude each other");
  }
  const bool ranked = options.best || options.worst;
  if ((options.group_by && (ranked || options.pareto)) || (ranked && options.pareto)) {
    throw Error(ErrorKind::usage, "--group-by, --best and --pareto exclude each other");
  }
  if (options.sort && (ranked || options.pareto)) {
    throw Error(ErrorKind::usage, "--sort does not go with --best, --worst or --pareto",
                {"they have an order of their own"});
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
      "Conditions, orders and columns are expressions over parameters, metrics and what a run says "
      "of itself: 'lr < 0.01 and val_acc.max > 0.9'. clew-query(7) explains them. A metric alone "
      "is its last value; METRIC.min, METRIC@10 and others are there too. The id comes first among "
      "the columns unless it is named.\n\n"
      "--group-by takes the runs together that agree in some values, and shows of each metric "
      "(those of --columns, or those that say most) the mean with the sample standard deviation, "
      "minimum and maximum. --best ranks the runs by a metric: greater is better, unless its name "
      "says that it is a loss, an error or a duration, or '-' stands before it. Equal runs share a "
      "rank, and all that tie with the last one shown are shown. --pareto shows the runs that no "
      "other one beats in all of several goals.";
  declaration.option("-n,--number", "NUMBER", options.count, "Show at most this many runs");
  declaration.option("-w,--where", "EXPR", options.where, "Only runs of which this is true")
      .completes = Completes::expression;
  declaration
      .option("-s,--sort", "LIST", options.sort,
              "Sort by these expressions; '-' before one or desc behind it turns it around")
      .completes = Completes::expression;
  declaration
      .option("--columns", "LIST", options.columns,
              "Show these columns, separated by commas; EXPR as TITLE names one")
      .completes = Completes::expression;
  declaration
      .option("--tag", "TAG", options.tags, "Only runs with this tag; given twice, with both")
      .completes = Completes::tag;
  Argument& state = declaration.option("--state", "STATE", options.states,
                                       "Only runs in this state; given twice, in either");
  state.completes = Completes::choices;
  state.choices = {"running", "finished", "failed", "killed", "interrupted"};
  declaration
      .option("--group-by", "LIST", options.group_by,
              "Group the runs by these expressions, with statistics of metrics")
      .completes = Completes::expression;
  declaration
      .option("--best", "METRIC", options.best, "Only the best run by this metric, or the best -n")
      .completes = Completes::expression;
  declaration.option("--worst", "METRIC", options.worst, "Only the worst run, or the worst -n")
      .completes = Completes::expression;
  declaration
      .option("--pareto", "LIST", options.pareto,
              "Only runs that none beats in all of these; '-' before one: less is better")
      .completes = Completes::expression;
  declaration.flag("--exact", options.exact,
                   "Compare and show parameters that are float32 as recorded, not as meant");
  declaration.flag("--csv", options.csv, "Print comma-separated values (RFC 4180)");
  Declaration::Tail& paths = declaration.after_separator(
      "PATH...", options.paths,
      "Only runs that read (r) or wrote (w) these files, or any below these directories");
  paths.completes = Completes::file;
  paths.required = false;
  declaration.examples = {
      {"clew log", "the newest runs"},
      {"clew log --where 'lr < 0.01 and val_acc.max > 0.9' --sort -val_acc.max", "the good ones"},
      {"clew log --columns lr,val_acc.max,val_acc@10", "a table of your own"},
      {"clew log --group-by optimizer,lr --columns val_acc.max", "over the seeds of each setting"},
      {"clew log --best val_loss.min -n 3", "the three best runs, and ties"},
      {"clew log --pareto val_acc.max,-run.duration", "what accuracy costs"},
      {"clew log --state running", "what goes on right now"},
      {"clew log -- data/train.csv", "which runs read or wrote a file"},
      {"clew log --csv > runs.csv", "all runs for a spreadsheet"},
  };
}

int run_log(Session& session, const LogOptions& options) {
  check(session, options);
  if (asks(options)) expect_memory(kFrameMemory);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  if (!options.paths.empty()) {
    check_paths(options);
    return print_users_of_files(session, catalog, options);
  }
  if (options.group_by) return print_groups(session, catalog, options);
  if (options.best || options.worst || options.pareto) {
    return print_ranking(session, catalog, options);
  }
  auto count = count_of(options);
  if (!count && for_people(session, options)) {
    count = static_cast<std::size_t>(session.settings.integer("log.count"));
  }
  const std::size_t most = count.value_or(SIZE_MAX);
  const Listing listing =
      asks(options) ? chosen(session, catalog, options, most) : newest(catalog, most);
  if (session.global.json) {
    listing.rows ? print_json_rows(session, *listing.rows) : print_runs_json(session, listing.runs);
  } else if (options.csv && listing.rows) {
    print_csv_rows(session, *listing.rows);
  } else if (options.csv) {
    exporter::write_runs_csv(listing.runs, session.clock.now(),
                             [&session](std::string_view text) { session.out.write(text); });
  } else {
    print_table(session, catalog, options, listing);
  }
  return 0;
}

}  // namespace clew::cmd
