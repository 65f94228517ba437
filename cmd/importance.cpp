#include "importance.h"

#include <set>

#include "answer_file.h"
#include "base/error.h"
#include "base/text.h"
#include "log_query.h"
#include "metric_choice.h"
#include "query/catalog.h"
#include "render/svg.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

std::vector<Run> chosen_runs(const Session& session, const query::Catalog& catalog,
                             const ImportanceOptions& options) {
  if (options.runs.empty() && !options.where) return catalog.runs();
  return runs_named(session, catalog, options.runs, options.where);
}

analysis::TableOptions table_options(const ImportanceOptions& options) {
  analysis::TableOptions out;
  if (options.params) {
    out.only = name_list(*options.params);
    if (out.only.empty()) throw Error(ErrorKind::usage, "the list of parameters is empty");
  }
  if (options.seeds) out.seeds = name_list(*options.seeds);
  return out;
}

std::size_t count_codes(const std::vector<Run>& runs, const std::vector<RunId>& rows) {
  const std::set<RunId> used(rows.begin(), rows.end());
  std::set<std::string> trees;
  for (const Run& run : runs) {
    if (used.contains(run.id) && !run.code.tree.empty()) trees.insert(run.code.tree);
  }
  return trees.size();
}

}  // namespace

void declare_importance(Declaration& declaration, ImportanceOptions& options) {
  declaration.description =
      "Tells which hyperparameters matter for a metric: how much of its variance over the runs "
      "each "
      "one explains by itself, and two or more together beyond that.\n\n"
      "Where every combination of the values was run (a grid), the shares are exact; runs that "
      "differ in a seed only are repeats, and what differs among them is chance: 'by chance' is "
      "the "
      "share that chance alone would give. Of any other set of runs, a random search say, a random "
      "forest learns the metric, and the shares are those of the forest (functional ANOVA; Hutter, "
      "Hoos and Leyton-Brown, 2014), with their standard deviation over the trees; 'unexplained' "
      "is "
      "what the forest cannot foretell. Too few runs to tell are said to be too few.\n\n"
      "A number is seen on a logarithmic scale where its values lie more evenly there. A parameter "
      "that "
      "is the same in all runs, drives chance, differs in every run, or changes together with "
      "another one has no share, and is named with the reason. Runs that still go on are left out "
      "unless --running is given, those without the metric always.\n\n"
      "METRIC is an expression as in 'clew log --where', see clew-query(7): a metric (its last "
      "value), "
      "METRIC.max and the like, run.duration, or something computed from these.\n\n"
      "--json prints one object: \"metric\", \"runs\", \"without_value\", \"running\", \"codes\" "
      "(versions of the code), \"mean\", \"sd\", \"method\" (exact, forest or none), \"telling\" "
      "(false when there is too little to tell), \"doubts\" (sentences), \"effects\" ({\"params\", "
      "\"share\", \"sd\", \"by_chance\", \"levels\"} each, the greatest first; levels are "
      "{\"value\", "
      "\"missing\", \"mean\"}), \"further\" (the share of interactions that are not listed), "
      "\"unexplained\", \"combinations\", \"fewest_repeats\", \"most_repeats\", \"trees\", and "
      "\"left_out\" ({\"param\", \"reason\", \"detail\"}). What does not apply is null.";
  Argument& metric =
      declaration.positional("METRIC", options.metric, "The metric that is to be explained");
  metric.required = true;
  metric.completes = Completes::metric;
  declaration.positional("RUN", options.runs, "The runs that take part; all without one")
      .completes = Completes::run;
  declaration.option("--where", "EXPRESSION", options.where,
                     "Only runs for which this is true, see clew-query(7)");
  declaration.option("--params", "LIST", options.params,
                     "Only these parameters, separated by commas");
  declaration.option("--seeds", "LIST", options.seeds,
                     "The parameters that drive chance; without it those named seed, random_state "
                     "and the like");
  declaration.flag("--forest", options.forest, "Use the random forest for a full grid too");
  declaration.option("--trees", "NUMBER", options.trees, "Trees of the forest (64)");
  declaration.flag("--running", options.running, "Runs that still go on take part");
  declaration.flag("--all", options.all, "Show small interactions too");
  declaration.option("--svg", "FILE", options.svg, "Draw the bars into this file, as SVG")
      .completes = Completes::file;
  declaration.flag("--csv", options.csv, "Print comma-separated values (RFC 4180)");
  declaration.examples = {
      {"clew importance val_acc.max", "what decides on the best accuracy"},
      {"clew importance val_loss --params lr,dropout", "of these two alone"},
      {"clew importance val_acc.max --where \"tag = 'study'\"", "in one study"},
      {"clew importance run.duration", "what costs time"},
      {"clew importance val_acc.max --svg importance.svg", "as a picture too"},
  };
}

ImportanceReport importance_report(const Session& session, const query::Catalog& catalog,
                                   const ImportanceOptions& options) {
  std::vector<Run> runs = chosen_runs(session, catalog, options);
  const MetricChoice metric(session, catalog, options.metric);
  ImportanceReport report;
  report.metric = metric.name();
  if (!options.running) {
    report.still_running =
        std::erase_if(runs, [](const Run& run) { return run.state == model::State::running; });
  }
  report.table = analysis::make_table(
      runs, [&metric](const Run& run) { return metric.of(run.id); }, table_options(options));
  report.codes = count_codes(runs, report.table.runs);
  analysis::ImportanceOptions how;
  how.always_forest = options.forest;
  if (options.trees) how.trees = static_cast<std::size_t>(*options.trees);
  report.importance = analysis::compute_importance(report.table, how);
  return report;
}

int run_importance(Session& session, const ImportanceOptions& options) {
  if (session.global.json && options.csv) {
    throw Error(ErrorKind::usage, "--json and --csv exclude each other");
  }
  constexpr std::int64_t kMostTrees = 10'000;
  if (options.trees && (*options.trees < 1 || *options.trees > kMostTrees)) {
    throw Error(ErrorKind::usage,
                concat("the number of trees '", *options.trees, "' is not from 1 to 10000"));
  }
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const ImportanceReport report = importance_report(session, catalog, options);
  if (options.svg) {
    AnswerFile file(session.directory / *options.svg);
    file.write(render::draw_svg(importance_chart(report)));
    file.commit();
  }
  if (session.global.json) {
    session.out.line(dump_json(importance_to_json(report), JsonLayout::pretty));
  } else if (options.csv) {
    session.out.write(importance_to_csv(report));
  } else {
    print_importance(session.out, report, options.all);
  }
  return 0;
}

}  // namespace clew::cmd
