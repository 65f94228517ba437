#include "rerun.h"

#include <unistd.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "app/names.h"
#include "app/report.h"
#include "base/error.h"
#include "base/text.h"
#include "query/catalog.h"
#include "record/recorder.h"
#include "record/spool.h"
#include "replay_view.h"
#include "rerun_check.h"
#include "rerun_source.h"
#include "run.h"
#include "run_line.h"
#include "ui/progress.h"

namespace clew::cmd {

namespace {

/// The directory that the command runs in, gone at the end unless the user wants to keep it.
class Tree {
 public:
  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { discard(); }

  void use(fs::path path) { path_ = std::move(path); }
  void make(const snapshot::Repository& code, const std::string& commit, fs::path path, bool keep) {
    path_ = std::move(path);
    code.check_out(commit, path_);
    temporary_ = !keep;
  }
  void discard() {
    if (!temporary_) return;
    temporary_ = false;
    snapshot::Repository::discard(path_);
    std::error_code ignored;
    fs::remove(path_.parent_path(), ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool temporary_ = false;
};

fs::path temporary_directory(const Session& session) {
  const auto found = session.environment.find("TMPDIR");
  const bool set = found != session.environment.end() && found->second.starts_with('/');
  std::string name = concat(set ? found->second : "/tmp", "/clew-rerun-XXXXXX");
  if (mkdtemp(name.data()) == nullptr) throw system_error(errno, "create", name);
  return fs::canonical(name);
}

EnvironmentMap variables_of(const RerunOptions& options) {
  EnvironmentMap variables;
  for (const std::string& text : options.variables) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorKind::usage, concat("'", text, "' is not NAME=VALUE"),
                  {"clew rerun RUN --env NAME=VALUE"});
    }
    variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

double tolerance_of(const RerunOptions& options) {
  if (options.tolerance.empty()) return 0;
  const auto tolerance = parse_double(options.tolerance);
  if (!tolerance || !(*tolerance >= 0)) {
    throw Error(ErrorKind::usage, concat("'", options.tolerance, "' is not a tolerance"),
                {"a relative difference such as '--tolerance 1e-6'"});
  }
  return *tolerance;
}

/// Prepares the tree; the inputs that were looked for.
std::vector<record::ReplayInput> prepare(Session& session, const RerunOptions& options,
                                         const RerunSource& source, Tree& tree) {
  const model::RunParts& parts = source.parts;
  const record::ReplayPlaces places = {source.origin, session.location->layout};
  std::vector<std::string> in_snapshot;
  if (options.here) {
    tree.use(source.origin);
    if (source.code) in_snapshot = source.code->files(parts.run.code.commit);
  } else {
    in_snapshot = source.code->files(parts.run.code.commit);
  }
  auto inputs = record::find_inputs(parts, places, in_snapshot);
  warn_of_inputs(session, inputs);
  if (!all_there(inputs) && !options.force) {
    throw Error(ErrorKind::failed, "the run cannot have the inputs that it had",
                {"'--force' runs it with what is there"});
  }
  if (options.here) return inputs;
  if (options.keep) {
    tree.make(*source.code, parts.run.code.commit,
              (session.directory / *options.keep).lexically_normal(), true);
  } else {
    tree.make(*source.code, parts.run.code.commit, temporary_directory(session) / "tree", false);
  }
  record::place_inputs(parts, inputs, tree.path());
  return inputs;
}

record::Request request_for(const Session& session, const RerunOptions& options,
                            const model::RunParts& parts, const fs::path& tree) {
  record::ReplayChanges changes;
  changes.tree = tree;
  changes.more = options.more;
  changes.environment = session.environment;
  changes.given = variables_of(options);
  changes.secrets = options.secrets;
  record::Request replay = record::replay_request(parts, changes);
  RunOptions as_run;
  as_run.command = replay.argv;
  as_run.name = options.name;
  as_run.tags = options.tags;
  as_run.notes = options.notes;
  as_run.params = replay.params;
  record::Request request = request_of(session, as_run);
  request.rerun_of = replay.rerun_of;
  request.directory = replay.directory;
  request.environment = std::move(replay.environment);
  return request;
}

/// Waits until the recorder has hashed what the run left and sealed it.
void wait_for_seal(Session& session, RunId id) {
  const store::Layout& layout = session.location->layout;
  ui::Progress progress(session.err, "hashing what the run left", 0);
  std::error_code ignored;
  for (std::uint64_t turn = 0; fs::exists(layout.live(id), ignored); ++turn) {
    // Without a recorder nothing will happen any more.
    if (turn % 50 == 49 && record::try_lock_spool(layout.spool(id))) return;
    progress.update(turn / 50);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

int check(Session& session, const RerunOptions& options, const RerunSource& source, RunId id,
          const std::vector<record::ReplayInput>& inputs) {
  const query::Catalog catalog = query::Catalog::open(session.location->layout);
  const model::RunParts after = catalog.full(id);
  const auto series_after = [&](const std::string& name) { return catalog.series(id, name); };
  const query::Reproduction found = query::compare_outcomes(source.parts, source.series, after,
                                                            series_after, tolerance_of(options));
  print_rerun_check(session, {source.parts, after, found, inputs});
  return found.matches() ? 0 : 1;
}

/// Prepares the tree, runs the command in it, and waits until the run is sealed where somebody
/// needs that.
record::Outcome run_in(Session& session, const RerunOptions& options, const RerunSource& source,
                       Tree& tree, std::vector<record::ReplayInput>& inputs) {
  inputs = prepare(session, options, source, tree);
  const record::Request request = request_for(session, options, source.parts, tree.path());
  session.out.flush();
  session.err.flush();
  record::Outcome outcome =
      record::run(request, {session.clock, session.ids},
                  [&session](const std::string& message) { warn(session.err, message); });
  print_closing_line(session.err, outcome);
  session.err.flush();
  if (outcome.recorded && (options.check || !options.here)) wait_for_seal(session, outcome.id);
  return outcome;
}

void check_options(const RerunOptions& options) {
  if (options.here && options.keep) {
    throw Error(ErrorKind::usage, "--here and --keep exclude each other");
  }
  if (!options.tolerance.empty() && !options.check) {
    throw Error(ErrorKind::usage, "--tolerance goes with --check");
  }
  static_cast<void>(tolerance_of(options));
  if (!options.name.empty()) check_run_name(options.name);
  for (const std::string& tag : options.tags)
    check_tag(tag);
}

}  // namespace

void declare_rerun(Declaration& declaration, RerunOptions& options) {
  Argument& run = declaration.positional("RUN", options.run,
                                         "The run, or the PROV-JSON document that it was exported "
                                         "to");
  run.completes = Completes::run;
  run.required = true;
  declaration.flag("--check", options.check,
                   "Compare outputs and metrics with those of the old run; exit 1 where they "
                   "differ");
  declaration.option("--tolerance", "R", options.tolerance,
                     "With --check, how much values of metrics may differ, relative to the larger "
                     "one; 0 unless given");
  declaration.flag("--here", options.here,
                   "Run in the work tree as it is now, not in a checkout of the old code");
  declaration
      .option("--keep", "DIR", options.keep, "Run in a checkout that stays, in this new directory")
      .completes = Completes::directory;
  declaration.flag("--force", options.force, "Go on where inputs have changed or are missing");
  declaration.option("--env", "NAME=VALUE", options.variables,
                     "Set an environment variable; may be repeated");
  declaration.option("--secret", "VALUE", options.secrets,
                     "The value of a masked word of the command, in their order; may be repeated");
  declaration.option("-m,--message", "TEXT", options.notes, "Attach a note; may be repeated");
  declaration.option("-n,--name", "NAME", options.name, "Name the new run");
  declaration.option("-t,--tag", "TAG", options.tags, "Attach a tag; may be repeated").completes =
      Completes::tag;
  declaration.after_separator("MORE...", options.more, "Words to put after the recorded command");
  declaration.description =
      "Runs a recorded run again: the same command in the same directory, with the environment "
      "variables that were recorded, over a temporary checkout of the code exactly as it was. "
      "Inputs are compared by digest first, and copied into the checkout from the store or from "
      "where they were. It becomes a new run that points to the old one. Your own work tree is not "
      "touched.\n\n"
      "Values that were masked as secrets are not recorded: --env and --secret give them again.\n\n"
      "--check waits until the outputs are hashed, then says which outputs and metrics are the "
      "same and, where some are not, what else differs. With a document exported by 'clew export "
      "--format prov-json' in the place of RUN, the document and the git repository are enough.";
  declaration.examples = {
      {"clew rerun @ --check", "does the newest run give the same again?"},
      {"clew rerun 9f3c -- --epochs 20", "the same with another word"},
      {"clew rerun prov.json --check --tolerance 1e-6", "what somebody else has exported"},
  };
}

record::Outcome run_again(Session& session, const RerunOptions& options,
                          const RerunSource& source) {
  Tree tree;
  std::vector<record::ReplayInput> inputs;
  return run_in(session, options, source, tree, inputs);
}

int run_rerun(Session& session, const RerunOptions& options) {
  check_options(options);
  const RerunSource source = find_rerun_source(session, options.run, options.here);
  Tree tree;
  std::vector<record::ReplayInput> inputs;
  const record::Outcome outcome = run_in(session, options, source, tree, inputs);
  if (!options.check) {
    tree.discard();
    return record::pass_on_status(outcome);
  }
  if (!outcome.recorded) {
    throw Error(ErrorKind::failed, "the new run was not recorded, so nothing can be compared");
  }
  return check(session, options, source, outcome.id, inputs);
}

}  // namespace clew::cmd
