#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/text.h"
#include "snapshot/snapshot.h"
#include "support/temporary_directory.h"

namespace fs = std::filesystem;

/// Runs a shell command line in a directory, in an environment where git knows nothing of the user
/// or the machine. Returns what it printed; throws when it fails.
inline std::string shell_in(const fs::path& directory, const fs::path& home,
                            const std::string& command) {
  const std::string sealed =
      clew::concat("cd ", clew::shell_quote(directory.string()),
                   " && export HOME=", clew::shell_quote(home.string()),
                   " GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null"
                   " GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C"
                   " GIT_COMMITTER_EMAIL=c@example.org LC_ALL=C; ",
                   command);
  FILE* pipe = popen(sealed.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 4096> piece{};
  while (const std::size_t count = fread(piece.data(), 1, piece.size(), pipe)) {
    output.append(piece.data(), count);
  }
  const int status = pclose(pipe);
  if (status != 0) throw std::runtime_error(clew::concat("failed: ", command, "\n", output));
  return output;
}

/// A directory `tree` for a repository or none, with a home and a place for the private repository
/// beside it.
class Scratch {
 public:
  Scratch() {
    fs::create_directories(tree());
    fs::create_directories(home());
  }

  [[nodiscard]] fs::path top() const { return directory_.path(); }
  [[nodiscard]] fs::path tree() const { return top() / "tree"; }
  [[nodiscard]] fs::path home() const { return top() / "home"; }
  [[nodiscard]] fs::path private_repository() const { return top() / "store/code.git"; }

  void write(const fs::path& path, std::string_view text) const {
    fs::create_directories((tree() / path).parent_path());
    std::ofstream out(tree() / path, std::ios::binary);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
  }

  std::string shell(const std::string& command) const { return shell_in(tree(), home(), command); }
  /// The output without its last newline.
  std::string line(const std::string& command) const {
    std::string text = shell(command);
    while (text.ends_with('\n'))
      text.pop_back();
    return text;
  }
  /// The content of a file in a commit.
  std::string content(const std::string& commit, const std::string& path) const {
    return shell("git cat-file blob " + clew::shell_quote(commit + ":" + path));
  }
  /// "mode path" of all files in a commit, a line each, paths as git quotes them.
  std::string listing(const std::string& commit) const {
    return shell("git ls-tree -r --format='%(objectmode) %(path)' " + commit);
  }

  /// A repository with one commit of `a.txt`, `dir/b.txt` and an executable `run.sh`.
  void init() const {
    write("a.txt", "alpha\n");
    write("dir/b.txt", "beta\n");
    write("run.sh", "#!/bin/sh\n");
    shell("chmod +x run.sh && git init -q -b main . && git add . && git commit -q -m first");
  }

  [[nodiscard]] clew::snapshot::Request request() const {
    clew::snapshot::Request request;
    request.directory = tree();
    request.private_repository = private_repository();
    request.home = home();
    request.store = top() / "store";
    // Far more than a slow machine needs: what a test leaves out, it leaves out by number or size.
    request.bounds.untracked_microseconds = 60'000'000;
    return request;
  }
  [[nodiscard]] clew::snapshot::Result take() const { return clew::snapshot::take(request()); }

  /// All that a snapshot must leave as it was.
  std::string state_of_user() const {
    return shell(
        "git rev-parse --git-path index | xargs sha256sum 2>/dev/null || true; git symbolic-ref -q "
        "HEAD || git rev-parse HEAD; git for-each-ref | grep -v refs/clew; git stash list; "
        "git --no-optional-locks status --porcelain=v2 --ignored -uall; "
        "find . -path ./.git -prune -o -printf '%p %y %m %T@ %l\\n' | sort");
  }

 private:
  TemporaryDirectory directory_;
};

/// "reason path" of each unstored file.
inline std::vector<std::string> unstored(const clew::model::Code& code) {
  std::vector<std::string> lines;
  for (const auto& file : code.unstored)
    lines.push_back(file.reason + " " + file.path);
  return lines;
}

inline bool any_contains(const std::vector<std::string>& texts, std::string_view part) {
  for (const std::string& text : texts) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}
