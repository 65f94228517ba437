#include <catch2/catch.hpp>

#include "scratch.h"
#include "snapshot/ignore.h"
#include "snapshot/secrets.h"
#include "snapshot/stat_cache.h"

using clew::snapshot::FileStat;
using clew::snapshot::IgnoreRules;
using clew::snapshot::ObjectId;
using clew::snapshot::StatCache;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

FileStat stat_of(std::uint64_t size, std::int64_t time_ns) {
  return {.mode = 0100644, .size = size, .mtime_ns = time_ns, .ctime_ns = time_ns, .inode = 7};
}

}  // namespace

TEST_CASE("ignore rules agree with git") {
  const Scratch scratch;
  scratch.shell("git init -q .");
  const std::string rules =
      "\xef\xbb\xbf# comment\n\n*.o\n!important.o\n/top\nmid/dle\nonly-dir/\n**/any/file\n"
      "deep/**/end\nall/**\n\\#hash\n\\!bang\ntrailing   \nkept\\ \nclass[0-9]\nnot[!a]x\n"
      "crlf\r\nque?tion\nstar*end\na**b\n*/one\n!*/one/\nesc\\*aped\n/*.rooted\n!\n/\n"
      "[[:digit:]]posix\nwild/*/card\n!wild/x/card\nlast/";
  scratch.write(".gitignore", rules);
  const std::vector<std::string> paths = {
      "x.o",           "important.o",  "d/x.o",    "d/important.o", "top",          "d/top",
      "mid/dle",       "x/mid/dle",    "only-dir", "any/file",      "x/y/any/file", "deep/end",
      "deep/x/end",    "deep/x/y/end", "deep/x",   "all",           "all/x",        "all/x/y",
      "#hash",         "!bang",        "trailing", "trailing   ",   "kept ",        "kept",
      "class1",        "classx",       "notbx",    "notax",         "crlf",         "crlf\r",
      "question",      "que/tion",     "starxend", "star/end",      "axxb",         "a/b",
      "a/x/b",         "x/one",        "one",      "x/y/one",       "esc*aped",     "escxaped",
      "x.rooted",      "d/x.rooted",   "5posix",   "xposix",        "wild/a/card",  "wild/x/card",
      "wild/a/b/card", "last",         "# comment"};
  IgnoreRules ours("");
  ours.add(rules);
  for (const std::string& path : paths) {
    for (const auto kind : {IgnoreRules::Kind::file, IgnoreRules::Kind::directory}) {
      const bool directory = kind == IgnoreRules::Kind::directory;
      // Git also asks about the directories above, which the walk has done before it gets here.
      bool expected = false;
      const std::string question = path + (directory ? "/" : "");
      const std::string answer = scratch.line(
          "printf '%s\\0' " + clew::shell_quote(question) +
          " | git check-ignore --no-index -z -v -n --stdin | tr '\\0' '\\n' | sed -n 3p");
      bool above = false;
      for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
        above = above || ours.judge(path.substr(0, at), IgnoreRules::Kind::directory) ==
                             IgnoreRules::Verdict::ignored;
      }
      if (above) continue;
      expected = !answer.empty() && !answer.starts_with('!');
      INFO(question << " by rule '" << answer << "'");
      CHECK((ours.judge(path, kind) == IgnoreRules::Verdict::ignored) == expected);
    }
  }
}

TEST_CASE("ignore rules below the top are relative to their directory") {
  IgnoreRules rules("sub/dir/");
  rules.add("/here\nbelow/it\nanywhere\n");
  const auto ignored = [&](std::string_view path) {
    return rules.judge(path, IgnoreRules::Kind::file) == IgnoreRules::Verdict::ignored;
  };
  CHECK(ignored("sub/dir/here"));
  CHECK_FALSE(ignored("sub/dir/x/here"));
  CHECK(ignored("sub/dir/below/it"));
  CHECK(ignored("sub/dir/x/y/anywhere"));
}

TEST_CASE("names of likely secrets") {
  for (const char* path : {".env", "a/.env", ".env.production", "server.PEM", "id_ed25519",
                           "credentials.json", ".git-credentials", "kaggle.json"}) {
    CHECK(clew::snapshot::is_likely_secret(path));
  }
  for (const char* path : {"environment.py", ".env/file", "env", ".env.example", "id_rsa.pub",
                           "keys.py", "pem", "credentials.py", ".envrc.md"}) {
    CHECK_FALSE(clew::snapshot::is_likely_secret(path));
  }
}

TEST_CASE("the stat cache knows what it was told, once it is settled") {
  StatCache first(100 * kSecond);
  first.put("old", stat_of(5, 50 * kSecond + 1), ObjectId{1});
  first.put("recent", stat_of(5, 100 * kSecond - 1'000'000), ObjectId{2});
  first.put("coarse", stat_of(5, 99 * kSecond), ObjectId{3});
  first.put(std::string("n\n\xff", 3), stat_of(0, 1), ObjectId{4});
  CHECK(first.changed());

  StatCache second(200 * kSecond);
  second.decode(first.encode());
  CHECK(second.find("old", stat_of(5, 50 * kSecond + 1)) == ObjectId{1});
  CHECK(second.find(std::string("n\n\xff", 3), stat_of(0, 1)) == ObjectId{4});
  CHECK_FALSE(second.find("old", stat_of(6, 50 * kSecond + 1)));
  CHECK_FALSE(second.find("old", stat_of(5, 51 * kSecond)));
  CHECK_FALSE(second.find("recent", stat_of(5, 100 * kSecond - 1'000'000)));
  CHECK_FALSE(second.find("coarse", stat_of(5, 99 * kSecond)));
  CHECK_FALSE(second.find("unknown", stat_of(5, 1)));
  CHECK(second.changed());  // two are forgotten

  StatCache third(300 * kSecond);
  third.decode(second.encode());
  CHECK(third.find("old", stat_of(5, 50 * kSecond + 1)));
  CHECK(third.changed());
  CHECK(third.find(std::string("n\n\xff", 3), stat_of(0, 1)));
  CHECK_FALSE(third.changed());
}

TEST_CASE("a stat cache with any damage is empty") {
  StatCache cache(100 * kSecond);
  cache.put("file", stat_of(5, 1), ObjectId{1});
  cache.put("other", stat_of(5, 1), ObjectId{2});
  const std::string bytes = cache.encode();
  const auto knows = [](std::string_view damaged) {
    StatCache read(200 * kSecond);
    read.decode(damaged);
    return read.find("file", stat_of(5, 1)) || read.find("other", stat_of(5, 1));
  };
  CHECK(knows(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(knows(bytes.substr(0, size)));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    CHECK_FALSE(knows(flipped));
  }
}
