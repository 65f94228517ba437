#include "capture/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/text.h"
#include "capture/environment.h"
#include "capture/trace_filter.h"

namespace clew::capture {
namespace {

/// Puts descriptors in their places. One that is a standard stream already must not be overwritten
/// by another before it was moved, so all go through copies above 2.
bool place_streams(const int (&streams)[3]) {
  int copies[3];
  for (int i = 0; i < 3; ++i) {
    copies[i] = streams[i] < 0 ? -1 : fcntl(streams[i], F_DUPFD_CLOEXEC, 3);
    if (streams[i] >= 0 && copies[i] < 0) return false;
  }
  for (int i = 0; i < 3; ++i) {
    if (copies[i] >= 0 && dup2(copies[i], i) < 0) return false;
  }
  return true;
}

/// Hands this process's calls to the supervisor. Comes before all else in the child: when it fails,
/// nothing has happened yet that could not be done again without it.
int hand_over(const SpawnTrace& trace) {
  TraceHandover handover;
  handover.pid = getpid();
  const int listener = install_trace_filter(trace.filter, handover);
  if (listener < 0) {
    send_handover(trace.sockets.front(), handover, -1);
    return handover.failure;
  }
  for (const int socket : trace.sockets)
    send_handover(socket, handover, listener);
  close(listener);
  return 0;
}

/// Runs in the child: only async-signal-safe calls, but for execvp's search along PATH.
int become(const Spawn& request, const fs::path& program, char* const* argv, char** variables) {
  if (request.terminal >= 0) {
    if (setsid() < 0 || ioctl(request.terminal, TIOCSCTTY, 0) < 0) return errno;
  }
  if (request.own_group && setpgid(0, 0) != 0) return errno;
  if (!place_streams(request.streams)) return errno;
  if (!request.directory.empty() && chdir(request.directory.c_str()) != 0) return errno;
  signal(SIGPIPE, request.ignore_pipe ? SIG_IGN : SIG_DFL);
  sigprocmask(SIG_SETMASK, &request.mask, nullptr);
  environ = variables;
  if (!program.empty()) execv(program.c_str(), argv);
  // What could not be found so, or is a script without a first line, it knows what to do with.
  execvp(argv[0], argv);
  return errno;
}

}  // namespace

Spawned spawn(const Spawn& request) {
  std::vector<char*> argv;
  for (const auto& word : request.argv)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> lines;
  lines.reserve(request.environment.size());
  std::vector<char*> variables;
  for (const auto& [name, value] : request.environment) {
    variables.push_back(lines.emplace_back(concat(name, '=', value)).data());
  }
  variables.push_back(nullptr);

  // Each place where the child would look for it would be a call to be answered.
  fs::path program;
  if (request.argv[0].find('/') == std::string::npos) {
    program = find_program(request.argv[0], request.directory, request.environment);
  }

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error(errno, "start", request.argv[0]);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) throw system_error(errno, "start", request.argv[0]);
  if (pid == 0) {
    int failure = request.trace == nullptr ? 0 : -hand_over(*request.trace);
    if (failure == 0) failure = become(request, program, argv.data(), variables.data());
    [[maybe_unused]] const ssize_t told = write(writing.get(), &failure, sizeof failure);
    _exit(127);
  }
  writing.reset();
  int failure = 0;
  ssize_t got = 0;
  do {
    got = read(reading.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof failure) return {pid, 0, 0};
  waitpid(pid, nullptr, 0);
  return failure < 0 ? Spawned{-1, 0, -failure} : Spawned{-1, failure, 0};
}

std::vector<int> inherited_descriptors() {
  std::vector<int> found;
  DIR* directory = opendir("/proc/self/fd");
  if (directory == nullptr) return found;
  while (const dirent* entry = readdir(directory)) {
    const auto number = parse_int(entry->d_name);
    if (!number || *number <= 2) continue;
    const int fd = static_cast<int>(*number);
    const int flags = fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) found.push_back(fd);
  }
  closedir(directory);
  return found;
}

ExitStatus exit_status(const siginfo_t& info) {
  ExitStatus status;
  if (info.si_code == CLD_EXITED) {
    status.exit_code = info.si_status;
  } else {
    status.signal = info.si_status;
  }
  return status;
}

}  // namespace clew::capture
