#include <catch2/catch.hpp>

#include "base/error.h"
#include "scratch.h"

using clew::snapshot::Repository;

namespace {

Repository open(const Scratch& scratch) {
  auto repository = Repository::open(scratch.tree(), scratch.private_repository(), scratch.home());
  REQUIRE(repository);
  return std::move(*repository);
}

std::string listing(const fs::path& directory) {
  return shell_in(directory, directory,
                  "find . -name .git -prune -o -type f -printf '%P %m ' -exec sha256sum {} ';' -o "
                  "-type l -printf '%P -> %l\\n' | sed 's/ \\.\\/.*//' | sort");
}

}  // namespace

TEST_CASE("a checkout has every byte of the snapshot, and leaves the user's tree alone") {
  const Scratch scratch;
  scratch.init();
  scratch.write("a.txt", "changed\n");
  scratch.write("new/zero", std::string("\0\r\n\xff", 4));
  scratch.shell("ln -s a.txt link; chmod 755 a.txt");
  const std::string commit = scratch.take().code.commit;
  const std::string before = scratch.state_of_user();
  const std::string expected = listing(scratch.tree());
  const fs::path place = scratch.top() / "again";
  open(scratch).check_out(commit, place);
  CHECK(listing(place) == expected);
  CHECK(scratch.state_of_user() == before);

  SECTION("git takes it for a work tree of its own, with nothing to commit") {
    CHECK(shell_in(place, scratch.home(), "git rev-parse HEAD") == commit + "\n");
    CHECK(shell_in(place, scratch.home(), "git status --porcelain").empty());
    CHECK(scratch.line("git worktree list | wc -l") == "2");
  }
  SECTION("and forgets it when it is discarded") {
    Repository::discard(place);
    CHECK_FALSE(fs::exists(place));
    CHECK(scratch.line("git worktree list | wc -l") == "1");
    CHECK(scratch.state_of_user() == before);
  }
  SECTION("a directory with something in it is refused") {
    CHECK_THROWS_AS(open(scratch).check_out(commit, place), clew::Error);
    CHECK(listing(place) == expected);
  }
  SECTION("an unknown commit writes nothing") {
    const fs::path other = scratch.top() / "other";
    CHECK_THROWS_AS(open(scratch).check_out(std::string(40, '1'), other), clew::Error);
    CHECK_FALSE(fs::exists(other));
  }
}

TEST_CASE("line endings are checked out as git's attributes say") {
  const Scratch scratch;
  scratch.init();
  scratch.write(".gitattributes", "*.bat text eol=crlf\n");
  scratch.write("x.bat", "one\r\ntwo\r\n");
  const std::string commit = scratch.take().code.commit;
  const fs::path place = scratch.top() / "again";
  open(scratch).check_out(commit, place);
  CHECK(listing(place) == listing(scratch.tree()));
}

TEST_CASE("outside git a checkout is a plain directory") {
  const Scratch scratch;
  scratch.write("train.py", "print(1)\n");
  const std::string commit = scratch.take().code.commit;
  const fs::path place = scratch.top() / "again";
  open(scratch).check_out(commit, place);
  CHECK(listing(place) == listing(scratch.tree()));
  CHECK_FALSE(fs::exists(place / ".git"));
  Repository::discard(place);
  CHECK_FALSE(fs::exists(place));
}

TEST_CASE("a damaged object of a snapshot is named") {
  const Scratch scratch;
  scratch.init();
  scratch.write("dir/new", "new\n");
  const std::string commit = scratch.take().code.commit;
  CHECK(open(scratch).damaged(commit).empty());
  CHECK(open(scratch).tree(commit) == scratch.line("git rev-parse " + commit + "^{tree}"));
  const std::string blob = scratch.line("git rev-parse " + commit + ":dir/new");
  fs::remove(scratch.tree() / ".git/objects" / blob.substr(0, 2) / blob.substr(2));
  const auto damaged = open(scratch).damaged(commit);
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0] == "file 'dir/new' (" + blob + ")");
  CHECK(open(scratch).damaged(std::string(40, '2')).size() == 1);
}
