#include "capture/process.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/text.h"

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

/// Runs in the child: only async-signal-safe calls, but for execvp's search along PATH.
int become(const Spawn& request, char* const* argv, char** variables) {
  if (request.terminal >= 0) {
    if (setsid() < 0 || ioctl(request.terminal, TIOCSCTTY, 0) < 0) return errno;
  }
  if (!place_streams(request.streams)) return errno;
  if (!request.directory.empty() && chdir(request.directory.c_str()) != 0) return errno;
  signal(SIGPIPE, request.ignore_pipe ? SIG_IGN : SIG_DFL);
  sigprocmask(SIG_SETMASK, &request.mask, nullptr);
  environ = variables;
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

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error(errno, "start", request.argv[0]);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t pid = fork();
  if (pid < 0) throw system_error(errno, "start", request.argv[0]);
  if (pid == 0) {
    const int failure = become(request, argv.data(), variables.data());
    [[maybe_unused]] const ssize_t told = write(writing.get(), &failure, sizeof failure);
    _exit(127);
  }
  writing.reset();
  int failure = 0;
  ssize_t got = 0;
  do {
    got = read(reading.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  if (got != sizeof failure) return {pid, 0};
  waitpid(pid, nullptr, 0);
  return {-1, failure};
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
