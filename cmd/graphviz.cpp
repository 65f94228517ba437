#include "graphviz.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/error.h"
#include "base/text.h"
#include "capture/process.h"

namespace clew::cmd {

namespace {

/// A file without a name: dot may write before it has read all, so pipes could block both ends.
Fd scratch_file(const char* name) {
  Fd file(memfd_create(name, MFD_CLOEXEC));
  if (!file) throw system_error(errno, "create", name);
  return file;
}

std::string contents_of(const Fd& file) {
  std::string bytes;
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t count =
        pread(file.get(), piece.data(), piece.size(), static_cast<off_t>(bytes.size()));
    if (count <= 0) return bytes;
    bytes.append(piece.data(), static_cast<std::size_t>(count));
  }
}

capture::ExitStatus wait_for_dot(pid_t child) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) != 0) {
    if (errno != EINTR) throw system_error(errno, "wait for", "dot");
  }
  return capture::exit_status(info);
}

}  // namespace

void draw_graph(const Session& session, std::string_view dot, std::string_view format,
                const fs::path& file) {
  const Fd input = scratch_file("graph");
  const Fd picture = scratch_file("picture");
  const Fd messages = scratch_file("messages");
  if (const int code = write_all(input.get(), dot); code != 0)
    throw system_error(code, "write", "graph");
  lseek(input.get(), 0, SEEK_SET);
  capture::Spawn request;
  request.argv = {"dot", concat("-T", format)};
  request.environment = session.environment;
  request.directory = session.directory;
  request.streams[0] = input.get();
  request.streams[1] = picture.get();
  request.streams[2] = messages.get();
  sigemptyset(&request.mask);
  const capture::Spawned child = capture::spawn(request);
  if (child.pid < 0 || child.failure != 0) {
    throw Error(ErrorKind::failed, "cannot run 'dot', which draws the picture",
                {"install Graphviz, the package 'graphviz' of most systems",
                 "--dot prints the graph for drawing it elsewhere"});
  }
  if (wait_for_dot(child.pid).exit_code != 0) {
    std::string why(trim(contents_of(messages)));
    throw Error(ErrorKind::failed, concat("'dot' failed: ", why.empty() ? "no message" : why));
  }
  replace_file(session.directory / file, contents_of(picture));
}

}  // namespace clew::cmd
