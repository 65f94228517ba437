#include "put.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/client.h"
#include "app/report.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace clew::cmd {

namespace {

bool reads_input(const PutOptions& options) {
  return options.words.empty() || options.words == std::vector<std::string>{"-"};
}

bool is_statement(std::string_view word) {
  return word == "param" || word == "tag" || word == "note" || word == "artifact";
}

/// "a b" of "name=a b" in double quotes, since the shell that ran us has taken the user's away.
std::string param_text(const std::string& word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string::npos || word.find_first_of(" \t\r\n", equals) == std::string::npos)
    return word;
  return concat(word.substr(0, equals + 1), dump_json(Json(word.substr(equals + 1))));
}

/// Gives all that standard input has to the recorder as it comes.
void send_input(const Session& session, Client& client) {
  std::array<char, 64 * 1024> block{};
  for (;;) {
    const ssize_t count = read(session.input, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, "read", "standard input");
    if (count == 0) return;
    client.send({block.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace

void declare_put(Declaration& declaration, PutOptions& options) {
  declaration.positional("WORD", options.words,
                         "NAME=VALUE of a metric, with step=N, epoch=N or time=SECONDS beside it; "
                         "or 'param NAME=VALUE', 'tag WORD', 'note TEXT', 'artifact PATH'; "
                         "lines of this form from standard input when there is none, or '-'");
  declaration.description =
      "Reports values to the run that this command is a part of, from a shell script for instance. "
      "Returns when they are recorded. When the recorder has been lost meanwhile, the command "
      "prints a warning and succeeds, so that a script goes on.";
  declaration.examples = {
      {"clew put loss=0.12 val/acc=0.97 step=3", "report two metrics"},
      {"clew put param lr=0.01", "report a parameter"},
      {"clew put note 'restarted from epoch 3'", "attach a note"},
  };
}

std::string put_line(const std::vector<std::string>& words) {
  if (words.size() > 1 && is_statement(words.front())) {
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    const std::string& kind = words.front();
    if (kind == "param" && rest.size() > 1) {
      throw Error(ErrorKind::usage, "'param' takes one NAME=VALUE",
                  {concat("clew put param ", shell_quote(rest.front()))});
    }
    if (kind == "param") return concat("param ", param_text(rest.front()), '\n');
    // A line of its own form for texts, so that line breaks and spaces arrive as they are.
    if (kind == "note") {
      Json note;
      note["kind"] = "note";
      note["text"] = join(rest, " ");
      return dump_json(note) + '\n';
    }
  }
  std::string line = join(words, " ");
  if (line.find('\n') != std::string::npos) {
    throw Error(ErrorKind::usage, "a line break cannot stand in a value",
                {"'clew put -' reads lines from standard input"});
  }
  return line + '\n';
}

int run_put(Session& session, const PutOptions& options) {
  const auto socket = session.environment.find("CLEW_SOCKET");
  if (socket == session.environment.end() || socket->second.empty()) {
    throw Error(ErrorKind::usage, "'clew put' has no run to report to",
                {"use it in a command that is run by 'clew run -- COMMAND...'"});
  }
  std::vector<std::string> words = options.words;
  // Only this process knows where it is.
  if (words.size() > 1 && words.front() == "artifact") {
    words = {words.front(),
             (session.directory / join({words.data() + 1, words.size() - 1}, " ")).string()};
  }
  const std::string line = reads_input(options) ? std::string() : put_line(words);
  Client client(socket->second);
  if (reads_input(options)) {
    send_input(session, client);
  } else {
    client.send(line);
  }
  const Client::Answer answer = client.finish();
  if (!answer.lost.empty()) {
    warn(session.err, concat("the recorder of this run does not answer: ", answer.lost));
    return 0;
  }
  if (!answer.error.empty()) {
    const std::string place = reads_input(options) ? concat("line ", answer.line, ": ") : "";
    throw Error(ErrorKind::usage, concat(place, answer.error), {"see 'clew help put'"});
  }
  return 0;
}

}  // namespace clew::cmd
