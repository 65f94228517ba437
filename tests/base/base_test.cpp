#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/id.h"
#include "support/temporary_directory.h"

using namespace clew;

TEST_CASE("times are written and read to the microsecond") {
  CHECK(format_time(1'767'323'045'123'456) == "2026-01-02T03:04:05.123456Z");
  CHECK(format_time(-1) == "1969-12-31T23:59:59.999999Z");
  for (const Time time :
       {Time{0}, Time{-1}, Time{951'782'400'000'001}, Time{253'402'300'799'999'999}}) {
    CHECK(parse_time(format_time(time)) == time);
  }
  CHECK(parse_time("2026-01-02 03:04:05") == 1'767'323'045'000'000);
  CHECK(parse_time("2026-01-02T05:04:05.1234569+02:00") == 1'767'323'045'123'456);
  CHECK(parse_time("2026-01-02T03:04:05.5Z") == 1'767'323'045'500'000);
  for (const auto* text :
       {"", "2026-02-30T00:00:00Z", "2026-01-02", "2026-01-02T25:00:00Z", "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05Zx", "2026-1-2T03:04:05Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("times beyond the years that can be written are clamped") {
  CHECK(format_time(INT64_MAX) == "9999-12-31T23:59:59.999999Z");
  CHECK(format_time(INT64_MIN) == "0000-01-01T00:00:00.000000Z");
  CHECK_FALSE(time_from_seconds(1e300));
}

TEST_CASE("ids") {
  const RunId id{0x0123456789abcdef};
  CHECK(id.hex() == "0123456789abcdef");
  CHECK(id.short_hex() == "01234567");
  CHECK(RunId::parse("0123456789ABCDEF") == id);
  for (const auto* text :
       {"", "0123", "0123456789abcdeg", "0123456789abcdef0", "-123456789abcdef"}) {
    CHECK_FALSE(RunId::parse(text));
  }
  std::set<RunId> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(random_ids().next());
  CHECK(seen.size() == 1000);
}

TEST_CASE("SHA-256 and CRC-32C match their published test values") {
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_from_hex(to_hex(sha256("abc"))) == sha256("abc"));
  CHECK_FALSE(digest_from_hex("ba78"));
  CHECK(crc32c("123456789") == 0xe3069283);
  CHECK(crc32c("") == 0);
  CHECK(crc32c("6789", crc32c("12345")) == 0xe3069283);
  const std::string zeros(32, '\0');
  CHECK(crc32c(zeros) == 0x8a9136aa);  // RFC 3720, B.4
}

TEST_CASE("numbers in clew's encoding read back at every edge, and never past the end") {
  std::string bytes;
  ByteWriter out(bytes);
  const std::int64_t edges[] = {0, -1, 1, 63, -64, 64, INT64_MAX, INT64_MIN};
  for (const auto edge : edges)
    out.zigzag(edge);
  out.varint(UINT64_MAX);
  out.real(-0.0);
  out.string("text");
  ByteReader in(bytes);
  for (const auto edge : edges)
    CHECK(in.zigzag() == edge);
  CHECK(in.varint() == UINT64_MAX);
  CHECK(std::signbit(in.real()));
  CHECK(in.string() == "text");
  CHECK(in.at_end());
  CHECK_THROWS_AS(in.byte(), Error);
  ByteReader endless("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
  CHECK_THROWS_AS(endless.varint(), Error);
  ByteReader greedy("\xff\xff\x03");
  CHECK_THROWS_AS(greedy.count(), Error);
}

TEST_CASE("a file is replaced as a whole") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "file";
  replace_file(path, "one");
  replace_file(path, "two", Sync::yes, 0600);
  CHECK(read_file(path) == "two");
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 1);
  CHECK_THROWS_AS(replace_file(directory.path() / "no" / "file", "x"), Error);
  CHECK_FALSE(read_file(directory.path() / "absent"));
  CHECK_THROWS_AS(read_file(path, 2), Error);
}

TEST_CASE("a lock is held by one at a time and freed with its holder") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "lock";
  using std::chrono::milliseconds;
  auto held = FileLock::acquire(path, LockMode::exclusive, milliseconds(0));
  REQUIRE(held);
  CHECK_FALSE(FileLock::acquire(path, LockMode::exclusive, milliseconds(20)));
  CHECK_FALSE(FileLock::acquire(path, LockMode::shared, milliseconds(0)));
  held.reset();
  const auto first = FileLock::acquire(path, LockMode::shared, milliseconds(0));
  const auto second = FileLock::acquire(path, LockMode::shared, milliseconds(0));
  CHECK((first && second));
}

TEST_CASE("directories are made down to the last one") {
  const TemporaryDirectory directory;
  make_directories(directory.path() / "a" / "b" / "c");
  CHECK_NOTHROW(make_directories(directory.path() / "a" / "b" / "c"));
  std::ofstream(directory.path() / "file") << "x";
  CHECK_THROWS_AS(make_directories(directory.path() / "file" / "below"), Error);
}
