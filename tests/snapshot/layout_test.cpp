#include <catch2/catch.hpp>

#include "base/error.h"
#include "scratch.h"

using clew::snapshot::Result;

// There where LeakSanitizer is linked.
extern "C" __attribute__((weak)) void __lsan_disable();
extern "C" __attribute__((weak)) void __lsan_enable();

namespace {

/// libgit2 1.5 leaks when it looks at the extensions of a repository or refuses one. While this
/// lives, LeakSanitizer does not look.
struct LeaksOfLibgit2 {
  LeaksOfLibgit2() {
    if (__lsan_disable != nullptr) __lsan_disable();
  }
  ~LeaksOfLibgit2() {
    if (__lsan_enable != nullptr) __lsan_enable();
  }
};

}  // namespace

TEST_CASE("a linked worktree has its own snapshot in the common repository") {
  const Scratch scratch;
  scratch.init();
  scratch.shell("git worktree add -q ../linked -b side");
  std::ofstream(scratch.top() / "linked/new") << "new\n";
  auto request = scratch.request();
  request.directory = scratch.top() / "linked";
  const Result result = clew::snapshot::take(request);
  CHECK(result.code.branch == "side");
  CHECK(result.code.root == (scratch.top() / "linked").string());
  CHECK(scratch.content(result.code.commit, "new") == "new\n");
  CHECK(scratch.line("git for-each-ref --format='%(objectname)' refs/clew") == result.code.commit);
  CHECK(fs::exists(scratch.tree() / ".git/worktrees/linked/clew-snapshot-cache"));
  // The worktree itself lies beside the tree; nothing of it is in the main tree's snapshot.
  CHECK_FALSE(scratch.take().code.dirty);
  scratch.shell("git worktree remove --force ../linked");
  CHECK(scratch.content(result.code.commit, "new") == "new\n");
}

TEST_CASE("files that a sparse checkout leaves out are not deleted ones") {
  const Scratch scratch;
  scratch.init();
  scratch.write("left/out.txt", "out\n");
  scratch.shell("git add . && git commit -q -m more");
  const auto check = [&] {
    const std::string before = scratch.state_of_user();
    CHECK_FALSE(scratch.take().code.dirty);
    CHECK(scratch.state_of_user() == before);
    scratch.write("a.txt", "changed\n");
    const std::string commit = scratch.take().code.commit;
    CHECK(scratch.listing(commit) ==
          "100644 a.txt\n100644 dir/b.txt\n100644 left/out.txt\n100755 run.sh\n");
    scratch.write("a.txt", "alpha\n");
  };
  CHECK_FALSE(scratch.take().code.dirty);
  SECTION("by patterns") {
    scratch.shell("git sparse-checkout set --no-cone '/*' '!/left/'");
    check();
  }
  SECTION("by cones") {
    scratch.shell("git sparse-checkout set dir");
    check();
  }
  SECTION("with a sparse index, which libgit2 cannot read") {
    scratch.shell("git sparse-checkout set --sparse-index dir");
    check();
  }
}

TEST_CASE("indexes of every format") {
  const Scratch scratch;
  scratch.init();
  scratch.write("staged", "staged\n");
  scratch.shell("git add staged");
  SECTION("version 4") {
    scratch.shell("git update-index --index-version 4");
  }
  SECTION("split") {
    scratch.shell("git update-index --split-index");
  }
  SECTION("with an untracked cache") {
    scratch.shell("git update-index --untracked-cache");
  }
  SECTION("damaged") {
    scratch.write(".git/index", "DIRC and no more");
  }
  SECTION("lost") {
    fs::remove(scratch.tree() / ".git/index");
  }
  scratch.write("a.txt", "changed\n");
  fs::remove(scratch.tree() / "dir/b.txt");
  for (int time = 0; time < 2; ++time) {
    const std::string commit = scratch.take().code.commit;
    CHECK(scratch.listing(commit) == "100644 a.txt\n100755 run.sh\n100644 staged\n");
    CHECK(scratch.content(commit, "a.txt") == "changed\n");
  }
}

TEST_CASE("a lock that git holds on the index is not ours to wait for") {
  const Scratch scratch;
  scratch.init();
  scratch.write("a.txt", "changed\n");
  scratch.write(".git/index.lock", "");
  CHECK(scratch.take().code.dirty);
  CHECK(fs::exists(scratch.tree() / ".git/index.lock"));
}

TEST_CASE("nested repositories are named, and not in the snapshot") {
  const Scratch scratch;
  scratch.init();
  scratch.write("nested/x", "x");
  scratch.write("deep/er/y", "y");
  scratch.write("hollow/.git/keep", "not a repository");
  scratch.write("hollow/z", "z");
  scratch.shell(
      "git init -q nested && git init -q deep/er && cd deep/er && git add . && git commit -q -m y");
  const std::string before = scratch.state_of_user();
  const Result result = scratch.take();
  CHECK(scratch.state_of_user() == before);
  CHECK_FALSE(result.code.complete);
  CHECK(result.warnings.size() == 2);
  CHECK(any_contains(result.warnings, "'nested/'"));
  CHECK(any_contains(result.warnings, "'deep/er/'"));
  CHECK(scratch.listing(result.code.commit) ==
        "100644 a.txt\n100644 dir/b.txt\n100644 hollow/z\n100755 run.sh\n");
}

TEST_CASE("submodules stay at the recorded commit, and differences are named") {
  const Scratch scratch;
  scratch.init();
  scratch.shell(
      "git init -q ../library && cd ../library && echo 1 > f && git add . && git commit -q -m f");
  scratch.shell(
      "git -c protocol.file.allow=always submodule --quiet add ../library sub && git commit -q -m "
      "sub");
  const std::string recorded = scratch.line("git rev-parse HEAD:sub");
  CHECK_FALSE(scratch.take().code.dirty);
  CHECK(scratch.take().code.complete);
  const auto named = [&](std::string_view what) {
    const std::string before = scratch.state_of_user();
    const Result result = scratch.take();
    CHECK(scratch.state_of_user() == before);
    CHECK_FALSE(result.code.complete);
    CHECK(scratch.line("git rev-parse " + result.code.commit + ":sub") == recorded);
    REQUIRE(result.warnings.size() == 1);
    CHECK_THAT(result.warnings[0], Catch::Contains("'sub'") && Catch::Contains(std::string(what)));
  };
  SECTION("an untracked file") {
    scratch.write("sub/new", "new");
    named("changes of its own");
  }
  SECTION("a changed file") {
    scratch.write("sub/f", "2\n");
    named("changes of its own");
  }
  SECTION("another commit") {
    scratch.shell("cd sub && git commit -q --allow-empty -m empty");
    named("another commit");
  }
  SECTION("not checked out is no difference") {
    scratch.shell("git submodule --quiet deinit -f sub");
    CHECK(scratch.take().code.complete);
  }
}

TEST_CASE("repositories that libgit2 cannot read are refused with a reason") {
  const LeaksOfLibgit2 ignored;
  const Scratch scratch;
  SECTION("SHA-256") {
    scratch.shell("git init -q --object-format=sha256 .");
    REQUIRE_THROWS_AS(scratch.take(), clew::Error);
    try {
      static_cast<void>(scratch.take());
    } catch (const clew::Error& error) {
      CHECK(error.kind() == clew::ErrorKind::failed);
      CHECK_THAT(error.message(), Catch::Contains("SHA-256"));
    }
  }
  SECTION("a configuration that makes no sense") {
    scratch.init();
    scratch.write(".git/config", "[core\n");
    CHECK_THROWS_AS(scratch.take(), clew::Error);
  }
  SECTION("inside a bare repository") {
    scratch.shell("git init -q --bare .");
    CHECK_THROWS_AS(scratch.take(), clew::Error);
  }
  SECTION("a damaged HEAD commit") {
    scratch.init();
    const std::string head = scratch.line("git rev-parse HEAD");
    fs::remove(scratch.tree() / ".git/objects" / head.substr(0, 2) / head.substr(2));
    CHECK_THROWS_AS(scratch.take(), clew::Error);
  }
}

TEST_CASE("extensions that change nothing for a snapshot are accepted") {
  const LeaksOfLibgit2 ignored;
  const Scratch scratch;
  scratch.init();
  scratch.shell(
      "git config core.repositoryFormatVersion 1 && git config extensions.worktreeConfig true && "
      "git config extensions.preciousObjects true && git config extensions.partialClone origin");
  scratch.write("a.txt", "changed\n");
  CHECK(scratch.take().code.dirty);
}

TEST_CASE("another user's repository is refused until it is trusted") {
  const LeaksOfLibgit2 ignored;
  if (geteuid() != 0) return;  // only root can give files away
  const Scratch scratch;
  scratch.init();
  scratch.shell("chown -R 12345:12345 .");
  try {
    static_cast<void>(scratch.take());
    FAIL("it was accepted");
  } catch (const clew::Error& error) {
    CHECK_THAT(error.message(), Catch::Contains("another user"));
    REQUIRE(error.hints().size() == 1);
    CHECK_THAT(error.hints()[0], Catch::Contains("safe.directory"));
  }
  std::ofstream(scratch.home() / ".gitconfig")
      << "[safe]\n\tdirectory = " << scratch.tree().string() << "\n";
  CHECK_FALSE(scratch.take().code.dirty);
}

TEST_CASE("without a home, or with one that cannot be read") {
  const Scratch scratch;
  scratch.init();
  auto request = scratch.request();
  request.home.clear();
  CHECK_FALSE(clew::snapshot::take(request).code.dirty);
  request.home = scratch.tree() / "a.txt";  // no directory
  CHECK_FALSE(clew::snapshot::take(request).code.dirty);
}
