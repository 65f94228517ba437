#include "capture/trace_table.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "capture/trace_proc.h"

namespace clew::capture {
namespace {

/// How long it is believed that a thread id still belongs to the same process. Ids come round only
/// after all others were used, so within this time they do not.
constexpr Time kThreadTrust = 1'000'000;
/// An exec is confirmed by the next call of the process; other threads of it may call before.
constexpr int kExecChecks = 4;
constexpr std::size_t kMaxLine = 64;  // parents that are met at once

Time microseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return Time{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

Time coarse_now() {
  return microseconds(CLOCK_REALTIME_COARSE);
}

TraceTable::TraceTable(pid_t recorder)
    : recorder_(recorder),
      boot_(microseconds(CLOCK_REALTIME) - microseconds(CLOCK_BOOTTIME)),
      mounts_(process_link(recorder, "ns/mnt")) {}

TracedProcess* TraceTable::find(pid_t thread, Time now, std::vector<TraceItem>& items) {
  TracedProcess* process = nullptr;
  if (const auto known = processes_.find(thread); known != processes_.end()) {
    process = &known->second;
  } else if (const auto member = threads_.find(thread);
             member != threads_.end() && now - member->second.checked < kThreadTrust) {
    const auto owner = processes_.find(member->second.process);
    if (owner != processes_.end()) process = &owner->second;
  }
  if (process == nullptr) {
    const auto pid = process_of_thread(thread);
    if (!pid) return nullptr;
    if (*pid != thread) threads_[thread] = {*pid, now};
    const auto known = processes_.find(*pid);
    process = known != processes_.end() ? &known->second : meet_line(*pid, now, items);
  }
  if (process != nullptr && process->exec_checks > 0) look_at_exec(*process, now, items);
  return process;
}

/// Meets a process after the parents of it that are not known: those that did nothing so far but
/// fork.
TracedProcess* TraceTable::meet_line(pid_t pid, Time now, std::vector<TraceItem>& items) {
  std::vector<pid_t> line{pid};
  while (line.size() < kMaxLine) {
    const auto stat = process_stat(line.back());
    if (!stat || stat->parent <= 1) break;
    if (stat->parent == recorder_ || processes_.contains(stat->parent)) {
      for (std::size_t i = line.size(); i-- > 1;)
        meet(line[i], now, items);
      break;
    }
    line.push_back(stat->parent);
  }
  return meet(pid, now, items);
}

TracedProcess* TraceTable::meet(pid_t pid, Time now, std::vector<TraceItem>& items) {
  const auto stat = process_stat(pid);
  if (!stat) return nullptr;
  TracedProcess& process = processes_[pid];
  process.number = next_++;
  process.pid = pid;
  process.pidfd.reset(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  look_at_root(process);
  new_.emplace_back(pid, process.pidfd.get());

  TraceItem item;
  item.kind = TraceItem::Kind::began;
  item.process = process.number;
  item.time = now;
  item.facts = std::make_unique<ProcessFacts>();
  item.facts->pid = pid;
  item.facts->parent_pid = stat->parent;
  if (const auto parent = processes_.find(stat->parent); parent != processes_.end()) {
    item.facts->parent = parent->second.number;
  } else {
    item.facts->argv = process_arguments(pid);
    item.facts->cwd = process_link(pid, "cwd");
    item.facts->executable = process_link(pid, "exe");
  }
  const auto ticks = static_cast<Time>(stat->start_ticks);
  item.facts->started = std::min(now, boot_ + ticks * 1'000'000 / sysconf(_SC_CLK_TCK));
  items.push_back(std::move(item));
  return &process;
}

void TraceTable::look_at_root(TracedProcess& process) {
  process.root = process_link(process.pid, "root");
  if (process.root == "/") process.root.clear();
  const std::string mounts = process_link(process.pid, "ns/mnt");
  process.foreign = !mounts.empty() && mounts != mounts_;
}

void TraceTable::expect_exec(TracedProcess& process, std::string path) {
  const auto stat = process_stat(process.pid);
  if (!stat) return;
  process.image[0] = stat->start_code;
  process.image[1] = stat->start_stack;
  process.exec_checks = kExecChecks;
  process.exec_path = std::move(path);
}

void TraceTable::look_at_exec(TracedProcess& process, Time now, std::vector<TraceItem>& items) {
  --process.exec_checks;
  const auto stat = process_stat(process.pid);
  // Code and stack of each image lie elsewhere.
  if (!stat || (stat->start_code == process.image[0] && stat->start_stack == process.image[1])) {
    return;
  }
  process.exec_checks = 0;
  look_at_root(process);
  TraceItem item;
  item.kind = TraceItem::Kind::executed;
  item.process = process.number;
  item.time = now;
  item.path = std::move(process.exec_path);
  item.facts = std::make_unique<ProcessFacts>();
  item.facts->pid = process.pid;
  item.facts->argv = process_arguments(process.pid);
  item.facts->cwd = process_link(process.pid, "cwd");
  item.facts->executable = process_link(process.pid, "exe");
  items.push_back(std::move(item));

  for (OpenFile& file : process_files(process.pid)) {
    TraceItem open;
    open.kind = TraceItem::Kind::inherited;
    open.process = process.number;
    open.time = now;
    open.path = std::move(file.path);
    open.wish.read = file.read;
    open.wish.write = file.written;
    open.sure = true;
    items.push_back(std::move(open));
  }
}

void TraceTable::meet_children(const TracedProcess& parent, Time now,
                               std::vector<TraceItem>& items) {
  for (const pid_t child : process_children(parent.pid)) {
    if (processes_.contains(child)) continue;
    // One that has ended already was met before, or did nothing that is told of.
    const auto stat = process_stat(child);
    if (stat && stat->state != 'Z') meet(child, now, items);
  }
}

void TraceTable::end(pid_t pid, Time now, std::vector<TraceItem>& items) {
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return;
  const TracedProcess& process = found->second;
  TraceItem item;
  item.kind = TraceItem::Kind::gone;
  item.process = process.number;
  item.time = now;
  item.code = ended_process_status(process.pidfd.get(), pid).value_or(-1);
  items.push_back(std::move(item));
  processes_.erase(found);
  std::erase_if(threads_, [pid](const auto& entry) { return entry.second.process == pid; });
}

std::vector<std::pair<pid_t, int>> TraceTable::take_new() {
  std::vector<std::pair<pid_t, int>> taken;
  taken.swap(new_);
  return taken;
}

}  // namespace clew::capture
