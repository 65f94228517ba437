#include "store/objects.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::store;

namespace {

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string content(const Objects& objects, const std::string& digest) {
  std::string bytes;
  REQUIRE(objects.read(digest, [&](std::string_view piece) { bytes += piece; }));
  return bytes;
}

}  // namespace

TEST_CASE("an object is a copy by its digest, read-only and there once") {
  const TemporaryDirectory directory;
  const Objects objects(directory.path() / "objects");
  const fs::path file = directory.path() / "f";
  const std::string bytes = std::string("a\0\xff\n", 4) + std::string(3 << 20, 'x');
  const std::string digest = to_hex(sha256(bytes));
  write(file, bytes);
  CHECK_FALSE(objects.has(digest));
  CHECK(objects.keep(file, digest));
  CHECK(objects.path(digest) ==
        directory.path() / "objects" / digest.substr(0, 2) / digest.substr(2));
  struct stat st {};
  REQUIRE(stat(objects.path(digest).c_str(), &st) == 0);
  CHECK((st.st_mode & 07777) == 0444);
  CHECK(st.st_nlink == 1);
  write(file, "changed");
  CHECK(content(objects, digest) == bytes);
  // It is there already: the file is not looked at.
  CHECK(objects.keep(directory.path() / "none", digest));
  CHECK(objects.all() == std::vector<std::string>{digest});
}

TEST_CASE("a file that is not what was said is not kept, and leaves nothing behind") {
  const TemporaryDirectory directory;
  const Objects objects(directory.path() / "objects");
  write(directory.path() / "f", "two");
  CHECK_FALSE(objects.keep(directory.path() / "f", to_hex(sha256("one"))));
  CHECK_THROWS_AS(objects.keep(directory.path() / "none", to_hex(sha256("none"))), Error);
  CHECK(objects.all().empty());
  for (const auto& entry : fs::recursive_directory_iterator(directory.path() / "objects"))
    CHECK(entry.is_directory());
}

TEST_CASE("a damaged object is noticed, a missing one is no error") {
  const TemporaryDirectory directory;
  const Objects objects(directory.path() / "objects");
  const std::string digest = to_hex(sha256("one"));
  CHECK_FALSE(objects.read(digest, [](std::string_view) {}));
  CHECK_FALSE(objects.has("ab"));
  CHECK_FALSE(objects.has(""));
  write(directory.path() / "f", "one");
  REQUIRE(objects.keep(directory.path() / "f", digest));
  fs::permissions(objects.path(digest), fs::perms::owner_all);
  write(objects.path(digest), "two");
  try {
    objects.read(digest, [](std::string_view) {});
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::damaged);
  }
}

TEST_CASE("several may keep the same file at once") {
  const TemporaryDirectory directory;
  const Objects objects(directory.path() / "objects");
  const std::string bytes(1 << 20, 'x');
  const std::string digest = to_hex(sha256(bytes));
  write(directory.path() / "f", bytes);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { objects.keep(directory.path() / "f", digest); });
  for (auto& thread : threads)
    thread.join();
  CHECK(content(objects, digest) == bytes);
  CHECK(objects.all().size() == 1);
}
