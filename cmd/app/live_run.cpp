#include "app/live_run.h"

#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "capture/environment.h"

namespace clew::cmd {

std::string who_asks() {
  return concat(capture::user_name(), '@', capture::host_name());
}

void tell_recorder(const Session& session, const model::Run& run, const std::string& lines) {
  const std::string id = run.id.short_hex();
  if (run.state != model::State::running) {
    throw Error(ErrorKind::usage,
                concat("the run '", id, "' does not go on: it is ", model::name_of(run.state)),
                {"'clew status' lists what is running"});
  }
  if (run.host != capture::host_name()) {
    throw Error(ErrorKind::usage,
                concat("the run '", id, "' goes on at another host, '", run.host, '\''),
                {concat("do it there: ssh ", shell_quote(run.host))});
  }
  constexpr std::uint64_t kLongestPath = 4096;
  const auto socket = read_file(session.layout().socket(run.id), kLongestPath);
  if (!socket) {
    throw Error(ErrorKind::failed, concat("the run '", id, "' takes no orders"),
                {"its recorder has no socket, or the run has just ended; 'clew show' tells"});
  }
  Client client(*socket);
  client.send(lines);
  const Client::Answer answer = client.finish();
  if (!answer.lost.empty()) {
    throw Error(ErrorKind::failed,
                concat("the recorder of the run '", id, "' does not answer: ", answer.lost),
                {"only the user who started a run can reach it"});
  }
  if (!answer.error.empty()) throw Error(ErrorKind::usage, answer.error);
}

}  // namespace clew::cmd
