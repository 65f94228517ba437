#include "record/stage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace clew::record {
namespace {

bool same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

void make_pipe(Fd& reader, Fd& writer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error(errno, "create", "pipe");
  reader.reset(ends[0]);
  writer.reset(ends[1]);
}

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

/// Where what comes from the pty is shown: the first stream that is the terminal. Stdin comes last:
/// a terminal is usually open for both, and its echo must not be lost.
int terminal_destination(const Stage& stage) {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO}) {
    if (stage.terminal[fd]) return fd;
  }
  return -1;
}

}  // namespace

void Stage::equip(capture::Spawn& request) const {
  for (int i = 0; i < 3; ++i) {
    if (terminal[i]) request.streams[i] = pty->slave.get();
  }
  for (int i = 1; i < 3; ++i) {
    if (writers[i]) request.streams[i] = writers[i].get();
  }
  if (joined) request.streams[STDERR_FILENO] = writers[STDOUT_FILENO].get();
  if (pty) request.terminal = pty->slave.get();
}

void Stage::release_command_ends() {
  if (pty) pty->slave.reset();
  for (Fd& writer : writers)
    writer.reset();
}

Stage make_stage(bool watch_output) {
  Stage stage;
  for (int i = 0; i < 3; ++i)
    stage.terminal[i] = isatty(i) == 1;
  if (const int shown = terminal_destination(stage); shown >= 0) {
    stage.pty = capture::open_pty(shown);
    // Without a pty the command gets the terminal itself, and clew does not see what it prints.
    if (!stage.pty) stage.terminal[0] = stage.terminal[1] = stage.terminal[2] = false;
  }
  termios settings{};
  if (stage.terminal[0] && tcgetattr(STDIN_FILENO, &settings) == 0) stage.found = settings;
  if (!watch_output) return stage;
  const bool out = !stage.terminal[1] && isatty(1) == 0 && is_open(STDOUT_FILENO);
  const bool err = !stage.terminal[2] && isatty(2) == 0 && is_open(STDERR_FILENO);
  stage.joined = out && err && same_file(STDOUT_FILENO, STDERR_FILENO);
  if (out) make_pipe(stage.readers[1], stage.writers[1]);
  if (err && !stage.joined) make_pipe(stage.readers[2], stage.writers[2]);
  return stage;
}

std::vector<StreamRelay> make_relays(Stage& stage, const StreamTap& tap) {
  std::vector<StreamRelay> relays;
  const auto add = [&](model::Stream stream, Fd source, int destination) {
    auto shown = [tap, stream](std::string_view bytes) { tap(stream, bytes); };
    relays.push_back({stream, capture::Relay(std::move(source), destination, std::move(shown))});
  };
  if (stage.pty) {
    add(model::Stream::terminal, Fd(fcntl(stage.pty->master.get(), F_DUPFD_CLOEXEC, 3)),
        terminal_destination(stage));
  }
  if (stage.readers[1]) {
    add(model::Stream::standard_output, std::move(stage.readers[1]), STDOUT_FILENO);
  }
  if (stage.readers[2]) {
    add(model::Stream::standard_error, std::move(stage.readers[2]), STDERR_FILENO);
  }
  return relays;
}

}  // namespace clew::record
