#include "watch.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <memory>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "query/catalog.h"
#include "record/follow.h"
#include "record/live.h"
#include "ui/screen.h"
#include "ui/values.h"
#include "watch_view.h"

namespace clew::cmd {

namespace {

using model::Run;
using std::chrono::milliseconds;

/// The runs that are watched, as they are each time one looks.
class Watch {
 public:
  Watch(const store::Layout& layout, const std::vector<std::string>& words) : layout_(layout) {
    const query::Catalog catalog = query::Catalog::open(layout);
    for (const std::string& word : words)
      wanted_.push_back(catalog.find(word).id);
  }

  void look(Time now) {
    for (const Run& run : record::LiveReader(layout_).runs()) {
      const bool wanted = wanted_.empty()
                              ? run.state == model::State::running
                              : std::find(wanted_.begin(), wanted_.end(), run.id) != wanted_.end();
      if (wanted && !followed_.contains(run.id)) follow(run.id);
    }
    for (const RunId id : wanted_) {
      if (!followed_.contains(id)) follow(id);
    }
    for (auto& [id, one] : followed_)
      look(id, one, now);
  }

  /// Newest first.
  [[nodiscard]] std::vector<WatchedRun> runs() const {
    std::vector<WatchedRun> runs;
    for (const auto& [id, one] : followed_)
      runs.push_back(one.watched);
    std::sort(runs.begin(), runs.end(), [](const WatchedRun& a, const WatchedRun& b) {
      return a.run.started != b.run.started ? a.run.started > b.run.started : a.run.id < b.run.id;
    });
    return runs;
  }

  /// Has every run that was watched ended? True where there never was one.
  [[nodiscard]] bool all_ended() const {
    return std::all_of(followed_.begin(), followed_.end(),
                       [](const auto& entry) { return entry.second.ended; });
  }

 private:
  struct Followed {
    std::unique_ptr<record::Follower> follower;
    WatchedRun watched;
    bool ended = false;
  };

  void follow(RunId id) {
    Followed one;
    one.follower = std::make_unique<record::Follower>(layout_.spool(id));
    followed_.emplace(id, std::move(one));
  }

  void look(RunId id, Followed& one, Time now) {
    if (one.ended) return;
    one.follower->read();
    const record::Fold& fold = one.follower->fold();
    if (fold.ended() || !fold.begun() || is_abandoned(id)) {
      // What was ended, or is sealed already, is what the catalog says it is.
      const query::Catalog catalog = query::Catalog::open(layout_);
      one.watched.run = catalog.full(id).run;
      one.ended = one.watched.run.state != model::State::running;
    } else {
      one.watched.run = fold.header();
    }
    one.watched.pace.see(one.watched.run, one.follower->first_step(), now);
    one.watched.metrics.clear();
    for (const std::string& name : metrics_to_watch(one.watched.run)) {
      one.watched.metrics.push_back(
          {name, one.watched.run.metric(name)->summary.last, one.follower->history(name)});
    }
    if (one.ended) one.follower.reset();
  }

  [[nodiscard]] bool is_abandoned(RunId id) const {
    return record::try_lock_spool(layout_.spool(id)).has_value();
  }

  const store::Layout& layout_;
  std::vector<RunId> wanted_;
  std::map<RunId, Followed> followed_;
};

milliseconds interval_of(const WatchOptions& options) {
  if (!options.interval) return milliseconds(1000);
  const auto seconds = parse_double(*options.interval);
  if (!seconds || !(*seconds >= 0.1 && *seconds <= 3600)) {
    throw Error(ErrorKind::usage, concat("--interval '", *options.interval,
                                         "' is not a number of seconds from 0.1 to 3600"));
  }
  return milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

/// Redraws the terminal until the user or, with --exit, the runs have had enough. The signal that
/// ended it, or 0.
int watch_on_screen(Session& session, Watch& watch, bool exit, milliseconds interval) {
  session.out.flush();
  ui::Screen screen(session.input, STDOUT_FILENO);
  for (;;) {
    const Time now = session.clock.now();
    watch.look(now);
    const auto draw = [&] {
      const auto size = screen.size();
      screen.draw(watch_screen(watch.runs(), now, size.columns, size.rows, session.out.color()));
    };
    draw();
    if (exit && watch.all_ended()) return 0;
    const auto until = std::chrono::steady_clock::now() + interval;
    for (;;) {
      const auto rest =
          std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
      const auto event = screen.wait(std::max(rest, milliseconds(0)));
      if (event == ui::Screen::Event::time_over) break;
      if (event == ui::Screen::Event::stop) return screen.signal();
      if (event == ui::Screen::Event::key && (screen.key() == 'q' || screen.key() == 'Q')) return 0;
      if (event == ui::Screen::Event::resized) draw();
    }
  }
}

/// A line for each run, whenever it has something new to say.
void watch_in_lines(Session& session, Watch& watch, bool exit, milliseconds interval) {
  std::map<RunId, std::string> told;
  for (;;) {
    const Time now = session.clock.now();
    watch.look(now);
    std::vector<WatchedRun> runs = watch.runs();
    std::reverse(runs.begin(), runs.end());
    for (const WatchedRun& one : runs) {
      // Time alone is no news.
      std::string news = ui::outcome_cell(one.run).text;
      for (const auto& metric : one.run.metrics)
        news += concat(' ', metric.summary.count);
      if (told[one.run.id] == news) continue;
      told[one.run.id] = std::move(news);
      session.out.line(watch_line(one, now));
    }
    session.out.flush();
    if (exit && watch.all_ended()) return;
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace

void declare_watch(Declaration& declaration, WatchOptions& options) {
  declaration.description =
      "Shows runs while they go on: a table with step, speed and, where a parameter such as epochs "
      "or max_steps tells how long a run is, how much is done and the time that is left; below it "
      "the course of each metric. Without RUN it shows what is running, and runs that begin later. "
      "'q' or ^C ends it; the runs go on.\n\n"
      "Where standard output is no terminal it prints a line for a run whenever that has new "
      "values.";
  declaration.positional("RUN", options.runs, "Runs to watch").completes = Completes::run;
  declaration.flag("--exit", options.exit, "End when all watched runs have ended");
  declaration.option("--interval", "SECONDS", options.interval,
                     "Look so often; by default each second");
  declaration.examples = {
      {"clew watch", "all that is running"},
      {"clew watch @ --exit && notify-send done", "wait for the newest run"},
  };
}

int run_watch(Session& session, const WatchOptions& options) {
  const milliseconds interval = interval_of(options);
  Watch watch(session.layout(), options.runs);
  if (!session.out.terminal()) {
    watch_in_lines(session, watch, options.exit, interval);
    return 0;
  }
  const int signal = watch_on_screen(session, watch, options.exit, interval);
  // What was last seen stays to be read.
  if (options.exit) {
    for (const WatchedRun& one : watch.runs())
      session.out.line(watch_line(one, session.clock.now()));
  }
  // ^C is the usual way to leave, not a failure; other signals are handed on.
  if (signal == 0 || signal == SIGINT) return 0;
  session.out.flush();
  raise(signal);
  return 128 + signal;
}

}  // namespace clew::cmd
