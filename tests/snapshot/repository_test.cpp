#include <catch2/catch.hpp>

#include "base/error.h"
#include "scratch.h"

using clew::snapshot::CodeDifference;
using clew::snapshot::FileChange;
using clew::snapshot::Repository;
using clew::snapshot::WithPatch;
using Lines = std::vector<std::string>;

namespace {

Repository open(const Scratch& scratch) {
  auto repository = Repository::open(scratch.tree(), scratch.private_repository(), scratch.home());
  REQUIRE(repository);
  return std::move(*repository);
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 40; ++i)
    text += clew::concat("line ", i, "\n");
  return text;
}

}  // namespace

TEST_CASE("files of a snapshot can be read") {
  const Scratch scratch;
  scratch.init();
  scratch.write("dir/new", std::string("zero \0 byte", 11));
  scratch.shell("ln -s a.txt link");
  const std::string commit = scratch.take().code.commit;
  const Repository repository = open(scratch);
  CHECK(repository.has(commit));
  CHECK(repository.file(commit, "dir/new") == std::string("zero \0 byte", 11));
  CHECK(repository.file(commit, "link") == "a.txt");
  CHECK(repository.file(commit, "no/such") == std::nullopt);
  CHECK(repository.file(commit, "a.txt/below") == std::nullopt);
  CHECK(repository.file(commit, "") == std::nullopt);
  CHECK_THROWS_AS(repository.file(commit, "dir"), clew::Error);
  CHECK(repository.files(commit) == Lines{"a.txt", "dir/b.txt", "dir/new", "link", "run.sh"});
}

TEST_CASE("a commit that is not here is an error of usage") {
  const Scratch scratch;
  scratch.init();
  const Repository repository = open(scratch);
  const std::string tree = scratch.line("git rev-parse HEAD^{tree}");
  for (const std::string& id : {std::string(40, '1'), std::string("HEAD"), std::string(),
                                std::string(39, 'a'), std::string(40, 'g'), tree}) {
    CHECK_FALSE(repository.has(id));
    try {
      static_cast<void>(repository.files(id));
      FAIL("it was found");
    } catch (const clew::Error& error) {
      CHECK(error.kind() == clew::ErrorKind::usage);
    }
  }
}

TEST_CASE("two snapshots compare as git says") {
  const Scratch scratch;
  scratch.init();
  scratch.write("long.txt", long_text());
  scratch.write("binary", std::string("\0\1\2", 3));
  scratch.write("gone", "gone\n");
  scratch.write("type", "text\n");
  const std::string before = scratch.take().code.commit;
  scratch.shell(
      "mv long.txt renamed.txt && echo more >> renamed.txt && rm gone type && ln -s a.txt type");
  scratch.write("binary", std::string("\0\1\3", 3));
  scratch.write("a.txt", "alpha\nadded\nno newline at the end");
  scratch.write("new-file", "new\n");
  scratch.shell("chmod +x dir/b.txt");
  const std::string after = scratch.take().code.commit;

  const Repository repository = open(scratch);
  const CodeDifference plain = repository.compare(before, after, WithPatch::no);
  CHECK(plain.patch.empty());
  const auto change = [&](std::string_view path) {
    for (const FileChange& file : plain.files) {
      if (file.path == path) return file;
    }
    FAIL("nothing about " << path);
    return FileChange();
  };
  using Kind = FileChange::Kind;
  CHECK(plain.files.size() == 7);
  CHECK(change("a.txt").kind == Kind::modified);
  CHECK(change("a.txt").lines_added == 2);
  CHECK(change("a.txt").lines_removed == 0);
  CHECK(change("binary").binary);
  CHECK_FALSE(change("a.txt").binary);
  CHECK(change("dir/b.txt").kind == Kind::modified);
  CHECK(change("dir/b.txt").lines_added == 0);
  CHECK(change("gone").kind == Kind::removed);
  CHECK(change("gone").lines_removed == 1);
  CHECK(change("new-file").kind == Kind::added);
  CHECK(change("renamed.txt").kind == Kind::renamed);
  CHECK(change("renamed.txt").old_path == "long.txt");
  CHECK(change("renamed.txt").lines_added == 1);
  CHECK(change("type").kind == Kind::type_changed);

  CHECK(repository.compare(before, after, WithPatch::yes).patch ==
        scratch.shell("git diff -M --no-color --no-ext-diff " + before + " " + after));
  CHECK(repository.compare(after, after, WithPatch::yes).files.empty());
}
