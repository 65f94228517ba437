#include <catch2/catch.hpp>

#include "base/hash.h"
#include "scratch.h"

using clew::snapshot::Result;
using Lines = std::vector<std::string>;

TEST_CASE("ignored files stay out, by rules of git and of clew") {
  const Scratch scratch;
  scratch.init();
  fs::create_directories(scratch.home() / ".config/git");
  std::ofstream(scratch.home() / ".config/git/ignore") << "*.user\n";
  scratch.write(".gitignore", "*.log\n!keep.log\n");
  scratch.write(".clewignore", "/data/\n*.ckpt\n!debug.log\n");
  scratch.write("dir/.clewignore", "local\n");
  scratch.shell("echo '*.excluded' > .git/info/exclude");
  scratch.write("tracked.ckpt", "tracked all the same\n");
  scratch.shell("git add -f tracked.ckpt && git commit -q -m ckpt");
  for (const char* name : {"x.log", "keep.log", "debug.log", "data/d", "model.ckpt", "dir/local",
                           "local", "x.user", "x.excluded", "dir/data/d"}) {
    scratch.write(name, name);
  }
  CHECK(scratch.listing(scratch.take().code.commit) ==
        "100644 .clewignore\n100644 .gitignore\n100644 a.txt\n100644 debug.log\n"
        "100644 dir/.clewignore\n100644 dir/b.txt\n100644 dir/data/d\n100644 keep.log\n"
        "100644 local\n100755 run.sh\n100644 tracked.ckpt\n");
  std::ofstream(scratch.home() / ".gitconfig") << "[core]\n\texcludesFile = ~/own-ignore\n";
  std::ofstream(scratch.home() / "own-ignore") << "keep.log\nlocal\nmore\n";
  scratch.write("more", "more");
  scratch.write("x.user", "now wanted");
  const std::string listing = scratch.listing(scratch.take().code.commit);
  CHECK_THAT(listing, !Catch::Contains(" local\n") && !Catch::Contains(" more\n") &&
                          Catch::Contains(" x.user\n") && Catch::Contains(" keep.log\n"));
}

TEST_CASE("a file over the bound is named, tracked or not") {
  const Scratch scratch;
  scratch.init();
  scratch.write("tracked.bin", std::string(2000, 'x'));
  scratch.write("same.bin", std::string(3000, 'x'));
  scratch.shell("git add . && git commit -q -m large && touch same.bin");
  auto request = scratch.request();
  request.bounds.file_bytes = 1000;
  CHECK(clew::snapshot::take(request).code.complete);

  const std::string content(2001, 'y');
  scratch.write("tracked.bin", content);
  scratch.write("out/new.bin", std::string(1001, 'z'));
  scratch.write("exact.bin", std::string(1000, 'z'));
  Result result = clew::snapshot::take(request);
  CHECK(scratch.listing(result.code.commit) ==
        "100644 a.txt\n100644 dir/b.txt\n100644 exact.bin\n100755 run.sh\n100644 same.bin\n");
  CHECK_FALSE(result.code.complete);
  CHECK(unstored(result.code) == Lines{"large out/new.bin", "large tracked.bin"});
  REQUIRE(result.warnings.size() == 1);
  CHECK_THAT(result.warnings[0], Catch::Contains("2 files") && Catch::Contains("'.'"));

  SECTION("of the same size it is read once") {
    scratch.shell("git checkout -q tracked.bin");
    scratch.write("tracked.bin", std::string(2000, 'y'));
    CHECK(unstored(clew::snapshot::take(request).code) ==
          Lines{"large out/new.bin", "large tracked.bin"});
    request.bounds.file_bytes = 5000;
    const Result all = clew::snapshot::take(request);
    CHECK(all.code.complete);
    CHECK(scratch.content(all.code.commit, "tracked.bin") == std::string(2000, 'y'));
  }
  SECTION("and hashed afterwards") {
    clew::model::Code& code = result.code;
    clew::snapshot::hash_unstored(code, 1500, [] { return false; });
    CHECK(code.unstored[0].sha256 == clew::to_hex(clew::sha256(std::string(1001, 'z'))));
    CHECK(code.unstored[1].sha256.empty());
    CHECK(code.unstored[1].size == 2001);
    clew::snapshot::hash_unstored(code, 2001, [] { return true; });
    CHECK(code.unstored[1].sha256.empty());
    clew::snapshot::hash_unstored(code, 2001, [] { return false; });
    CHECK(code.unstored[1].sha256 == clew::to_hex(clew::sha256(content)));
  }
  SECTION("unless it changed in between, or went away") {
    scratch.shell("touch -d '2020-01-01' tracked.bin && rm out/new.bin");
    clew::snapshot::hash_unstored(result.code, UINT64_MAX, [] { return false; });
    CHECK(result.code.unstored[0].sha256.empty());
    CHECK(result.code.unstored[1].sha256.empty());
  }
}

TEST_CASE("likely secrets are named when untracked") {
  const Scratch scratch;
  scratch.init();
  scratch.write("tracked.pem", "tracked by the user's own decision\n");
  scratch.shell("git add . && git commit -q -m pem");
  for (const char* name :
       {".env", ".env.local", ".env.example", "sub/server.key", "id_rsa", "id_rsa.pub",
        "credentials-prod.json", ".netrc", ".npmrc", ".pypirc", "x.p12", "environment.py"}) {
    scratch.write(name, name);
  }
  const Result result = scratch.take();
  CHECK(scratch.listing(result.code.commit) ==
        "100644 .env.example\n100644 a.txt\n100644 dir/b.txt\n100644 environment.py\n"
        "100644 id_rsa.pub\n100755 run.sh\n100644 tracked.pem\n");
  CHECK(unstored(result.code) == Lines{"secret .env", "secret .env.local", "secret .netrc",
                                       "secret .npmrc", "secret .pypirc",
                                       "secret credentials-prod.json", "secret id_rsa",
                                       "secret sub/server.key", "secret x.p12"});
  CHECK_FALSE(result.code.complete);
  // Nothing of them is in the object database.
  CHECK(scratch.line("git hash-object .env | git cat-file --batch-check | grep -c missing") == "1");
}

TEST_CASE("files under an encrypting filter are secrets") {
  const Scratch scratch;
  scratch.init();
  scratch.write(".gitattributes", "*.secret filter=git-crypt\n");
  scratch.write("a.secret", "encrypted");
  scratch.shell("git add . && git commit -q -m crypt");
  scratch.write("a.secret", "plain text");
  scratch.write("b.secret", "plain text of another");
  const Result result = scratch.take();
  CHECK(unstored(result.code) == Lines{"secret a.secret", "secret b.secret"});
}

TEST_CASE("files of git-lfs") {
  const Scratch scratch;
  scratch.init();
  const std::string content(5000, 'L');
  const std::string pointer =
      clew::concat("version https://git-lfs.github.com/spec/v1\noid sha256:",
                   clew::to_hex(clew::sha256(content)), "\nsize 5000\n");
  scratch.write(".gitattributes", "*.bin filter=lfs -text\n");
  scratch.write("model.bin", pointer);
  scratch.shell("git add . && git commit -q -m lfs");
  // As git-lfs leaves it: the pointer in the index, the content in the work tree.
  scratch.write("model.bin", content);
  Result result = scratch.take();
  CHECK_FALSE(result.code.dirty);
  CHECK(result.code.complete);
  scratch.write("model.bin", std::string(5000, 'M'));
  result = scratch.take();
  CHECK(scratch.content(result.code.commit, "model.bin") == std::string(5000, 'M'));
  auto request = scratch.request();
  request.bounds.file_bytes = 4000;
  CHECK(unstored(clew::snapshot::take(request).code) == Lines{"large model.bin"});
}

TEST_CASE("untracked content over the bounds") {
  const Scratch scratch;
  scratch.init();
  for (int i = 0; i < 30; ++i)
    scratch.write(clew::concat("heap/x/", i), "12345");
  for (int i = 0; i < 4; ++i)
    scratch.write(clew::concat("src/", i, ".py"), "1234567890");
  scratch.write("new.py", "1");
  auto request = scratch.request();
  const auto check_heap_is_out = [&] {
    const Result result = clew::snapshot::take(request);
    CHECK(scratch.listing(result.code.commit) ==
          "100644 a.txt\n100644 dir/b.txt\n100644 new.py\n100755 run.sh\n100644 src/0.py\n"
          "100644 src/1.py\n100644 src/2.py\n100644 src/3.py\n");
    CHECK_FALSE(result.code.complete);
    REQUIRE(result.code.unstored.size() == 30);
    CHECK(result.code.unstored[0].reason == "bounds");
    CHECK(result.code.unstored[0].path == "heap/x/0");
    CHECK(result.code.unstored[0].size == 5);
    CHECK(result.code.unstored[0].mtime_ns > 0);
    REQUIRE(result.warnings.size() == 1);
    CHECK_THAT(result.warnings[0], Catch::Contains("30 files") && Catch::Contains("'heap/x'"));
  };
  SECTION("nothing is left out within them") {
    request.bounds.untracked_files = 35;
    request.bounds.untracked_bytes = 191;
    CHECK(clew::snapshot::take(request).code.complete);
  }
  SECTION("by number the heaviest directory is") {
    request.bounds.untracked_files = 34;
    check_heap_is_out();
  }
  SECTION("by size the heaviest directory is") {
    request.bounds.untracked_bytes = 190;
    check_heap_is_out();
  }
  SECTION("without any time nothing untracked is stored") {
    request.bounds.untracked_microseconds = 0;
    const Result result = clew::snapshot::take(request);
    CHECK_FALSE(result.code.complete);
    CHECK_FALSE(result.code.dirty);
    REQUIRE(result.warnings.size() == 1);
    CHECK_THAT(result.warnings[0], Catch::Contains("not looked at"));
  }
  SECTION("of zero nothing untracked is stored") {
    request.bounds.untracked_files = 0;
    CHECK_FALSE(clew::snapshot::take(request).code.dirty);
  }
}

TEST_CASE("the store is never part of a snapshot") {
  const Scratch scratch;
  scratch.init();
  scratch.write("runs/store/db/x", "x");
  scratch.write("runs/mine", "x");
  auto request = scratch.request();
  request.store = scratch.tree() / "runs/store";
  CHECK(scratch.listing(clew::snapshot::take(request).code.commit) ==
        "100644 a.txt\n100644 dir/b.txt\n100755 run.sh\n100644 runs/mine\n");
}
