#include "record/stopper.h"

#include <algorithm>
#include <csignal>

#include "model/run.h"

namespace clew::record {
namespace {

constexpr std::chrono::milliseconds kStopTick{100};

}  // namespace

void Stopper::begin(pid_t command, const StopPlan& plan, Clock::time_point now) {
  command_ = command;
  if (phase_ == Phase::force) return;
  plan_ = plan;
  if (plan.grace.count() <= 0) {
    phase_ = Phase::force;
    tick(now);
    return;
  }
  if (phase_ == Phase::ask) {
    deadline_ = std::min(deadline_, now + plan.grace);
    return;
  }
  if (plan.checkpoint_signal != 0 && phase_ == Phase::idle) {
    const auto handlers = ProcessTree::below(command).handling(plan.checkpoint_signal);
    // Nobody would save anything: whoever does not handle the signal dies of it.
    if (!handlers.empty()) {
      send(handlers, plan.checkpoint_signal);
      phase_ = Phase::checkpoint;
      deadline_ = now + plan.checkpoint_wait;
      return;
    }
  }
  ask(now);
}

void Stopper::ask(Clock::time_point now) {
  phase_ = Phase::ask;
  deadline_ = now + plan_.grace;
  handlers_ = ProcessTree::below(command_).handling(SIGTERM);
  send(handlers_, SIGTERM);
  tick(now);
}

void Stopper::tick(Clock::time_point now) {
  if (phase_ == Phase::checkpoint && now >= deadline_) ask(now);
  if (phase_ == Phase::ask && now >= deadline_) phase_ = Phase::force;
  if (phase_ == Phase::force) {
    send_to_all(SIGKILL);
  } else if (phase_ == Phase::ask && std::none_of(handlers_.begin(), handlers_.end(), is_alive)) {
    send_to_all(SIGTERM);
  }
}

std::optional<std::chrono::milliseconds> Stopper::rest(Clock::time_point now) const {
  if (phase_ == Phase::idle) return std::nullopt;
  if (phase_ != Phase::checkpoint) return kStopTick;
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - now),
                  kStopTick);
}

std::string Stopper::sent() const {
  std::string text;
  for (const int signal : sent_)
    text += (text.empty() ? "" : ", ") + model::signal_name(signal);
  return text;
}

void Stopper::send(const std::vector<ProcessMark>& targets, int signal) {
  for (const ProcessMark& target : targets) {
    if (signal == SIGTERM && !told_.insert(target).second) continue;
    if (!is_alive(target) || kill(target.pid, signal) != 0) continue;
    if (signal != SIGKILL) kill(target.pid, SIGCONT);  // one that is stopped acts on it then
    if (std::find(sent_.begin(), sent_.end(), signal) == sent_.end()) sent_.push_back(signal);
  }
}

void Stopper::send_to_all(int signal) {
  const ProcessTree tree = ProcessTree::below(command_);
  std::vector<ProcessMark> all;
  for (const ProcessTree::Node& node : tree.nodes())
    all.push_back(node.mark);
  send(all, signal);
}

}  // namespace clew::record
