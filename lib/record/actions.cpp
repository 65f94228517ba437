#include "record/actions.h"

#include <algorithm>
#include <cctype>
#include <csignal>

#include "base/text.h"

namespace clew::record {
namespace {

using std::chrono::milliseconds;

/// "CLEW_VALUE_VAL_LOSS" for "val/loss".
std::string variable_name(std::string_view name) {
  std::string out = "CLEW_VALUE_";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return out;
}

std::string value_text(const Json& value) {
  if (value.is_null()) return "–";
  if (value.is_string()) return value.as_string();
  return value.is_double() ? rounded(value.as_double(), 6) : dump_json(value);
}

std::string step_text(const std::optional<std::int64_t>& step) {
  return step ? concat(" at step ", *step) : std::string();
}

std::string plan_text(const StopPlan& plan) {
  if (plan.grace.count() == 0) return "SIGKILL";
  std::string text;
  if (plan.checkpoint_signal != 0) {
    text = concat(model::signal_name(plan.checkpoint_signal), ", after ",
                  plan.checkpoint_wait.count() / 1000, " s ");
  }
  return concat(text, "SIGTERM, after ", plan.grace.count() / 1000, " s SIGKILL");
}

}  // namespace

std::string describe_values(const Json& values) {
  std::string text;
  for (const auto& [name, value] : values.as_object())
    text += concat(text.empty() ? "" : " ", name, '=', value_text(value));
  return text;
}

Actions::Actions(const Request& request, const Seams& seams, Journal& journal,
                 std::function<void(const std::string&)> warn)
    : request_(request),
      seams_(seams),
      journal_(journal),
      warn_(std::move(warn)),
      rules_(parse_rules(request.rules)),
      hooks_(request.layout) {
  if (rules_.empty()) return;
  watch_ = std::make_unique<RuleWatch>(rules_, journal.fold(), seams.clock);
  journal.show_to(watch_.get());
}

Actions::~Actions() {
  journal_.show_to(nullptr);
}

void Actions::act() {
  if (watch_ && !over_) {
    watch_->settle();
    for (const FiredRule& fired : watch_->take())
      fire(fired);
  }
  if (const auto asked = journal_.take_stop()) stop_as_asked(*asked);
  const auto now = Stopper::Clock::now();
  if (stopper_.active()) stopper_.tick(now);
  if (hooks_.running()) hooks_.tick(now);
}

int Actions::patience(int timeout_ms) const {
  const auto rest = stopper_.rest(Stopper::Clock::now());
  return rest ? std::min(timeout_ms, static_cast<int>(rest->count())) : timeout_ms;
}

void Actions::ended() {
  command_ = -1;
  stopper_ = Stopper();
  act();
  over_ = true;
}

void Actions::fire(const FiredRule& fired) {
  const Rule& rule = rules_[fired.rule];
  const std::string text(rule.expression.text());
  model::Firing firing{
      text, std::string(name_of(rule.action)), fired.time, fired.step, fired.values, {}};
  switch (rule.action) {
    case RuleAction::stop:
      firing.result = begin_stop(plan());
      if (stop_reason_.empty()) stop_reason_ = concat("rule '", text, '\'', step_text(fired.step));
      break;
    case RuleAction::alert:
      firing.result = alert(fired);
      warn_(
          concat("alert: ", text, step_text(fired.step), " (", describe_values(fired.values), ')'));
      break;
    case RuleAction::note:
      firing.result = "noted";
      journal_.record(model::NoteEvent{{fired.time, concat(text, step_text(fired.step), " (",
                                                           describe_values(fired.values), ')')}});
      break;
  }
  journal_.record(model::FiringEvent{std::move(firing)});
}

HookCall Actions::call_of(std::string name) const {
  const model::Run& run = journal_.fold().run();
  HookCall call;
  call.name = std::move(name);
  call.directory = request_.directory;
  call.environment = request_.environment;
  call.environment["CLEW_RUN"] = run.id.hex();
  call.environment["CLEW_STORE"] = request_.layout.root.string();
  call.input["run"] = run.id.hex();
  call.input["name"] = run.name.empty() ? Json() : Json(run.name);
  return call;
}

std::string Actions::alert(const FiredRule& fired) {
  const std::string rule(rules_[fired.rule].expression.text());
  HookCall call = call_of("on-alert");
  call.environment["CLEW_RULE"] = rule;
  if (fired.step) call.environment["CLEW_STEP"] = std::to_string(*fired.step);
  for (const auto& [name, value] : fired.values.as_object())
    call.environment[variable_name(name)] = value_text(value);
  call.input["rule"] = rule;
  call.input["action"] = "alert";
  call.input["time"] = format_time(fired.time);
  call.input["step"] = fired.step ? Json(*fired.step) : Json();
  call.input["values"] = fired.values;
  return concat("hook 'on-alert': ", hooks_.start(call, Hooks::Clock::now()));
}

StopPlan Actions::plan() const {
  StopPlan plan;
  plan.checkpoint_signal = request_.checkpoint_signal;
  plan.checkpoint_wait = request_.checkpoint_wait;
  plan.grace = request_.grace;
  return plan;
}

std::string Actions::begin_stop(const StopPlan& plan) {
  if (command_ <= 0) return "the command had ended";
  stopper_.begin(command_, plan, Stopper::Clock::now());
  return plan_text(plan);
}

void Actions::stop_as_asked(const capture::StopRequest& asked) {
  StopPlan wanted = plan();
  if (asked.checkpoint && wanted.checkpoint_signal == 0) wanted.checkpoint_signal = SIGUSR1;
  if (!asked.checkpoint) wanted.checkpoint_signal = 0;
  if (asked.grace) wanted.grace = milliseconds(static_cast<std::int64_t>(*asked.grace * 1000));
  if (asked.now) wanted.grace = milliseconds(0);
  model::Firing firing;
  firing.rule = concat("clew stop by ", asked.by);
  firing.action = "stop";
  firing.time = seams_.clock.now();
  firing.values["by"] = asked.by;
  firing.result = begin_stop(wanted);
  if (stop_reason_.empty()) stop_reason_ = asked.by;
  journal_.record(model::FiringEvent{std::move(firing)});
}

void Actions::sealed() {
  if (!find_hook(request_.layout, "post-run")) return;
  const model::Run& run = journal_.fold().run();
  HookCall call = call_of("post-run");
  call.environment["CLEW_STATE"] = std::string(model::name_of(run.state));
  call.input["state"] = model::name_of(run.state);
  call.input["exit_code"] = run.exit_code ? Json(*run.exit_code) : Json();
  call.input["signal"] = run.signal ? Json(model::signal_name(*run.signal)) : Json();
  static_cast<void>(hooks_.start(call, Hooks::Clock::now()));
}

}  // namespace clew::record
