#include "bisect.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "bisect_fill.h"
#include "bisect_view.h"
#include "capture/launchers.h"
#include "metric_choice.h"
#include "query/catalog.h"
#include "ui/values.h"
#include "why_report.h"

namespace clew::cmd {

namespace {

using analysis::Verdict;
using model::Run;

/// The command without the arguments of its program: "python train.py".
std::string command_of(const Run& run) {
  const capture::CommandShape shape = capture::command_shape(run.argv);
  const auto first = static_cast<std::ptrdiff_t>(std::min(shape.program, run.argv.size()));
  const auto last = static_cast<std::ptrdiff_t>(std::min(shape.arguments, run.argv.size()));
  return ui::command_text({run.argv.begin() + first, run.argv.begin() + std::max(first, last)});
}

bool earlier(const Run& a, const Run& b) {
  return std::pair(a.started, a.id) < std::pair(b.started, b.id);
}

/// The runs from GOOD to BAD by their start, of the same command as one of these unless all count.
void add_steps(const std::vector<Run>& runs, const Run& good, const Run& bad, bool all,
               BisectReport& report) {
  const std::string good_command = command_of(good);
  const std::string bad_command = command_of(bad);
  for (const Run& run : runs) {
    if (earlier(run, good) || earlier(bad, run)) continue;
    const std::string command = command_of(run);
    if (!all && command != good_command && command != bad_command) {
      ++report.other_commands;
      continue;
    }
    report.steps.push_back({run, {}, Verdict::unknown, std::nullopt});
  }
  std::sort(report.steps.begin(), report.steps.end(),
            [](const BisectStep& a, const BisectStep& b) { return earlier(a.run, b.run); });
}

/// What a question is about, evaluated for all runs that there are.
struct Judgement {
  MetricChoice metric;
  Condition condition;

  Judgement(const Session& session, const query::Catalog& catalog, const BisectOptions& options)
      : metric(session, catalog, options.metric),
        condition(session, catalog, options.metric, options.condition) {}

  void judge(BisectStep& step) const {
    // What a run that goes on will come to is not known yet.
    if (step.run.state == model::State::running) return;
    step.value = metric.of(step.run.id);
    if (const auto good = condition.holds(step.run.id)) {
      step.verdict = *good ? Verdict::good : Verdict::bad;
    }
  }
};

/// GOOD must be good and BAD bad, or the question makes no sense.
void check_end(const BisectStep& step, Verdict expected, const std::string& word,
               const BisectReport& report) {
  if (step.verdict == expected) return;
  const std::string role = expected == Verdict::good ? "GOOD" : "BAD";
  if (step.verdict == Verdict::unknown) {
    throw Error(
        ErrorKind::usage,
        concat("the run '", word, "' given as ", role, " has no value of '", report.metric, '\''),
        {concat("'clew show ", step.run.id.short_hex(), "' lists its metrics")});
  }
  throw Error(ErrorKind::usage,
              concat("the run '", word, "' given as ", role, " is ", name_of(step.verdict), ": ",
                     report.metric, " is ", ui::number_text(*step.value)),
              {concat("good is '", report.condition, '\'')});
}

/// Judges the recorded runs and finds the turn. The store is closed again when this returns, since
/// a process with an open one must not start a run.
void look_at_runs(const Session& session, const BisectOptions& options, BisectReport& report) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const Run good = catalog.find(options.good);
  const Run bad = catalog.find(options.bad);
  if (!earlier(good, bad)) {
    throw Error(ErrorKind::usage,
                concat("the run '", options.good, "' given as GOOD did not start before '",
                       options.bad, '\''),
                {"to find where it became better, turn the condition and the runs around"});
  }
  const Judgement judgement(session, catalog, options);
  report.metric = judgement.metric.name();
  report.condition = judgement.condition.text();
  add_steps(catalog.runs(), good, bad, options.all, report);
  std::vector<Verdict> verdicts;
  for (BisectStep& step : report.steps) {
    judgement.judge(step);
    verdicts.push_back(step.verdict);
  }
  check_end(report.steps.front(), Verdict::good, options.good, report);
  check_end(report.steps.back(), Verdict::bad, options.bad, report);
  report.turn = *analysis::find_turn(verdicts);
}

}  // namespace

void declare_bisect(Declaration& declaration, BisectOptions& options) {
  declaration.description =
      "Finds where a metric turned from good to bad: looks at all recorded runs from GOOD to BAD "
      "in "
      "the order of their start, shows the last good and the first bad one after it, and what "
      "changed between these two, as 'clew why' does.\n\n"
      "METRIC is an expression, most often the name of a metric, and CONDITION what is true of "
      "good "
      "runs: a comparison such as '> 0.9' is about the metric, anything else is an expression of "
      "its "
      "own, as in 'clew log --where' (clew-query(7)). Runs count that have the same command as "
      "GOOD or BAD, whatever its arguments; with "
      "--all those of other commands too. Runs without a value, and those that still go on, are "
      "unknown and skipped. Where a metric went to and fro, the last time counts, and that is "
      "said.\n\n"
      "With --run what lies between the last good and the first bad run is narrowed down by "
      "running "
      "it, as 'clew rerun' does, the nearest to the middle first: runs without a value again as "
      "they were, and commits between the two that no run is of, with the command of the last good "
      "run. These become runs of their own; what they print goes to standard error.\n\n"
      "The exit code is 0 when no unknown run lies between the last good and the first bad one, 1 "
      "when it may have turned in one of these, and 2 when GOOD is not good or BAD not bad.\n\n"
      "--json prints one object: \"metric\", \"condition\", \"runs\" ({\"id\", \"started\", "
      "\"verdict\" (good, bad, unknown), \"value\", \"commit\" (that --run tried, else null)} "
      "each), \"last_good\" and \"first_bad\" (ids), "
      "\"unknown_between\" (ids), \"turns\" (how often it changed), \"other_commands\" (runs left "
      "out), and \"why\", the object that 'clew why' prints.";
  Argument& metric = declaration.positional("METRIC", options.metric, "The metric");
  metric.required = true;
  metric.completes = Completes::metric;
  declaration.positional("CONDITION", options.condition, "What is true of good runs, as '> 0.9'")
      .required = true;
  Argument& good = declaration.positional("GOOD", options.good, "A run in which it was good");
  good.required = true;
  good.completes = Completes::run;
  Argument& bad = declaration.positional("BAD", options.bad, "A later run in which it is bad");
  bad.required = true;
  bad.completes = Completes::run;
  declaration.flag("--all", options.all, "Runs of other commands count too");
  declaration.flag("--run", options.run,
                   "Run what lies between: runs without a value again, and commits without a run");
  declaration.examples = {
      {"clew bisect val_acc.max '> 0.9' baseline @", "since when the accuracy is below 0.9"},
      {"clew bisect val_acc.max '> 0.9' baseline @ --run", "the same, down to the very commit"},
      {"clew bisect run.duration '< 60' first @", "since when it takes longer than a minute"},
  };
}

int run_bisect(Session& session, const BisectOptions& options) {
  BisectReport report;
  look_at_runs(session, options, report);
  if (options.run) {
    fill_gaps(session, report, [&](const query::Catalog& catalog, BisectStep& step) {
      Judgement(session, catalog, options).judge(step);
    });
  }
  const query::Catalog catalog = query::Catalog::open(session.layout());
  report.why = make_why_report(session, catalog, report.steps[report.turn.last_good].run,
                               report.steps[report.turn.first_bad].run, options.metric);
  if (session.global.json) {
    session.out.line(dump_json(bisect_to_json(report), JsonLayout::pretty));
  } else {
    print_bisect(session.out, report);
  }
  return report.turn.unknown.empty() ? 0 : 1;
}

}  // namespace clew::cmd
