#include "graphviz.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "answer_file.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "capture/process.h"

namespace clew::cmd {

namespace {

/// A file without a name, for what goes in and out: unlike with pipes, nobody waits for anybody.
Fd scratch(const char* name) {
  Fd file(memfd_create(name, MFD_CLOEXEC));
  if (!file) throw system_error(errno, "create", "a file in memory");
  return file;
}

std::string contents(const Fd& file) {
  std::string bytes;
  if (lseek(file.get(), 0, SEEK_SET) < 0) throw system_error(errno, "read", "the picture");
  std::array<char, 64 << 10> buffer;
  for (;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return bytes;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, "read", "the picture");
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

/// Waits for the child; true when it ended well.
bool succeeded(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw system_error(errno, "wait for", "dot");
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string draw_with_graphviz(const Session& session, std::string_view graph, Drawing drawing) {
  const Fd in = scratch("graph");
  const Fd out = scratch("picture");
  const Fd err = scratch("messages");
  if (const int failure = write_all(in.get(), graph); failure != 0) {
    throw system_error(failure, "write", "the graph");
  }
  if (lseek(in.get(), 0, SEEK_SET) < 0) throw system_error(errno, "read", "the graph");

  capture::Spawn request;
  request.argv = {"dot", drawing == Drawing::svg ? "-Tsvg" : "-Tpng"};
  request.environment = session.environment;
  request.directory = session.directory;
  request.streams[0] = in.get();
  request.streams[1] = out.get();
  request.streams[2] = err.get();
  sigemptyset(&request.mask);
  const capture::Spawned child = capture::spawn(request);
  if (child.failure == ENOENT) {
    throw Error(ErrorKind::failed, "cannot draw: Graphviz's program 'dot' is not installed",
                {"install Graphviz (Debian: apt-get install graphviz)",
                 "or take the graph as text, and draw it elsewhere"});
  }
  if (child.failure != 0) throw system_error(child.failure, "start", "dot");
  const bool good = succeeded(child.pid);
  const std::string said = contents(err);
  std::string picture = contents(out);
  if (good && !picture.empty()) return picture;
  throw Error(ErrorKind::failed, "'dot' could not draw the graph",
              {concat("it said: ", trim(said.empty() ? "nothing" : said))});
}

void draw_into_file(const Session& session, std::string_view graph, Drawing drawing,
                    const std::string& file) {
  const std::string picture = draw_with_graphviz(session, graph, drawing);
  AnswerFile answer(session.directory / file);
  answer.write(picture);
  answer.commit();
}

}  // namespace clew::cmd
