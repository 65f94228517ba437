#include "model/files.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "model/encoding.h"

using namespace clew;
using namespace clew::model;

TEST_CASE("uses of one file by one process add up, and each process has its own") {
  FileTable table;
  table.add({"b", 2, kRead, 50, 60, ""});
  table.add({"b", 0, kCreated | kWritten, 30, 40, ""});
  table.add({"b", 2, kRenamed, 10, 20, "a"});
  table.add({"a", 1, kRead, 1, 1, ""});
  const std::vector<File> files = table.files();
  REQUIRE(files.size() == 2);
  CHECK(files[0].state.path == "a");
  CHECK(files[1].uses == std::vector<FileUse>{{"b", 0, kCreated | kWritten, 30, 40, ""},
                                              {"b", 2, kRead | kRenamed, 10, 60, "a"}});
  CHECK(files[1].modes() == (kRead | kCreated | kWritten | kRenamed));
}

TEST_CASE("a file without a declared role has the one of its use") {
  FileTable table;
  table.add({"in", 0, kRead, 1, 1, ""});
  table.add({"made", 0, kRead | kWritten, 1, 1, ""});
  table.add({"said", 0, kWritten, 1, 1, ""});
  FileState state;
  state.path = "said";
  state.role = Role::temporary;
  table.set(state);
  const std::vector<File> files = table.files();
  CHECK(files[0].state.role == Role::input);
  CHECK_FALSE(files[0].written());
  CHECK(files[1].state.role == Role::output);
  CHECK(files[2].state.role == Role::temporary);
  CHECK(role_by_use(files[1], true) == Role::temporary);
}

TEST_CASE("a file reads back as it was written, and is damage when cut") {
  FileTable table;
  table.add({"x", 0, kRead, 5, 7, "w"});
  table.add({"x", 3, kWritten, 6, 6, ""});
  const File file = table.files().front();
  std::string bytes;
  ByteWriter out(bytes);
  encode_file(out, file);
  ByteReader in(bytes);
  CHECK(decode_file(in) == file);
  CHECK(in.at_end());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader cut(std::string_view(bytes).substr(0, size));
    CHECK_THROWS_AS(decode_file(cut), Error);
  }
}

TEST_CASE("names of roles read back") {
  for (const auto role : {Role::input, Role::output, Role::code, Role::temporary})
    CHECK(role_from_name(name_of(role)) == role);
  CHECK_FALSE(role_from_name("inputs"));
  CHECK(name_of(DigestKind::changing) == "changing");
}
