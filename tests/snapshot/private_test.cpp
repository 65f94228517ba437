#include <catch2/catch.hpp>

#include "scratch.h"

using clew::snapshot::Repository;
using clew::snapshot::Result;
using Lines = std::vector<std::string>;

namespace {
std::string private_git(const Scratch& scratch, const std::string& command) {
  return shell_in(scratch.top(), scratch.home(), "git --git-dir=store/code.git " + command);
}
}  // namespace

TEST_CASE("outside git the private repository takes the snapshot") {
  const Scratch scratch;
  scratch.write("train.py", "print()\n");
  scratch.write("dir/x", "x");
  scratch.write(".gitignore", "*.log\n");
  scratch.write("a.log", "log");
  scratch.write(".env", "KEY=1");
  scratch.write(".clew/db/x", "store");
  auto request = scratch.request();
  request.store = scratch.tree() / ".clew";
  request.private_repository = scratch.top() / "store/code.git";
  const Result result = clew::snapshot::take(request);
  CHECK(result.code.base.empty());
  CHECK(result.code.branch.empty());
  CHECK(result.code.remote.empty());
  CHECK(result.code.dirty);
  CHECK(result.code.root == scratch.tree().string());
  CHECK(unstored(result.code) == Lines{"secret .env"});
  CHECK(private_git(scratch, "ls-tree -r --name-only " + result.code.commit) ==
        ".gitignore\ndir/x\ntrain.py\n");
  CHECK(private_git(scratch, "for-each-ref --format='%(refname)'") ==
        "refs/clew/snapshots/" + result.code.commit + "\n");
  CHECK_FALSE(fs::exists(scratch.tree() / ".git"));
  CHECK(clew::snapshot::take(request).code.commit == result.code.commit);
  scratch.write("train.py", "print(2)\n");
  CHECK(clew::snapshot::take(request).code.commit != result.code.commit);
}

TEST_CASE("a private repository inside the directory is no part of it") {
  const Scratch scratch;
  scratch.write("train.py", "print()\n");
  auto request = scratch.request();
  request.store = scratch.tree() / ".clew";
  request.private_repository = scratch.tree() / ".clew/code.git";
  const Result result = clew::snapshot::take(request);
  CHECK(clew::snapshot::take(request).code.commit == result.code.commit);
  const auto repository = Repository::open(scratch.tree(), request.private_repository, {});
  REQUIRE(repository);
  CHECK(repository->files(result.code.commit) == Lines{"train.py"});
}

TEST_CASE("one private repository serves several directories") {
  const Scratch scratch;
  scratch.write("one/f", "1");
  scratch.write("two/f", "2");
  auto request = scratch.request();
  for (int time = 0; time < 2; ++time) {
    for (const auto& [name, content] : {std::pair("one", "1"), std::pair("two", "2")}) {
      request.directory = scratch.tree() / name;
      const std::string commit = clew::snapshot::take(request).code.commit;
      CHECK(private_git(scratch, "cat-file blob " + commit + ":f") == content);
    }
  }
}

TEST_CASE("an empty directory outside git") {
  const Scratch scratch;
  const Result result = scratch.take();
  CHECK(result.code.tree == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  CHECK(result.code.complete);
}

TEST_CASE("repositories below a directory outside git are named") {
  const Scratch scratch;
  scratch.write("f", "1");
  scratch.write("project/g", "1");
  scratch.shell("git init -q project");
  const Result result = scratch.take();
  CHECK_FALSE(result.code.complete);
  CHECK(any_contains(result.warnings, "'project/'"));
}

TEST_CASE("the bounds hold outside git, too") {
  const Scratch scratch;
  for (int i = 0; i < 10; ++i)
    scratch.write(clew::concat("heap/", i), "12345");
  scratch.write("train.py", "print()\n");
  auto request = scratch.request();
  request.bounds.untracked_files = 5;
  const Result result = clew::snapshot::take(request);
  CHECK(result.code.unstored.size() == 10);
  CHECK(private_git(scratch, "ls-tree -r --name-only " + result.code.commit) == "train.py\n");
}

TEST_CASE("snapshots from before `git init` are still found") {
  const Scratch scratch;
  scratch.write("train.py", "print()\n");
  CHECK_FALSE(Repository::open(scratch.tree(), scratch.private_repository(), {}));
  const std::string old_commit = scratch.take().code.commit;
  scratch.shell("git init -q . && git add . && git commit -q -m first");
  const std::string new_commit = scratch.take().code.commit;
  const auto repository =
      Repository::open(scratch.tree(), scratch.private_repository(), scratch.home());
  REQUIRE(repository);
  CHECK(repository->has(old_commit));
  CHECK(repository->has(new_commit));
  CHECK(repository->compare(old_commit, new_commit, clew::snapshot::WithPatch::no).files.empty());
}
