#include "analysis/hunks.h"

#include <catch2/catch.hpp>

using namespace clew::analysis;

TEST_CASE("hunks: a patch as git writes it") {
  const auto files = parse_patch(
      "diff --git a/train.py b/train.py\n"
      "index 1234567..89abcde 100644\n"
      "--- a/train.py\n"
      "+++ b/train.py\n"
      "@@ -1,3 +1,4 @@ def step():\n"
      " a\n"
      "-b\n"
      "+B\n"
      "+--- not a header\n"
      " c\n"
      "@@ -10 +11 @@\n"
      "-x\n"
      "+y\n"
      "\\ No newline at end of file\n"
      "diff --git a/new.py b/new.py\n"
      "new file mode 100644\n"
      "--- /dev/null\n"
      "+++ b/new.py\n"
      "@@ -0,0 +1 @@\n"
      "+z\n"
      "diff --git a/gone.py b/gone.py\n"
      "deleted file mode 100644\n"
      "--- a/gone.py\n"
      "+++ /dev/null\n"
      "@@ -1 +0,0 @@\n"
      "-z\n"
      "diff --git a/data.bin b/data.bin\n"
      "index 1..2 100644\n"
      "Binary files a/data.bin and b/data.bin differ\n"
      "diff --git a/old.py b/moved.py\n"
      "similarity index 100%\n"
      "rename from old.py\n"
      "rename to moved.py\n");
  REQUIRE(files.size() == 5);
  CHECK(files[0].path == "train.py");
  REQUIRE(files[0].hunks.size() == 2);
  CHECK(files[0].hunks[0].header == "@@ -1,3 +1,4 @@ def step():");
  CHECK(files[0].hunks[0].lines.size() == 5);
  CHECK(files[0].hunks[0].added == 2);
  CHECK(files[0].hunks[0].removed == 1);
  CHECK(!files[0].hunks[0].comments_only);
  CHECK(files[0].hunks[1].lines.back() == "\\ No newline at end of file");
  CHECK(files[1].path == "new.py");
  CHECK(files[1].old_path.empty());
  CHECK(files[2].path == "gone.py");
  CHECK(files[2].old_path == "gone.py");
  CHECK(files[3].path == "data.bin");
  CHECK(files[3].binary);
  CHECK(files[4].path == "moved.py");
  CHECK(files[4].old_path == "old.py");
}

TEST_CASE("hunks: comments and blank lines are told from code") {
  const auto only = [](std::string name, std::string lines) {
    const auto files = parse_patch("diff --git a/" + name + " b/" + name + "\n--- a/" + name +
                                   "\n+++ b/" + name + "\n@@ -1,2 +1,2 @@\n" + lines);
    return files.at(0).hunks.at(0).comments_only;
  };
  CHECK(only("a.py", "-# old\n+  # new\n+\n x = 1\n"));
  CHECK(!only("a.py", "-# old\n+x = 1\n y\n"));
  CHECK(!only("a.sh", "-#!/bin/sh\n+#!/bin/bash\n x\n"));
  CHECK(only("a.cpp", "-// old\n+// new\n x\n"));
  CHECK(!only("a.cpp", "-#define A\n+#define B\n x\n"));
  CHECK(!only("unknown", "-# old\n+# new\n x\n"));
}

TEST_CASE("hunks: paths in quotes, and what is no patch") {
  const auto files = parse_patch(
      "diff --git \"a/t\\303\\244st \\\"x\\\".py\" \"b/t\\303\\244st \\\"x\\\".py\"\n"
      "--- \"a/t\\303\\244st \\\"x\\\".py\"\n+++ \"b/t\\303\\244st \\\"x\\\".py\"\n"
      "@@ -1 +1 @@\n-a\n+b\n");
  REQUIRE(files.size() == 1);
  CHECK(files[0].path == "täst \"x\".py");
  CHECK(parse_patch("").empty());
  CHECK(parse_patch("no patch\n@@ -1 +1 @@\n-a\n").empty());
  // A count that lies does not swallow the next file.
  CHECK(parse_patch("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -x +y @@\ndiff --git a/b b/b\n")
            .size() == 2);
}
