#include "run.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <system_error>
#include <tuple>

#include "app/names.h"
#include "app/report.h"
#include "base/error.h"
#include "base/text.h"
#include "record/recorder.h"
#include "run_line.h"
#include "store/layout.h"

namespace clew::cmd {

namespace {

std::string variable(const Session& session, std::string_view name) {
  const auto found = session.environment.find(name);
  return found == session.environment.end() ? std::string() : found->second;
}

/// The job that this process is a part of, as its scheduler or launcher names it.
std::string group_of(const Session& session) {
  constexpr std::array<std::string_view, 6> kJobVariables = {
      "SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID", "LSB_JOBID",
      "PBS_JOBID",          "JOB_ID",       "TORCHELASTIC_RUN_ID"};
  for (const std::string_view name : kJobVariables) {
    std::string job = variable(session, name);
    // torchrun without a rendezvous id says "none".
    if (!job.empty() && job != "none") return job;
  }
  return {};
}

/// The directory of the Python client: beside the program as installed, or as built.
fs::path python_client(const Session& session) {
  std::error_code code;
  const fs::path relative = session.program.parent_path() / "../share/clew/python";
  fs::path client = fs::canonical(relative, code);
  return code ? fs::path() : client;
}

std::vector<std::string> both(std::vector<std::string> first,
                              const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Patterns of the settings, then those of the command line.
capture::FilePatterns file_patterns(const Session& session, const RunOptions& options) {
  const capture::Settings& settings = session.settings;
  return {both(settings.list("files.inputs"), options.inputs),
          both(settings.list("files.outputs"), options.outputs),
          both(settings.list("files.ignore"), options.ignored),
          both(settings.list("files.save"), options.saved)};
}

/// How the run is traced; the libraries for programs are beside this one as installed, or as built.
record::TraceRequest trace_request(const Session& session, const RunOptions& options) {
  record::TraceRequest request;
  const std::string& level =
      options.trace.empty() ? session.settings.text("run.trace") : options.trace;
  request.level = capture::trace_level_from_name(level).value();
  request.mechanism =
      record::trace_mechanism_from_name(session.settings.text("run.trace-mechanism")).value();
  const fs::path libraries = session.program.parent_path() / "../lib/clew";
  std::error_code code;
  request.preload = fs::canonical(libraries / "clew-preload.so", code);
  request.reopen = fs::canonical(libraries / "clew-reopen.so", code);
  return request;
}

/// Makes the store where there is none, and says so where a directory appears among the user's
/// files. What stands in the way the recorder meets again, and tells; the command runs all the
/// same.
void prepare_store(Session& session) {
  const store::Location& location = *session.location;
  if (location.exists || location.in_git) return;
  try {
    store::create(location.layout);
    session.err.line(concat("clew: created a store in '", location.layout.root.native(), '\''));
  } catch (const Error&) {
  }
}

/// The rules of the settings, then those of the command line.
std::vector<record::RuleText> rules_of(const capture::Settings& settings,
                                       const RunOptions& options) {
  using record::RuleAction;
  const std::tuple<RuleAction, std::string_view, const std::vector<std::string>*> kinds[] = {
      {RuleAction::stop, "rules.stop-when", &options.stop_when},
      {RuleAction::alert, "rules.alert", &options.alerts},
      {RuleAction::note, "rules.note-when", &options.note_when}};
  std::vector<record::RuleText> rules;
  for (const auto& [action, setting, given] : kinds) {
    for (const std::string& text : settings.list(setting))
      rules.push_back({action, text});
    for (const std::string& text : *given)
      rules.push_back({action, text});
  }
  return rules;
}

/// "USR1", "SIGUSR1" or "10"; 0 for none.
int checkpoint_signal_of(const std::string& text) {
  if (text.empty()) return 0;
  auto signal = model::signal_from_name(text.starts_with("SIG") ? text : concat("SIG", text));
  if (!signal) {
    const auto number = parse_int(text);
    if (number && *number > 0 && *number < 65) signal = static_cast<int>(*number);
  }
  if (!signal || *signal == SIGKILL || *signal == SIGSTOP) {
    throw Error(ErrorKind::usage, concat("'", text, "' is no signal that a training can handle"),
                {"such as --checkpoint-signal USR1"});
  }
  return *signal;
}

}  // namespace

record::Request request_of(const Session& session, const RunOptions& options) {
  const capture::Settings& settings = session.settings;
  record::Request request;
  request.layout = session.location->layout;
  request.argv = options.command;
  request.directory = session.directory;
  request.environment = session.environment;
  request.name = options.name;
  request.notes = options.notes;
  request.tags = options.tags;
  request.params = options.params;
  request.param_files = both(settings.list("params.files"), options.param_files);
  request.metric_templates = settings.list("metrics.templates");
  request.parent = RunId::parse(variable(session, "CLEW_RUN"));
  request.group = group_of(session);
  request.snapshot = !options.no_snapshot && settings.boolean("run.snapshot");
  request.keep_output = !options.no_output && settings.boolean("run.output");
  request.scan_output = settings.boolean("output.metrics");
  request.output_limit.bytes = settings.size("output.limit");
  request.bounds.file_bytes = settings.size("snapshot.file-limit");
  request.bounds.untracked_files =
      static_cast<std::uint64_t>(settings.integer("snapshot.untracked-files"));
  request.bounds.untracked_bytes = settings.size("snapshot.untracked-size");
  request.variable_patterns = settings.list("environment.variables");
  request.files.patterns = file_patterns(session, options);
  request.files.hash_limit = settings.size("files.hash-limit");
  request.files.save_limit = settings.size("files.save-limit");
  request.trace = trace_request(session, options);
  request.rules = rules_of(settings, options);
  request.checkpoint_signal = checkpoint_signal_of(
      options.checkpoint_signal.value_or(settings.text("rules.checkpoint-signal")));
  request.checkpoint_wait = std::chrono::seconds(settings.integer("rules.checkpoint-wait"));
  request.grace = std::chrono::seconds(settings.integer("rules.grace"));
  request.python_client = python_client(session);
  return request;
}

void declare_run(Declaration& declaration, RunOptions& options) {
  declaration.option("-m,--message", "TEXT", options.notes, "Attach a note; may be repeated");
  declaration.option("-n,--name", "NAME", options.name, "Name the run");
  declaration.option("-t,--tag", "TAG", options.tags, "Attach a tag; may be repeated").completes =
      Completes::tag;
  declaration.option("-p,--param", "NAME=VALUE", options.params,
                     "Record a parameter, whatever the command line says; may be repeated");
  declaration
      .option("--params", "FILE", options.param_files,
              "Record the parameters of a YAML, JSON, TOML or INI file; may be repeated")
      .completes = Completes::file;
  declaration.option("--stop-when", "RULE", options.stop_when,
                     "Stop the run when an expression holds, clew-query(7); may be repeated");
  declaration.option("--alert", "RULE", options.alerts,
                     "Run the hook on-alert when an expression holds; may be repeated");
  declaration.option("--note-when", "RULE", options.note_when,
                     "Add a note when an expression holds; may be repeated");
  declaration.option("--checkpoint-signal", "SIGNAL", options.checkpoint_signal,
                     "Before the run is stopped, tell it by this signal to save");
  declaration.flag("--no-snapshot", options.no_snapshot, "Do not keep the code");
  declaration.flag("--no-output", options.no_output,
                   "Do not keep what the command prints; metrics are still looked for in it");
  declaration.option("--input", "PATTERN", options.inputs,
                     "Take files for inputs, whatever is done to them; may be repeated");
  declaration.option("--output", "PATTERN", options.outputs,
                     "Take files for outputs, whatever is done to them; may be repeated");
  declaration.option("--ignore", "PATTERN", options.ignored,
                     "Do not record files; may be repeated");
  declaration.option("--save", "PATTERN", options.saved,
                     "Keep a copy of files as they are in the end; may be repeated");
  Argument& trace = declaration.option(
      "--trace", "LEVEL", options.trace,
      "How much to record of the processes and files of the command: off, outputs, files or full");
  trace.completes = Completes::choices;
  trace.choices = {"off", "outputs", "files", "full"};
  declaration.after_separator("COMMAND...", options.command,
                              "The command and its arguments, handed on as they are");
  declaration.description =
      "Runs the command and records it: its code, parameters, environment, metrics and output. "
      "The command behaves as it does without clew, and its exit status becomes that of clew run; "
      "125 means that clew could not start it, 126 that it is not executable, 127 that there is no "
      "such command.\n\n"
      "Parameters come from the command line, from parameter files that it names, from -p and "
      "--params, and from the program itself; metrics from the program ('import clew' in Python, "
      "'clew put' in a shell) and from lines that look like metrics in what it prints.\n\n"
      "The processes that the command starts, and the files that they read and write, are recorded "
      "without a change to any of them. --trace=outputs leaves out files that are only read, which "
      "costs less where there are very many; --trace=full adds directories and network addresses; "
      "--trace=off turns it off, which programs need that gain privileges when they are started, "
      "such as sudo, unless clew runs with all privileges itself. What can be seen, and what "
      "cannot, is in clew-trace(7).\n\n"
      "Of the files that the command uses, those of the system and of installed packages are "
      "summed "
      "up with their versions; all in the work tree, and data anywhere, is recorded by name, size "
      "and SHA-256. Patterns say otherwise: 'data/**' is relative to the top of the work tree, "
      "'*.ckpt' is a name anywhere, '/scratch/x/' and '~/x/' are directories elsewhere, and '!' "
      "before one takes back what those before it said. Those of --input, --output, --ignore and "
      "--save follow those of the settings files.inputs, files.outputs, files.ignore and "
      "files.save.\n\n"
      "Rules are looked at as values arrive, once for each step. One fires when it comes to hold, "
      "and again only after it did not in between; what fired, and on which values, is recorded. "
      "To stop means SIGTERM and, when the time of grace is over (setting rules.grace), SIGKILL. "
      "Rules of the project stand in clew.yaml, clew-config(5).";
  declaration.examples = {
      {"clew run -- python train.py --lr 0.01", "record a training"},
      {"clew run -n wide -t baseline -m 'twice the width' -- ./train.sh",
       "with a name, a tag and a note"},
      {"clew run --input 'data/**' --save 'models/*.npz' -- make", "keep copies of the models"},
      {"clew run --stop-when 'isnan(loss) or val_loss > 1.5 * val_loss.min' -- ./train",
       "end it when it goes nowhere"},
  };
}

int run_run(Session& session, const RunOptions& options) {
  if (options.command.empty()) {
    throw Error(ErrorKind::usage, "no command to run",
                {"put it after '--': clew run -- python train.py"});
  }
  if (!options.name.empty()) check_run_name(options.name);
  for (const std::string& tag : options.tags)
    check_tag(tag);
  const record::Request request = request_of(session, options);
  prepare_store(session);
  // The processes that record inherit what is buffered, and must not write it again.
  session.out.flush();
  session.err.flush();
  const auto report_line = [&session](const std::string& message) { warn(session.err, message); };
  record::Outcome outcome;
  try {
    outcome = record::run(request, {session.clock, session.ids}, report_line);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    report(session.err, error);
    return kCannotStart;
  }
  print_closing_line(session.err, outcome);
  session.err.flush();
  return record::pass_on_status(outcome);
}

}  // namespace clew::cmd
