#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>

#include "store/support.h"

// The store between processes: one writer at a time, readers beside it.

namespace clew::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// This program again, with one of the hidden tests below; killed at the latest when this is
/// destroyed. Not a fork alone: RocksDB's threads of this process would be missing there.
class Child {
 public:
  Child(const char* test, const Layout& layout, std::uint64_t first = 1) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
    ready_ = Fd(ends[0]);
    const Fd write_end(ends[1]);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    std::vector<std::string> variables{"CLEW_TEST_STORE=" + layout.root.string(),
                                       "CLEW_TEST_READY=" + std::to_string(ends[1]),
                                       "CLEW_TEST_FIRST=" + std::to_string(first)};
    for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
      if (const char* value = std::getenv(name))
        variables.push_back(std::string(name) + '=' + value);
    }
    pid_ = fork();
    if (pid_ != 0) return;
    std::vector<char*> environment;
    for (const auto& variable : variables)
      environment.push_back(const_cast<char*>(variable.c_str()));
    environment.push_back(nullptr);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    const char* const argv[] = {"test_store", test, nullptr};
    execve("/proc/self/exe", const_cast<char* const*>(argv), environment.data());
    _exit(99);
  }
  ~Child() {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Waits until the child has said that it is ready, or is gone.
  [[nodiscard]] bool is_ready() const {
    char byte = 0;
    return read(ready_.get(), &byte, 1) == 1;
  }
  int wait() {
    if (pid_ != 0) waitpid(pid_, &status_, 0);
    pid_ = 0;
    return status_;
  }
  bool is_over() {
    if (pid_ != 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
    return pid_ == 0;
  }

 private:
  Fd ready_;
  pid_t pid_ = 0;
  int status_ = 0;
};

/// The other side of Child.
struct Task {
  Layout layout{std::getenv("CLEW_TEST_STORE")};
  int ready = std::stoi(std::getenv("CLEW_TEST_READY"));
  std::uint64_t first = std::stoull(std::getenv("CLEW_TEST_FIRST"));

  void say_ready() const { REQUIRE(write_all(ready, "x") == 0); }
  [[nodiscard]] Store open() const { return Store::open_for_writing(layout, seconds(60)); }
};

constexpr std::uint64_t kEach = 5;
constexpr std::uint64_t kRuns = 40;

void write_small(Store& store, std::uint64_t id) {
  RunWriter writer = store.write_run(RunId{id});
  for (std::int64_t i = 0; i < 100; ++i)
    writer.add_point("loss", model::MetricSource::api, {i, i, static_cast<double>(id)});
  model::Run run;
  run.id = RunId{id};
  run.started = static_cast<Time>(id);
  writer.commit(run);
}

}  // namespace

TEST_CASE("child: holds the store", "[.]") {
  const Task task;
  const Store store = task.open();
  task.say_ready();
  pause();
}

TEST_CASE("child: writes a few runs", "[.]") {
  const Task task;
  for (std::uint64_t i = 0; i < kEach; ++i) {
    Store store = task.open();
    write_small(store, task.first + i);
  }
}

TEST_CASE("child: writes many runs in as many sessions", "[.]") {
  const Task task;
  for (std::uint64_t id = 1; id <= kRuns; ++id) {
    Store store = task.open();
    write_small(store, id);
  }
}

TEST_CASE("child: writes runs until it is killed", "[.]") {
  const Task task;
  Store store = task.open();
  for (std::uint64_t id = task.first;; ++id) {
    write_small(store, id);
    task.say_ready();
  }
}

TEST_CASE("a second writer waits for its turn, then says who has the store") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  Child child("child: holds the store", layout);
  REQUIRE(child.is_ready());
  try {
    static_cast<void>(Store::open_for_writing(layout, milliseconds(20)));
    FAIL("the store was opened twice");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::busy);
    CHECK(error.message().find("process " + std::to_string(child.pid())) != std::string::npos);
    CHECK(error.hints().size() == 1);
  }
  // Reading is possible all the while.
  CHECK(Store::open_for_reading(layout).reader().with_prefix("", 1).empty());

  kill(child.pid(), SIGKILL);
  child.wait();
  Store store = Store::open_for_writing(layout, seconds(10));
  write_small(store, 1);
}

TEST_CASE("a writer that must wait gets its turn when the other is done") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  std::vector<std::unique_ptr<Child>> children;
  for (std::uint64_t number = 0; number < 4; ++number) {
    children.push_back(
        std::make_unique<Child>("child: writes a few runs", layout, 1 + number * kEach));
  }
  for (const auto& child : children)
    CHECK(child->wait() == 0);
  const Store store = Store::open_for_reading(layout);
  CHECK(store.reader().with_prefix("", 100).size() == 4 * kEach);
}

TEST_CASE("a reader beside a writer sees whole runs, and more of them as time goes on") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  Child child("child: writes many runs in as many sessions", layout);
  std::size_t last = 0;
  bool whole = true;
  for (bool over = false; !over && whole;) {
    over = child.is_over();  // asked before, so that the last look sees all
    const Store store = Store::open_for_reading(layout);
    std::size_t count = 0;
    store.reader().runs([&](model::Run&& run) {
      ++count;
      const auto series = store.reader().series(run.id, "loss");
      whole &= series && series->points.size() == 100 && run.metrics.size() == 1;
      return true;
    });
    whole &= count >= last;
    last = count;
  }
  CHECK(whole);
  CHECK(last == kRuns);
  CHECK(child.wait() == 0);
}

TEST_CASE("a writer that is killed leaves the runs before whole and its own absent or whole") {
  const TemporaryDirectory directory;
  const Layout layout{directory.path() / "clew"};
  create(layout);
  std::uint64_t committed = 0;
  for (int round = 0; round < 8; ++round) {
    Child child("child: writes runs until it is killed", layout, committed + 1);
    for (int i = 0; i <= round; ++i)
      REQUIRE(child.is_ready());
    kill(child.pid(), SIGKILL);
    child.wait();
    const Store store = Store::open_for_reading(layout);
    const auto ids = store.reader().with_prefix("", 10'000);
    REQUIRE(ids.size() >= committed + static_cast<std::uint64_t>(round) + 1);
    for (const RunId id : ids)
      REQUIRE(store.reader().series(id, "loss")->points.size() == 100);
    committed = ids.size();
  }
}

}  // namespace clew::store
