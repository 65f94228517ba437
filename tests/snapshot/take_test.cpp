#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "scratch.h"

using clew::snapshot::Result;
using Lines = std::vector<std::string>;

TEST_CASE("a clean tree is HEAD itself, without a ref") {
  const Scratch scratch;
  scratch.init();
  const std::string before = scratch.state_of_user();
  const Result result = scratch.take();
  CHECK(result.code.commit == scratch.line("git rev-parse HEAD"));
  CHECK(result.code.base == result.code.commit);
  CHECK(result.code.tree == scratch.line("git rev-parse 'HEAD^{tree}'"));
  CHECK(result.code.branch == "main");
  CHECK(result.code.root == scratch.tree().string());
  CHECK_FALSE(result.code.dirty);
  CHECK(result.code.complete);
  CHECK(result.code.unstored.empty());
  CHECK(result.warnings.empty());
  CHECK(scratch.line("git for-each-ref refs/clew").empty());
  CHECK(scratch.state_of_user() == before);
}

TEST_CASE("changes of every kind are in the snapshot, and the user's state is as it was") {
  const Scratch scratch;
  scratch.init();
  scratch.write("gone.txt", "gone\n");
  scratch.write("old-name.txt", "a file that moves\n");
  scratch.write("staged.txt", "first\n");
  scratch.write(".gitignore", "*.o\n/build/\n");
  scratch.shell("git add . && git commit -q -m second");
  scratch.shell("rm gone.txt && git mv old-name.txt new-name.txt && chmod -x run.sh");
  scratch.write("staged.txt", "second\n");
  scratch.shell("git add staged.txt");
  scratch.write("staged.txt", "third\n");
  scratch.write("untracked/deep/new.py", "print()\n");
  scratch.write("junk.o", "junk");
  scratch.write("build/x", "junk");
  scratch.shell("ln -s a.txt link; ln -s nowhere/at/all dangling; mkfifo pipe; mkdir empty");

  const std::string before = scratch.state_of_user();
  const Result result = scratch.take();
  CHECK(scratch.state_of_user() == before);

  CHECK(result.code.dirty);
  CHECK(result.code.complete);
  CHECK(result.warnings.empty());
  const std::string& commit = result.code.commit;
  CHECK(scratch.listing(commit) ==
        "100644 .gitignore\n100644 a.txt\n120000 dangling\n100644 dir/b.txt\n120000 link\n"
        "100644 new-name.txt\n100644 run.sh\n100644 staged.txt\n100644 untracked/deep/new.py\n");
  CHECK(scratch.content(commit, "staged.txt") == "third\n");
  CHECK(scratch.content(commit, "link") == "a.txt");
  CHECK(scratch.content(commit, "dangling") == "nowhere/at/all");
  CHECK(result.code.base == scratch.line("git rev-parse HEAD"));
  CHECK(scratch.line("git rev-parse " + commit + "^{tree}") == result.code.tree);
  CHECK(scratch.line("git for-each-ref --format='%(refname) %(objectname)' refs/clew") ==
        "refs/clew/snapshots/" + commit + " " + commit);
  CHECK(scratch.line("git fsck --strict 2>&1 | grep -v dangling || true").empty());
}

TEST_CASE("the commit depends on tree and parent alone") {
  const Scratch scratch;
  scratch.init();
  scratch.write("a.txt", "changed\n");
  const std::string first = scratch.take().code.commit;
  CHECK(scratch.shell("git cat-file commit " + first) ==
        "tree " + scratch.line("git rev-parse " + first + "^{tree}") + "\nparent " +
            scratch.line("git rev-parse HEAD") + "\nauthor clew <clew@localhost> " +
            scratch.line("git show -s --format=%ct HEAD") +
            " +0000\ncommitter clew <clew@localhost> " +
            scratch.line("git show -s --format=%ct HEAD") + " +0000\n\nclew snapshot\n");
  CHECK(scratch.take().code.commit == first);
  scratch.shell("git config user.name Other && git config user.email other@example.org");
  scratch.shell("touch a.txt");
  CHECK(scratch.take().code.commit == first);
  CHECK(scratch.line("git for-each-ref refs/clew | wc -l") == "1");
  scratch.write("a.txt", "alpha\n");
  CHECK_FALSE(scratch.take().code.dirty);
}

TEST_CASE("a file that changes without a new size is noticed, however soon") {
  const Scratch scratch;
  scratch.init();
  scratch.write("new.txt", "000\n");
  for (int i = 100; i < 140; ++i) {
    const std::string text = clew::concat(i, "\n");
    scratch.write("new.txt", text);
    scratch.write("a.txt", "al" + text);
    const std::string commit = scratch.take().code.commit;
    CHECK(scratch.content(commit, "new.txt") == text);
    CHECK(scratch.content(commit, "a.txt") == "al" + text);
  }
}

TEST_CASE("an old time stamp does not hide a change") {
  const Scratch scratch;
  scratch.init();
  scratch.shell("touch -d '2020-01-01' a.txt && git update-index --refresh");
  CHECK_FALSE(scratch.take().code.dirty);
  scratch.write("a.txt", "ALPHA\n");
  scratch.shell("touch -d '2020-01-01' a.txt");
  CHECK(scratch.content(scratch.take().code.commit, "a.txt") == "ALPHA\n");
}

TEST_CASE("assumed unchanged and skipped files that are there are looked at") {
  const Scratch scratch;
  scratch.init();
  scratch.shell(
      "git update-index --assume-unchanged a.txt && git update-index --skip-worktree dir/b.txt");
  scratch.write("a.txt", "what ran\n");
  scratch.write("dir/b.txt", "what ran, too\n");
  const std::string commit = scratch.take().code.commit;
  CHECK(scratch.content(commit, "a.txt") == "what ran\n");
  CHECK(scratch.content(commit, "dir/b.txt") == "what ran, too\n");
}

TEST_CASE("types change") {
  const Scratch scratch;
  scratch.init();
  scratch.write("other/c.txt", "c\n");
  scratch.shell("ln -s a.txt link && git add . && git commit -q -m types");
  SECTION("between file, link and directory") {
    scratch.shell("rm a.txt link && mkdir a.txt && echo x > a.txt/x && echo now a file > link");
    scratch.shell("rm -r dir && echo file > dir");
    CHECK(scratch.listing(scratch.take().code.commit) ==
          "100644 a.txt/x\n100644 dir\n100644 link\n100644 other/c.txt\n100755 run.sh\n");
  }
  SECTION("a directory becomes a link to one with the same files") {
    scratch.shell("mv other ../outside && ln -s ../outside other");
    CHECK(scratch.listing(scratch.take().code.commit) ==
          "100644 a.txt\n100644 dir/b.txt\n120000 link\n120000 other\n100755 run.sh\n");
  }
  SECTION("a file becomes a fifo") {
    scratch.shell("rm a.txt && mkfifo a.txt");
    CHECK(scratch.listing(scratch.take().code.commit) ==
          "100644 dir/b.txt\n120000 link\n100644 other/c.txt\n100755 run.sh\n");
  }
}

TEST_CASE("line endings are converted as git does") {
  const Scratch scratch;
  scratch.write(".gitattributes", "*.txt text eol=crlf\n*.bin -text\n");
  scratch.write("a.txt", "one\r\ntwo\r\n");
  scratch.write("b.bin", "one\r\n");
  scratch.shell("git init -q . && git add . 2>&1 && git commit -q -m crlf");
  scratch.shell("touch a.txt b.bin");
  CHECK_FALSE(scratch.take().code.dirty);
  scratch.write("a.txt", "one\r\nthree\r\n");
  scratch.write("new.txt", "new\r\n");
  const std::string commit = scratch.take().code.commit;
  CHECK(scratch.content(commit, "a.txt") == "one\nthree\n");
  CHECK(scratch.content(commit, "new.txt") == "new\n");
  CHECK(scratch.content(commit, "b.bin") == "one\r\n");
}

TEST_CASE("line endings that git refuses to convert are kept") {
  const Scratch scratch;
  scratch.init();
  scratch.shell("git config core.safecrlf true && git config core.autocrlf true");
  scratch.write("mixed.txt", "one\r\ntwo\n");
  const Result result = scratch.take();
  CHECK(result.code.complete);
  CHECK(scratch.content(result.code.commit, "mixed.txt").starts_with("one"));
}

TEST_CASE("file names of any bytes") {
  const Scratch scratch;
  scratch.init();
  const std::string names[] = {"with space", "new\nline",   "tab\t\"quote\"", "latin\xe9",
                               "-dash",      "back\\slash", "\xc3\xa9",       "dir/*?[x]"};
  for (const std::string& name : names)
    scratch.write(name, name);
  const Result result = scratch.take();
  CHECK(result.code.complete);
  for (const std::string& name : names)
    CHECK(scratch.content(result.code.commit, name) == name);
}

TEST_CASE("without a commit yet") {
  const Scratch scratch;
  scratch.shell("git init -q -b trunk .");
  SECTION("and with nothing at all") {
    const Result result = scratch.take();
    CHECK(result.code.base.empty());
    CHECK(result.code.branch == "trunk");
    CHECK(result.code.tree == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    CHECK(scratch.line("git rev-list --parents -n 1 " + result.code.commit) == result.code.commit);
  }
  SECTION("and with staged and untracked files") {
    scratch.write("staged", "1");
    scratch.shell("git add staged");
    scratch.write("new", "2");
    const std::string before = scratch.state_of_user();
    CHECK(scratch.listing(scratch.take().code.commit) == "100644 new\n100644 staged\n");
    CHECK(scratch.state_of_user() == before);
  }
}

TEST_CASE("a detached HEAD has no branch") {
  const Scratch scratch;
  scratch.init();
  scratch.shell("git checkout -q --detach");
  scratch.write("a.txt", "changed\n");
  const std::string before = scratch.state_of_user();
  const Result result = scratch.take();
  CHECK(result.code.branch.empty());
  CHECK(result.code.dirty);
  CHECK(scratch.state_of_user() == before);
}

TEST_CASE("from a subdirectory the snapshot is of the whole tree") {
  const Scratch scratch;
  scratch.init();
  scratch.write("new", "1");
  auto request = scratch.request();
  request.directory = scratch.tree() / "dir";
  const Result result = clew::snapshot::take(request);
  CHECK(result.code.root == scratch.tree().string());
  CHECK(result.code.commit == scratch.take().code.commit);
}

TEST_CASE("conflicts of a merge go in as they stand in the work tree") {
  const Scratch scratch;
  scratch.init();
  scratch.write("both.txt", "base\n");
  scratch.shell("git add . && git commit -q -m base && git checkout -q -b side");
  scratch.write("a.txt", "side\n");
  scratch.shell("git rm -q both.txt && git commit -q -a -m side && git checkout -q main");
  scratch.write("a.txt", "main\n");
  scratch.write("both.txt", "main\n");
  scratch.shell("git commit -q -a -m main && { git merge side >&2 || true; } 2>/dev/null");
  scratch.shell("rm both.txt");
  const std::string before = scratch.state_of_user();
  const Result result = scratch.take();
  CHECK(scratch.content(result.code.commit, "a.txt").find("<<<<<<<") != std::string::npos);
  CHECK(scratch.listing(result.code.commit) == "100644 a.txt\n100644 dir/b.txt\n100755 run.sh\n");
  CHECK(scratch.state_of_user() == before);
}

TEST_CASE("files intended to be added") {
  const Scratch scratch;
  scratch.init();
  scratch.write("full", "content\n");
  scratch.write("void", "");
  scratch.shell("git add -N full void");
  const Result result = scratch.take();
  CHECK(scratch.content(result.code.commit, "full") == "content\n");
  CHECK(scratch.content(result.code.commit, "void").empty());
}

TEST_CASE("the executable bit counts only where the file system keeps it") {
  const Scratch scratch;
  scratch.init();
  scratch.shell("git config core.fileMode false && chmod +x a.txt && chmod -x run.sh");
  CHECK_FALSE(scratch.take().code.dirty);
}

TEST_CASE("the remote is recorded without credentials") {
  const Scratch scratch;
  scratch.init();
  CHECK(scratch.take().code.remote.empty());
  const auto with_url = [&](const std::string& url) {
    scratch.shell("git remote remove upstream 2>/dev/null; git remote add upstream '" + url + "'");
    return scratch.take().code.remote;
  };
  CHECK(with_url("https://me:token@example.org/x.git") == "https://example.org/x.git");
  CHECK(with_url("https://token@example.org:8443/x@y") == "https://example.org:8443/x@y");
  CHECK(with_url("git@example.org:me/x.git") == "git@example.org:me/x.git");
  CHECK(with_url("me@example.org:x.git") == "example.org:x.git");
  CHECK(with_url("/some/where@here") == "/some/where@here");
  scratch.shell("git remote add other https://example.org/other");
  CHECK(scratch.take().code.remote.empty());
  scratch.shell("git remote add origin ssh://git@example.org/x");
  CHECK(scratch.take().code.remote == "ssh://git@example.org/x");
}

TEST_CASE("garbage collection keeps snapshots, and a lost one is made again") {
  const Scratch scratch;
  scratch.init();
  scratch.write("a.txt", "changed\n");
  scratch.write("deep/down/new", "new\n");
  scratch.shell("touch -d '2020-01-01' a.txt deep/down/new");
  // The second one finds both files in the cache.
  const std::string commit = scratch.take().code.commit;
  CHECK(scratch.take().code.commit == commit);
  scratch.shell("git gc -q --prune=now");
  CHECK(scratch.content(commit, "deep/down/new") == "new\n");
  scratch.shell("git update-ref -d refs/clew/snapshots/" + commit + " && git gc -q --prune=now");
  scratch.shell("! git cat-file -e " + commit + " 2>/dev/null");
  CHECK(scratch.take().code.commit == commit);
  CHECK(scratch.content(commit, "a.txt") == "changed\n");
  CHECK(scratch.content(commit, "deep/down/new") == "new\n");
  CHECK(scratch.line("git fsck --strict 2>&1 | grep -v dangling || true").empty());
}

TEST_CASE("a damaged cache costs nothing but time") {
  const Scratch scratch;
  scratch.init();
  scratch.write("a.txt", "changed\n");
  const std::string commit = scratch.take().code.commit;
  CHECK(fs::exists(scratch.tree() / ".git/clew-snapshot-cache"));
  for (const char* bytes : {"", "x", "clewstat\x01 and then nothing that makes sense"}) {
    scratch.write(".git/clew-snapshot-cache", bytes);
    CHECK(scratch.take().code.commit == commit);
  }
  fs::remove(scratch.tree() / ".git/clew-snapshot-cache");
  fs::create_directories(scratch.tree() / ".git/clew-snapshot-cache/in the way");
  CHECK(scratch.take().code.commit == commit);
}

TEST_CASE("snapshots of one tree in parallel processes are the same") {
  const Scratch scratch;
  scratch.init();
  for (int i = 0; i < 300; ++i)
    scratch.write(clew::concat("new/", i), clew::concat(i));
  scratch.write("a.txt", "changed\n");
  constexpr int kProcesses = 6;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      int status = 1;
      try {
        std::ofstream(scratch.top() / clew::concat("commit", i)) << scratch.take().code.commit;
        status = 0;
      } catch (const clew::Error& error) {
        std::ofstream(scratch.top() / clew::concat("commit", i)) << error.message();
      }
      _exit(status);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  const std::string commit = scratch.take().code.commit;
  for (int i = 0; i < kProcesses; ++i) {
    CHECK(clew::read_file(scratch.top() / clew::concat("commit", i)) == commit);
  }
  CHECK(scratch.line("git ls-tree -r " + commit + " | wc -l") == "303");
}
