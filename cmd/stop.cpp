#include "stop.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/live_run.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "query/catalog.h"
#include "record/live.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

std::optional<double> grace_of(const StopOptions& options) {
  if (!options.grace) return std::nullopt;
  const auto seconds = parse_double(*options.grace);
  if (!seconds || !(*seconds >= 0 && *seconds <= 86'400)) {
    throw Error(ErrorKind::usage,
                concat("--grace '", *options.grace, "' is not a number of seconds up to a day"));
  }
  return seconds;
}

/// Waits until the run has ended; the run then.
model::Run wait_for_end(const store::Layout& layout, RunId id) {
  const record::LiveReader live(layout);
  const auto goes_on = [&] {
    const auto runs = live.runs();
    return std::any_of(runs.begin(), runs.end(), [id](const model::Run& run) {
      return run.id == id && run.state == model::State::running;
    });
  };
  while (goes_on())
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return query::Catalog::open(layout).find(id.hex());
}

}  // namespace

void declare_stop(Declaration& declaration, StopOptions& options) {
  declaration.description =
      "Ends a run that goes on, and waits until it has ended. The command gets SIGTERM, so that it "
      "can save what it has; if it has not ended when the time of grace is over (setting "
      "rules.grace), SIGKILL. A process that handles SIGTERM gets it before the shells above it "
      "and "
      "the workers below it. Who stopped a run is recorded.";
  declaration.positional("RUN", options.run, "The run").completes = Completes::run;
  declaration.flag("--checkpoint", options.checkpoint,
                   "Send the checkpoint signal (setting rules.checkpoint-signal, else USR1) to the "
                   "processes that handle it, and wait (rules.checkpoint-wait), before SIGTERM");
  declaration.flag("--now", options.now, "Send SIGKILL at once");
  declaration.option("--grace", "SECONDS", options.grace, "The time from SIGTERM to SIGKILL");
  declaration.flag("--no-wait", options.no_wait, "Do not wait for the end");
  declaration.examples = {
      {"clew stop @", "the newest run"},
      {"clew stop wide --checkpoint --grace 300", "let it save, then give it five minutes"},
  };
}

int run_stop(Session& session, const StopOptions& options) {
  if (options.run.empty()) {
    throw Error(ErrorKind::usage, "no run to stop", {"'clew status' lists what is running"});
  }
  if (options.now && (options.checkpoint || options.grace)) {
    throw Error(ErrorKind::usage, "--now does not go with --checkpoint or --grace");
  }
  const auto grace = grace_of(options);
  const model::Run run = query::Catalog::open(session.layout()).find(options.run);
  Json order;
  order["kind"] = "stop";
  order["by"] = who_asks();
  order["now"] = options.now;
  order["checkpoint"] = options.checkpoint;
  if (grace) order["grace"] = *grace;
  tell_recorder(session, run, dump_json(order) + '\n');
  const std::string id = run.id.short_hex();
  if (options.no_wait) {
    session.err.line(concat("clew: ", id, " was told to stop"));
    return 0;
  }
  const model::Run ended = wait_for_end(session.layout(), run.id);
  session.err.line(concat("clew: ", id, " has ended: ", ui::outcome_cell(ended).text));
  return 0;
}

}  // namespace clew::cmd
