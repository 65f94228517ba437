#include "store/layout.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "store/support.h"

namespace clew::store {
namespace {

/// A directory that git would take for a repository.
void make_git_directory(const fs::path& path) {
  fs::create_directories(path / "objects");
  fs::create_directories(path / "refs");
  replace_file(path / "HEAD", "ref: refs/heads/main\n");
}

void check_location(const Location& location, const fs::path& root, bool in_git) {
  CHECK(location.layout.root == root);
  CHECK(location.in_git == in_git);
  CHECK(location.exists == fs::exists(root / "format"));
}

}  // namespace

TEST_CASE("the store of a repository lies in its git directory, from any directory inside") {
  const TemporaryDirectory directory;
  const fs::path top = directory.path() / "project";
  make_git_directory(top / ".git");
  fs::create_directories(top / "a/b/.git");  // empty, so git passes it by as well
  check_location(locate(top, {}), top / ".git/clew", true);
  check_location(locate(top / "a/b", {}), top / ".git/clew", true);
  check_location(locate(top / "a/b/", {}), top / ".git/clew", true);
  check_location(locate(top / ".git/refs", {}), top / ".git/clew", true);
  create(locate(top, {}).layout);
  CHECK(locate(top / "a", {}).exists);
}

TEST_CASE("a work tree, a submodule and a bare repository have the store where git has theirs") {
  const TemporaryDirectory directory;
  const fs::path& base = directory.path();
  make_git_directory(base / "main/.git");

  const fs::path private_part = base / "main/.git/worktrees/other";
  fs::create_directories(private_part);
  replace_file(private_part / "HEAD", "ref: refs/heads/other\n");
  replace_file(private_part / "commondir", "../..\n");
  fs::create_directories(base / "other/deep");
  replace_file(base / "other/.git", "gitdir: " + private_part.string() + "\n");
  check_location(locate(base / "other/deep", {}), base / "main/.git/clew", true);

  make_git_directory(base / "main/.git/modules/sub");
  fs::create_directories(base / "main/sub");
  replace_file(base / "main/sub/.git", "gitdir: ../.git/modules/sub\n");
  check_location(locate(base / "main/sub", {}), base / "main/.git/modules/sub/clew", true);

  make_git_directory(base / "bare.git");
  check_location(locate(base / "bare.git", {}), base / "bare.git/clew", true);

  // HEAD as a symbolic link to a branch without a commit.
  make_git_directory(base / "old/.git");
  fs::remove(base / "old/.git/HEAD");
  fs::create_symlink("refs/heads/none", base / "old/.git/HEAD");
  check_location(locate(base / "old", {}), base / "old/.git/clew", true);

  fs::create_directory_symlink(base / "main", base / "link");
  check_location(locate(base / "link", {}), base / "main/.git/clew", true);
}

TEST_CASE("a .git file that leads nowhere is an error, not another store") {
  const TemporaryDirectory directory;
  const fs::path& base = directory.path();
  for (const char* text : {"", "gitdir:\n", "gitdir: /nowhere/.git\n", "hello\n"}) {
    replace_file(base / ".git", text);
    CHECK(kind_of_error([&] { return locate(base, {}); }) == ErrorKind::failed);
  }
}

TEST_CASE("the environment may name the repository or the store") {
  const TemporaryDirectory directory;
  const fs::path& base = directory.path();
  make_git_directory(base / "here/.git");
  make_git_directory(base / "there/.git");
  make_git_directory(base / "common");
  const fs::path here = base / "here";
  const EnvironmentMap git{{"GIT_DIR", "../there/.git"}};
  check_location(locate(here, git), base / "there/.git/clew", true);
  const EnvironmentMap common{{"GIT_DIR", ".git"}, {"GIT_COMMON_DIR", (base / "common").string()}};
  check_location(locate(here, common), base / "common/clew", true);
  check_location(locate(here, {{"GIT_DIR", ""}, {"CLEW_DIR", ""}}), here / ".git/clew", true);
  const EnvironmentMap clew{{"CLEW_DIR", "../runs"}, {"GIT_DIR", "../there/.git"}};
  check_location(locate(here, clew), base / "runs", false);
  CHECK(kind_of_error([&] {
          return locate(here, {{"GIT_DIR", "/nowhere"}});
        }) == ErrorKind::failed);
}

TEST_CASE("outside git the nearest store upward is taken, and else one would be made here") {
  const TemporaryDirectory directory;
  const fs::path deep = directory.path() / "a/b";
  fs::create_directories(deep);
  check_location(locate(deep, {}), deep / ".clew", false);
  create(Layout{directory.path() / ".clew"});
  check_location(locate(deep, {}), directory.path() / ".clew", false);
  fs::create_directories(directory.path() / "a/.clew");  // not a store
  check_location(locate(deep, {}), directory.path() / ".clew", false);
}

TEST_CASE("creating a store is complete, private where it must be, and can be repeated") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "deep/clew"};
  CHECK(kind_of_error([&] { check_format(layout, false); }) == ErrorKind::no_store);
  create(layout);
  check_format(layout, true);
  CHECK(read_file(layout.format()) == "1\n");
  CHECK(read_file(layout.config()).value().starts_with("#"));
  for (const fs::path& part :
       {layout.live(), layout.root / "output", layout.objects(), layout.hooks()}) {
    CHECK(fs::is_directory(part));
  }
  CHECK((fs::status(layout.live()).permissions() & fs::perms::all) == fs::perms::owner_all);

  replace_file(layout.config(), "log: {}\n");
  replace_file(layout.format(), "7\n");
  fs::remove_all(layout.hooks());
  create(layout);
  CHECK(read_file(layout.config()) == "log: {}\n");
  CHECK(read_file(layout.format()) == "7\n");
  CHECK(fs::is_directory(layout.hooks()));
}

TEST_CASE("a store can be created by many at once") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const auto failure = kind_of_error([&] {
        create(layout);
        check_format(layout, true);
      });
      _exit(failure ? 1 : 0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(std::distance(fs::directory_iterator(layout.root), fs::directory_iterator()) == 6);
}

TEST_CASE("a format that is newer, unreadable or lost is told apart") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  replace_file(layout.format(), "2\n");
  check_format(layout, false);
  CHECK(kind_of_error([&] { check_format(layout, true); }) == ErrorKind::failed);
  for (const char* text : {"", "x\n", "0\n", "-1\n", "1 2\n"}) {
    replace_file(layout.format(), text);
    CHECK(kind_of_error([&] { check_format(layout, false); }) == ErrorKind::damaged);
  }
  fs::remove(layout.format());
  CHECK(kind_of_error([&] { check_format(layout, false); }) == ErrorKind::no_store);
  fs::create_directory(layout.database());
  CHECK(kind_of_error([&] { check_format(layout, false); }) == ErrorKind::damaged);
}

}  // namespace clew::store
