#include "capture/trace_preload.h"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;
using Kind = TraceItem::Kind;

namespace {

std::string record(char kind, int pid, int parent, long number, const std::string& bytes) {
  return concat(kind, ' ', pid, ' ', parent, " 1000 ", number, ' ', bytes.size(), '\n', bytes,
                '\n');
}

/// A log as programs write it, and what is read from it.
struct Log {
  TemporaryDirectory directory;
  fs::path path = directory.path() / "log";
  PreloadLog log;
  TraceQueue queue;

  explicit Log(TraceLevel level = TraceLevel::files) : log(path, level) { log.know(10); }

  std::vector<TraceItem> read(std::string_view bytes) {
    std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
    log.read_into(queue);
    return queue.take();
  }
};

using namespace std::string_literals;

}  // namespace

TEST_CASE("a record of the preload library counts once it is whole") {
  Log log;
  const std::string whole = record('o', 10, 1, O_RDONLY, "/data/with\nnewline");
  for (std::size_t i = 0; i + 1 < whole.size(); ++i)
    REQUIRE(log.read(whole.substr(i, 1)).empty());
  const auto items = log.read(whole.substr(whole.size() - 1));
  REQUIRE(items.size() == 1);
  CHECK(items[0].kind == Kind::opened);
  CHECK(items[0].process == 0);
  CHECK(items[0].path == "/data/with\nnewline");
  CHECK(items[0].wish == OpenWish{true, false, false});
  CHECK(items[0].time == 1000);
}

TEST_CASE("processes of the preload library are told apart, also when an id is used again") {
  Log log;
  const auto items =
      log.read(record('f', 11, 10, 0, "") + record('x', 11, 10, 0, "/bin/cp\0/tmp\0cp\0a b"s) +
               record('q', 11, 10, 3, "") + record('f', 11, 10, 0, ""));
  REQUIRE(items.size() == 4);
  CHECK(items[0].kind == Kind::began);
  CHECK(items[0].process == 1);
  CHECK(items[0].facts->parent == 0);
  CHECK(items[1].kind == Kind::executed);
  CHECK(items[1].facts->executable == "/bin/cp");
  CHECK(items[1].facts->cwd == "/tmp");
  CHECK(items[1].facts->argv == std::vector<std::string>{"cp", "a b"});
  CHECK(items[2].kind == Kind::exits);
  CHECK(items[2].code == 3);
  CHECK(items[3].process == 2);
}

TEST_CASE("names that change are read from both their ends") {
  Log log;
  const auto items = log.read(record('r', 10, 1, 0, "/a\0/b"s) + record('l', 10, 1, 0, "/b\0/c"s) +
                              record('u', 10, 1, 0, "/c") + record('s', 10, 1, 0, "/d"));
  REQUIRE(items.size() == 4);
  CHECK((items[0].kind == Kind::renamed && items[0].path == "/a" && items[0].to == "/b"));
  CHECK((items[1].kind == Kind::linked && items[1].path == "/b" && items[1].to == "/c"));
  CHECK((items[2].kind == Kind::removed && items[2].source_exists));
  CHECK((items[3].kind == Kind::made_link && !items[3].source_exists));
}

TEST_CASE("what is nobody's file, only read at 'outputs', or no record is left out") {
  Log log(TraceLevel::outputs);
  CHECK(log.read(record('o', 10, 1, O_RDWR, "/dev/null")).empty());
  CHECK(log.read(record('o', 10, 1, O_RDONLY, "/data")).empty());
  CHECK(log.read("something else\n\n1 2 3\n" + record('?', 10, 1, 0, "x")).empty());
  CHECK(log.read(record('o', 10, 1, O_WRONLY | O_CREAT, "/out")).size() == 1);
}

TEST_CASE("the log is private, and its variables go before those of the user") {
  Log log;
  CHECK_THROWS_AS(PreloadLog(log.path, TraceLevel::files), Error);
  EnvironmentMap environment{{"LD_PRELOAD", "/lib/other.so"}};
  log.log.equip(environment, "/lib/clew.so");
  CHECK(environment["LD_PRELOAD"] == "/lib/clew.so:/lib/other.so");
  CHECK(environment["CLEW_TRACE_LOG"] == log.path.string());
}

TEST_CASE("a program takes a preload library when it has an interpreter") {
  const EnvironmentMap environment{{"PATH", "/usr/bin:/bin"}};
  CHECK(takes_preload("sh", "/", environment));
  CHECK(takes_preload("/bin/sh", "/", {}));
  CHECK(takes_preload("./sh", "/bin", {}));
  CHECK_FALSE(takes_preload("no-such-program-at-all", "/", environment));
}

TEST_CASE("a library is preloaded only by a path that its variable can hold") {
  CHECK(can_be_preloaded("/usr/lib/clew/clew-preload.so"));
  for (const char* path : {"", "/my lib/clew.so", "/a:b/clew.so", "/$LIB/clew.so"}) {
    CHECK_FALSE(can_be_preloaded(path));
  }
}

TEST_CASE("a queue gives what was put in, in order, and counts what it has no room for") {
  TraceQueue queue;
  for (int i = 0; i < 1000; ++i) {
    TraceItem item;
    item.code = i;
    queue.push(std::move(item));
  }
  queue.wait(1000, 1000);  // many are there: it does not wait
  const auto items = queue.take();
  REQUIRE(items.size() == 1000);
  for (int i = 0; i < 1000; ++i)
    CHECK(items[static_cast<std::size_t>(i)].code == i);
  CHECK(queue.dropped() == 0);
  queue.close();
  queue.wait(1'000'000, 1'000'000);
  CHECK(queue.closed());
  CHECK(queue.take().empty());
}
