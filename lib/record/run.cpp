#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"
#include "capture/parameters.h"
#include "record/front.h"
#include "record/guardian.h"
#include "record/hook.h"
#include "record/recorder.h"
#include "record/recorder_process.h"
#include "record/signals.h"

namespace clew::record {
namespace {

/// The run as known before its command starts, and what is to be said about its parameters.
model::Run first_header(const Request& request, const Seams& seams,
                        std::vector<std::string>& warnings) {
  capture::ParameterRequest wanted;
  wanted.argv = request.argv;
  wanted.directory = request.directory;
  wanted.options = request.params;
  wanted.files = request.param_files;
  capture::Parameters parameters = capture::collect_parameters(wanted);
  warnings = std::move(parameters.warnings);

  model::Run run;
  run.id = seams.ids.next();
  run.name = request.name;
  run.parent = request.parent;
  run.rerun_of = request.rerun_of;
  run.group = request.group;
  run.argv = capture::mask_argv(request.argv);
  run.cwd = request.directory.string();
  run.user = capture::user_name();
  run.host = capture::host_name();
  run.started = seams.clock.now();
  run.params = std::move(parameters.params);
  for (const auto& tag : request.tags)
    model::add_tag(run.tags, tag);
  for (const auto& note : request.notes)
    run.notes.push_back({run.started, note});
  return run;
}

/// Runs the hook pre-run, which may refuse the run.
void ask_hook(const Request& request, const model::Run& header) {
  HookCall call;
  call.name = "pre-run";
  call.directory = request.directory;
  call.environment = request.environment;
  call.environment["CLEW_STORE"] = request.layout.root.string();
  call.input["name"] = header.name.empty() ? Json() : Json(header.name);
  call.input["cwd"] = header.cwd;
  Json& argv = call.input["argv"] = Json::array();
  for (const std::string& word : header.argv)
    argv.push(valid_utf8(word));
  Json& params = call.input["params"] = Json::object();
  for (const model::Parameter& param : header.params)
    params[param.name] = param.value;
  if (const auto fault = run_hook(request.layout, call)) {
    throw Error(ErrorKind::failed, concat("the hook 'pre-run' refused this run: ", *fault),
                {"'clew hook' shows the hooks of this store"});
  }
}

}  // namespace

Outcome run(const Request& request, const Seams& seams, const Report& report) {
  if (request.argv.empty()) throw Error(ErrorKind::usage, "no command to run");
  static_cast<void>(parse_rules(request.rules));  // a wrong one is refused before anything begins
  std::vector<std::string> warnings;
  const model::Run header = first_header(request, seams, warnings);
  for (const auto& warning : warnings)
    report(warning);
  ask_hook(request, header);
  Stage stage = make_stage(request.keep_output || request.scan_output);
  auto [front_end, recorder_end] = Channel::make();
  // When the recorder dies, its children come to this process: the command's status is not lost.
  prctl(PR_SET_CHILD_SUBREAPER, 1);

  Watch watch;
  if (request.trace.level != capture::TraceLevel::off) watch = Watch::make();
  const pid_t front = getpid();
  const SignalState signals = hold_signals();
  const pid_t recorder = fork();
  if (recorder < 0) throw system_error(errno, "start", "the recorder");
  if (recorder == 0) {
    front_end = Channel(Fd());
    hold_ending_signals(signals);
    try {
      RecorderProcess(request, seams, header, std::move(stage), std::move(recorder_end), signals,
                      std::move(watch))
          .run();
    } catch (const std::exception&) {
      _exit(70);
    }
    _exit(0);
  }
  share_ending_signals(recorder);
  recorder_end = Channel(Fd());
  pid_t guardian = -1;
  if (watch && (guardian = fork()) == 0) {
    front_end = Channel(Fd());
    hold_ending_signals(signals);
    Guardian(std::move(watch), std::move(stage), front, recorder).run();
    _exit(0);
  }
  const auto start = [&](const Stage& on) {
    capture::Spawn spawn;
    spawn.argv = request.argv;
    spawn.environment = request.environment;
    spawn.directory = request.directory;
    spawn.mask = signals.mask;
    spawn.ignore_pipe = signals.ignore_pipe;
    on.equip(spawn);
    return capture::spawn(spawn);
  };
  Outcome outcome = Front(std::move(stage), std::move(front_end), std::move(watch),
                          {recorder, guardian}, signals, report)
                        .run(start);
  outcome.id = header.id;
  if (!outcome.recorded) {
    outcome.run = header;
    outcome.run.state = outcome.signal                       ? model::State::killed
                        : outcome.exit_code.value_or(0) == 0 ? model::State::finished
                                                             : model::State::failed;
    outcome.run.exit_code = outcome.exit_code;
    outcome.run.signal = outcome.signal;
    outcome.run.ended = seams.clock.now();
  }
  return outcome;
}

int pass_on_status(const Outcome& outcome) {
  if (!outcome.signal) return outcome.exit_code.value_or(70);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);  // a core pattern that is a pipe ignores the limit
  signal(*outcome.signal, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, *outcome.signal);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  kill(getpid(), *outcome.signal);
  return 128 + *outcome.signal;
}

}  // namespace clew::record
