#include "ui/pager.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

#include "base/text.h"

namespace clew::ui {

namespace {

constexpr const char* kShell = "/bin/sh";

std::string value_of(const EnvironmentMap& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// Is there a program of this name on the path?
bool can_run(const EnvironmentMap& environment, std::string_view name) {
  const std::string path = value_of(environment, "PATH");
  for (const std::string_view directory : split(path, ':')) {
    if (access(concat(directory.empty() ? "." : directory, '/', name).c_str(), X_OK) == 0)
      return true;
  }
  return false;
}

/// What the pager gets: less must show colours and leave a short text on the screen.
std::vector<std::string> pager_environment(EnvironmentMap environment) {
  environment.emplace("LESS", "FRX");
  environment.emplace("LV", "-c");
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment)
    variables.push_back(concat(name, '=', value));
  return variables;
}

}  // namespace

std::string pager_command(const EnvironmentMap& environment, const std::string& setting) {
  for (const std::string& command :
       {value_of(environment, "CLEW_PAGER"), setting, value_of(environment, "PAGER")}) {
    if (command == "cat") return {};
    if (!command.empty()) return command;
  }
  return can_run(environment, "less") ? "less -FRX" : "";
}

void Pager::start(const std::string& command, const EnvironmentMap& environment) {
  if (command.empty()) return;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  std::vector<std::string> variables = pager_environment(environment);
  std::vector<char*> pointers;
  pointers.reserve(variables.size() + 1);
  for (std::string& variable : variables)
    pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  child_ = fork();
  if (child_ == 0) {
    dup2(reading.get(), STDIN_FILENO);
    execle(kShell, "sh", "-c", command.c_str(), nullptr, pointers.data());
    _exit(127);
  }
  if (child_ < 0) return;
  pipe_ = std::move(writing);
  out_.redirect(pipe_.get());
}

Pager::~Pager() {
  if (child_ <= 0) return;
  try {
    out_.flush();
  } catch (...) {
    // The user has left the pager before the end, or it never came to be.
  }
  pipe_.reset();
  // ^C is for the pager: to go first would leave it without its terminal.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGINT, &ignore, &before);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  sigaction(SIGINT, &before, nullptr);
}

}  // namespace clew::ui
