#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>

#include "base/error.h"
#include "scratch.h"

using clew::snapshot::Result;
using Lines = std::vector<std::string>;

namespace {

// For whom file permissions hold: the user of the tests, or another one when that is root.
constexpr unsigned kOrdinaryUser = 54321;

/// Takes a snapshot as an ordinary user, in a process of its own where the tests run as root.
/// Returns a text of what came out of it.
std::string take_as_ordinary_user(const clew::snapshot::Request& request) {
  const auto describe = [&]() -> std::string {
    try {
      const Result result = clew::snapshot::take(request);
      std::string text = clew::concat(result.code.commit, '\n',
                                      result.code.complete ? "complete" : "incomplete", '\n');
      for (const std::string& line : unstored(result.code))
        text += line + '\n';
      for (const std::string& warning : result.warnings)
        text += warning + '\n';
      return text;
    } catch (const clew::Error& error) {
      return "error: " + error.message() + '\n';
    }
  };
  if (geteuid() != 0) return describe();
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const bool changed = setgid(kOrdinaryUser) == 0 && setuid(kOrdinaryUser) == 0;
    const std::string text = changed ? describe() : "cannot change the user";
    _exit(clew::write_all(ends[1], text));
  }
  close(ends[1]);
  std::string text(1 << 16, '\0');
  std::size_t size = 0;
  while (const ssize_t count = read(ends[0], text.data() + size, text.size() - size)) {
    REQUIRE(count > 0);
    size += static_cast<std::size_t>(count);
  }
  close(ends[0]);
  int status = -1;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  return text.substr(0, size);
}

void give_away(const Scratch& scratch) {
  if (geteuid() == 0) {
    scratch.shell(clew::concat("chown -R ", kOrdinaryUser, ":", kOrdinaryUser, " .."));
  }
}

/// git itself as root needs to be told to trust a tree that was given away.
std::string git(const Scratch& scratch, const std::string& command) {
  return scratch.shell("git -c safe.directory='*' " + command);
}

}  // namespace

TEST_CASE("what cannot be read is named") {
  const Scratch scratch;
  scratch.init();
  scratch.write("shut/inside", "x");
  scratch.write("new", "new\n");
  scratch.write("a.txt", "changed\n");
  scratch.shell("chmod 000 shut new a.txt");
  give_away(scratch);
  const std::string text = take_as_ordinary_user(scratch.request());
  const std::string commit = text.substr(0, text.find('\n'));
  CHECK_THAT(text, Catch::Contains("\nincomplete\nunreadable a.txt\nunreadable new\n") &&
                       Catch::Contains("'a.txt' and 2 more cannot be read"));
  CHECK(git(scratch, "ls-tree -r --name-only " + commit) == "dir/b.txt\nrun.sh\n");
  scratch.shell("chmod 700 shut");
}

TEST_CASE("a repository that cannot be written to") {
  const Scratch scratch;
  scratch.init();
  const std::string head = scratch.line("git rev-parse HEAD");
  SECTION("serves for a clean tree") {
    scratch.shell("find .git -type d | xargs chmod 555");
    give_away(scratch);
    CHECK(take_as_ordinary_user(scratch.request()) == head + "\ncomplete\n");
  }
  SECTION("fails for any other") {
    scratch.write("a.txt", "changed\n");
    scratch.shell("find .git -type d | xargs chmod 555");
    give_away(scratch);
    CHECK_THAT(take_as_ordinary_user(scratch.request()), Catch::StartsWith("error: "));
  }
  scratch.shell("find .git -type d | xargs chmod 755");
}

TEST_CASE("configuration of the user that cannot be read is passed over") {
  const Scratch scratch;
  scratch.init();
  const std::string head = scratch.line("git rev-parse HEAD");
  std::ofstream(scratch.home() / ".gitconfig") << "[core]\n";
  give_away(scratch);
  SECTION("when it is the home, with a warning") {
    fs::permissions(scratch.home(), fs::perms::none);
    CHECK_THAT(take_as_ordinary_user(scratch.request()),
               Catch::StartsWith(head + "\ncomplete\n") && Catch::Contains("passed over"));
    fs::permissions(scratch.home(), fs::perms::owner_all);
  }
  SECTION("when it is the file") {
    fs::permissions(scratch.home() / ".gitconfig", fs::perms::none);
    CHECK_THAT(take_as_ordinary_user(scratch.request()), Catch::StartsWith(head + "\ncomplete\n"));
  }
}

TEST_CASE("ignore rules that cannot be read ignore nothing, with a warning") {
  const Scratch scratch;
  scratch.init();
  scratch.write(".clewignore", "*.log\n");
  scratch.shell("git add . && git commit -q -m rules && chmod 000 .clewignore");
  // Long enough ago for the index to say that the file is unchanged.
  scratch.shell("touch -d '2020-01-01' .clewignore && sleep 0.1 && git update-index --refresh");
  scratch.write("x.log", "x");
  give_away(scratch);
  const std::string text = take_as_ordinary_user(scratch.request());
  CHECK(git(scratch, "ls-tree -r --name-only " + text.substr(0, text.find('\n'))).find("x.log") !=
        std::string::npos);
  CHECK_THAT(text, Catch::Contains(".clewignore'"));
}
