#include "capture/file_hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;

namespace {

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

bool go_on() {
  return false;
}

Digest digest(int seed) {
  return sha256(std::to_string(seed));
}

FileIdentity identity(std::uint64_t inode) {
  return {1, inode, 10, 20, 30};
}

}  // namespace

TEST_CASE("a digest is of all bytes of a regular file, through links") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "f";
  write(path, std::string("a\0b", 3));
  fs::create_symlink("f", directory.path() / "link");
  FileHasher hasher({}, 100);
  const auto found = hasher.hash(directory.path() / "link", go_on);
  REQUIRE(found);
  CHECK(found->sha256 == to_hex(sha256(std::string_view("a\0b", 3))));
  CHECK(found->kind == model::DigestKind::whole);
  CHECK(found->identity.size == 3);
  CHECK(found->identity == identify(path));

  REQUIRE(mkfifo((directory.path() / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(hasher.hash(directory.path() / "pipe", go_on));
  CHECK_FALSE(hasher.hash(directory.path(), go_on));
  CHECK_FALSE(hasher.hash(directory.path() / "none", go_on));
  CHECK_FALSE(identify(directory.path()));
  CHECK_FALSE(hasher.hash(path, [] { return true; }));
}

TEST_CASE("of a file over the limit samples are hashed") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "large";
  constexpr std::uint64_t kSize = 100 << 20;
  write(path, "x");
  REQUIRE(truncate(path.c_str(), kSize) == 0);
  FileHasher hasher({}, 1 << 20);
  const auto first = hasher.hash(path, go_on);
  REQUIRE(first);
  CHECK(first->kind == model::DigestKind::partial);
  CHECK(first->identity.size == kSize);
  CHECK(hasher.hash(path, go_on)->sha256 == first->sha256);
  const auto whole = hasher.hash(path, go_on, FileHasher::Extent::whole);
  CHECK(whole->kind == model::DigestKind::whole);
  CHECK(whole->sha256 != first->sha256);
  // The last byte is in the last sample.
  const Fd fd(open(path.c_str(), O_WRONLY));
  REQUIRE(pwrite(fd.get(), "y", 1, kSize - 1) == 1);
  CHECK(hasher.hash(path, go_on)->sha256 != first->sha256);
}

TEST_CASE("a file that goes on changing is marked") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "f";
  write(path, std::string(3 << 20, 'x'));
  FileHasher hasher({}, UINT64_MAX);
  int asked = 0;
  // Each time that it has been read halfway, it grows.
  const auto grow = [&] {
    if (++asked % 2 == 0) std::ofstream(path, std::ios::app) << "more";
    return false;
  };
  CHECK(hasher.hash(path, grow)->kind == model::DigestKind::changing);
  asked = 0;
  const auto once = [&] {
    if (++asked == 2) std::ofstream(path, std::ios::app) << "more";
    return false;
  };
  const auto found = hasher.hash(path, once);
  CHECK(found->kind == model::DigestKind::whole);
  CHECK(found->sha256 == hasher.hash(path, go_on)->sha256);
}

TEST_CASE("a file that was changed just now is not remembered by its stat") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "f";
  write(path, "one");
  FileHasher hasher(directory.path() / "cache", 100);
  CHECK(hasher.hash(path, go_on));
  hasher.save();
  CHECK_FALSE(fs::exists(directory.path() / "cache"));
}

TEST_CASE("what is in the cache is not read again") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "f";
  write(path, "one");
  DigestCache cache(directory.path() / "cache");
  cache.add(*identify(path), digest(7));
  cache.save();
  FileHasher hasher(directory.path() / "cache", 100);
  CHECK(hasher.hash(path, go_on)->sha256 == to_hex(digest(7)));
  write(path, "three");
  CHECK(hasher.hash(path, go_on)->sha256 == to_hex(sha256("three")));
}

TEST_CASE("a cache keeps what several writers add") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "cache";
  const auto fill = [&](std::uint64_t from) {
    DigestCache cache(path);
    for (std::uint64_t i = from; i < from + 100; ++i) {
      cache.add(identity(i), digest(static_cast<int>(i)));
      if (i % 10 == 0) cache.save();
    }
    cache.save();
  };
  std::thread other(fill, 1000);
  fill(0);
  other.join();
  DigestCache cache(path);
  for (const std::uint64_t from : {0, 1000}) {
    for (std::uint64_t i = from; i < from + 100; ++i)
      CHECK(cache.find(identity(i)) == digest(static_cast<int>(i)));
  }
  CHECK_FALSE(cache.find(identity(5000)));
  FileIdentity changed = identity(3);
  changed.ctime_ns += 1;
  CHECK_FALSE(cache.find(changed));
}

TEST_CASE("a cache that is cut or damaged anywhere gives no wrong digest, and is repaired") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "cache";
  {
    DigestCache cache(path);
    for (int i = 0; i < 3; ++i)
      cache.add(identity(static_cast<std::uint64_t>(i)), digest(i));
    cache.save();
  }
  const std::string whole = read_file(path).value();
  const auto check = [&](const std::string& bytes) {
    write(path, bytes);
    DigestCache cache(path);
    for (int i = 0; i < 3; ++i) {
      const auto found = cache.find(identity(static_cast<std::uint64_t>(i)));
      if (found) CHECK(*found == digest(i));
    }
    cache.add(identity(9), digest(9));
    cache.save();
    CHECK(DigestCache(path).find(identity(9)) == digest(9));
  };
  for (std::size_t size = 0; size < whole.size(); ++size)
    check(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    check(damaged);
  }
  write(path, "some other file");
  DigestCache cache(path);
  CHECK_FALSE(cache.find(identity(0)));
}

TEST_CASE("a cache has a bound, and forgets the oldest") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "cache";
  for (int i = 0; i < 100; ++i) {
    DigestCache cache(path, 20);
    cache.add(identity(static_cast<std::uint64_t>(i)), digest(i));
    cache.save();
  }
  CHECK(fs::file_size(path) <= 8 + 22 * 76);
  DigestCache cache(path, 20);
  CHECK(cache.find(identity(99)) == digest(99));
  CHECK_FALSE(cache.find(identity(0)));
}
