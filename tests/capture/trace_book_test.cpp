#include "capture/trace_book.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "capture/trace_table.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;
using Kind = TraceItem::Kind;

namespace {

/// A book over a directory of its own, with the command begun as process 0.
struct Desk {
  TemporaryDirectory directory;
  TraceBook book{[](std::string_view path) { return path.find("ignored") == path.npos; }, true};
  std::vector<model::Process> processes;
  std::map<std::pair<std::string, std::uint32_t>, model::FileUse> uses;
  std::vector<std::string> notices;
  TraceProcess next = 0;

  Desk() { begin(100, std::nullopt, 1); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (directory.path() / name).string();
  }
  void write(const std::string& name) const { std::ofstream(path(name)) << "x"; }
  void remove(const std::string& name) const { fs::remove_all(path(name)); }

  TraceProcess begin(pid_t pid, std::optional<TraceProcess> parent, pid_t parent_pid) {
    TraceItem item;
    item.kind = Kind::began;
    item.process = next;
    item.facts = std::make_unique<ProcessFacts>();
    item.facts->pid = pid;
    item.facts->parent = parent;
    item.facts->parent_pid = parent_pid;
    item.facts->argv = {"sh", "-c", "x"};
    item.facts->executable = "/bin/sh";
    item.facts->started = 1000;
    book.take(std::move(item));
    return next++;
  }

  void open(const std::string& name, OpenWish wish, TraceProcess process = 0, Time time = 0) {
    TraceItem item;
    item.kind = Kind::opened;
    item.process = process;
    item.time = time == 0 ? coarse_now() : time;
    item.path = path(name);
    item.wish = wish;
    book.take(std::move(item));
  }

  void change(Kind kind, const std::string& from, const std::string& to = "",
              bool directory_too = false) {
    TraceItem item;
    item.kind = kind;
    item.time = coarse_now();
    item.path = path(from);
    if (!to.empty()) item.to = path(to);
    item.source_exists = true;
    item.directory = directory_too;
    book.take(std::move(item));
  }

  void collect(TraceBook::Shelf shelf = 0) {
    TraceFindings found = book.findings(shelf);
    for (auto& event : found.processes) {
      processes.resize(std::max<std::size_t>(processes.size(), event.index + 1));
      processes[event.index] = event.process;
    }
    for (auto& event : found.uses) {
      auto& use = uses[{fs::path(event.use.path).lexically_relative(directory.path()).string(),
                        event.use.process}];
      use.modes |= event.use.modes;
      use.last = std::max(use.last, event.use.last);
      if (!event.use.from.empty()) use.from = fs::path(event.use.from).filename().string();
    }
    notices.insert(notices.end(), found.notices.begin(), found.notices.end());
  }

  /// What was done to a file in the end, 0 for one that is not in the record.
  int modes(const std::string& name, std::uint32_t process = 0) {
    collect();
    const auto found = uses.find({name, process});
    return found == uses.end() ? 0 : found->second.modes;
  }
};

constexpr OpenWish kReading{true, false, false};
constexpr OpenWish kWriting{false, true, true};

}  // namespace

TEST_CASE("a file that is there was read, one that is not was not") {
  Desk desk;
  desk.write("here");
  desk.open("here", kReading);
  desk.open("missing", kReading);
  desk.open(".", kReading);  // a directory
  desk.open("ignored", kReading);
  desk.book.finish(0, coarse_now());
  CHECK(desk.modes("here") == model::kRead);
  CHECK(desk.modes("missing") == 0);
  CHECK(desk.uses.size() == 1);
}

TEST_CASE("a file is created by the open before which it was not there") {
  Desk desk;
  desk.write("old");
  const Time later = coarse_now() + 1'000'000;
  desk.open("old", kWriting, 0, later);
  desk.write("new");
  desk.open("new", kWriting, 0, coarse_now() - 1'000'000);
  CHECK(desk.modes("old") == model::kWritten);
  CHECK(desk.modes("new") == (model::kWritten | model::kCreated));
}

TEST_CASE("a call that was not carried out yet when it was told of is found to have been") {
  Desk desk;
  const Time before = coarse_now() - 100'000;
  desk.open("late", kWriting, 0, before);
  CHECK(desk.book.awaited());
  CHECK(desk.modes("late") == 0);
  desk.write("late");
  desk.book.look_again(coarse_now());
  CHECK(desk.modes("late") == (model::kWritten | model::kCreated));
  CHECK_FALSE(desk.book.awaited());
}

TEST_CASE("a file that came and went between two looks is known by its removal") {
  Desk desk;
  desk.open("brief", kWriting);
  desk.open("brief", kReading);
  desk.change(Kind::removed, "brief");
  CHECK(desk.modes("brief") ==
        (model::kRead | model::kWritten | model::kCreated | model::kDeleted));
  desk.open("failed", kWriting);
  desk.book.finish(0, coarse_now());
  CHECK(desk.modes("failed") == 0);
}

TEST_CASE("a file that was made, read and moved away between two looks was read") {
  const auto move_away = [](Desk& desk, Time born) {
    TraceItem item;
    item.kind = Kind::renamed;
    item.time = born + 1;
    item.path = desk.path("made");
    item.to = desk.path("moved");
    item.source_exists = true;
    item.born = born;
    desk.book.take(std::move(item));
  };
  Desk desk;
  desk.open("made", kReading, 0, 10'000);  // fails
  desk.open("made", kWriting, 0, 20'000);
  desk.open("made", kReading, 0, 20'000);
  move_away(desk, 21'500);  // the kernel's clock for files is the finer one
  CHECK(desk.modes("made") == (model::kRead | model::kWritten | model::kCreated | model::kDeleted));

  Desk other;
  other.open("made", kReading, 0, 10'000);
  other.open("made", kWriting, 0, 20'000);
  move_away(other, 21'500);
  CHECK(other.modes("made") == (model::kWritten | model::kCreated | model::kDeleted));
}

TEST_CASE("a file that is renamed into place keeps its history") {
  Desk desk;
  desk.open("tmp", kWriting);
  desk.write("final");  // what the rename left
  desk.change(Kind::renamed, "tmp", "final");
  CHECK(desk.modes("tmp") == (model::kWritten | model::kCreated | model::kDeleted));
  CHECK(desk.modes("final") == model::kRenamed);
  CHECK(desk.uses[{"final", 0}].from == "tmp");
}

TEST_CASE("the files of a directory move with it") {
  Desk desk;
  fs::create_directory(desk.path("tmp"));
  desk.write("tmp/a");
  desk.open("tmp/a", kWriting, 0, coarse_now() - 1'000'000);
  desk.open("tmp/b", kWriting);  // still to be seen
  desk.change(Kind::renamed, "tmp", "done", true);
  CHECK(desk.modes("done/a") == model::kRenamed);
  CHECK(desk.modes("done/b") == model::kRenamed);
  CHECK((desk.modes("tmp/a") & model::kDeleted) != 0);
}

TEST_CASE("each use is told once, its last time at the end") {
  Desk desk;
  desk.write("data");
  const Time now = coarse_now();
  for (int i = 0; i < 1000; ++i)
    desk.open("data", kReading, 0, now + i);
  TraceFindings found = desk.book.findings();
  CHECK(found.uses.size() == 1);
  CHECK(found.uses[0].use.first == now);
  desk.book.finish(0, now + 2000);
  found = desk.book.findings();
  REQUIRE(found.uses.size() == 1);
  CHECK(found.uses[0].use.last == now + 999);
}

TEST_CASE("a forked process is what its parent was until it executes a program") {
  Desk desk;
  const TraceProcess child = desk.begin(101, 0, 100);
  desk.collect();
  REQUIRE(desk.processes.size() == 2);
  CHECK(desk.processes[1].argv == desk.processes[0].argv);
  CHECK(desk.processes[1].parent == 0);
  CHECK_FALSE(desk.processes[0].parent);

  TraceItem exec;
  exec.kind = Kind::executed;
  exec.process = child;
  exec.facts = std::make_unique<ProcessFacts>();
  exec.facts->argv = {"prog", "--api-key", "hunter2"};
  exec.facts->executable = desk.path("prog");
  desk.write("prog");
  desk.book.take(std::move(exec));
  CHECK(desk.modes("prog", 1) == model::kExecuted);
  CHECK(desk.processes[1].argv == std::vector<std::string>{"prog", "--api-key", "***"});
  CHECK(desk.notices.empty());
}

TEST_CASE("how a process ended is known from its own word or from the kernel's") {
  Desk desk;
  const TraceProcess one = desk.begin(101, 0, 100);
  const TraceProcess two = desk.begin(102, 0, 100);
  CHECK(desk.book.living().size() == 3);
  for (const auto& [process, kind, code] :
       {std::tuple(one, Kind::exits, 3), std::tuple(two, Kind::gone, 9)}) {
    TraceItem item;
    item.kind = kind;
    item.process = process;
    item.time = 5000;
    item.code = code;
    desk.book.take(std::move(item));
  }
  desk.collect();
  CHECK(desk.processes[1].exit_code == 3);
  CHECK(desk.processes[2].signal == 9);
  CHECK_FALSE(desk.processes[2].exit_code);
  CHECK(desk.processes[2].ended == 5000);
  CHECK(desk.book.living() == std::vector<std::int64_t>{100});
}

TEST_CASE("a program that would gain privileges is told of once") {
  Desk desk;
  desk.write("sudo");
  chmod(desk.path("sudo").c_str(), 04755);
  for (int i = 0; i < 2; ++i) {
    TraceItem exec;
    exec.kind = Kind::executed;
    exec.facts = std::make_unique<ProcessFacts>();
    exec.facts->executable = desk.path("sudo");
    desk.book.take(std::move(exec));
  }
  desk.collect();
  REQUIRE(desk.notices.size() == 1);
  CHECK(desk.notices[0].find("--trace=off") != std::string::npos);
}

TEST_CASE("what a run within does belongs to it alone") {
  Desk desk;
  const TraceProcess recorder = desk.begin(200, 0, 100);
  CHECK_FALSE(desk.book.open_shelf(999));
  const auto shelf = desk.book.open_shelf(200);
  REQUIRE(shelf);
  const TraceProcess command = desk.begin(201, recorder, 200);
  const TraceProcess child = desk.begin(202, command, 201);
  const TraceProcess orphan = desk.begin(203, std::nullopt, 200);
  desk.write("inner");
  desk.write("spool");
  desk.write("outer");
  for (const TraceProcess process : {command, child, orphan})
    desk.open("inner", kReading, process);
  desk.open("spool", kReading, recorder);
  desk.open("outer", kReading, 0);
  desk.collect();
  CHECK(desk.processes.size() == 2);
  CHECK(desk.uses.size() == 1);
  CHECK(desk.modes("outer") == model::kRead);

  const TraceFindings found = desk.book.findings(*shelf);
  REQUIRE(found.processes.size() == 3);
  CHECK(found.processes[0].process.pid == 201);
  CHECK_FALSE(found.processes[0].process.parent);
  CHECK(found.processes[1].process.parent == 0);
  CHECK(found.uses.size() == 3);
}

TEST_CASE("paths are cleaned as the kernel follows them") {
  const TemporaryDirectory directory;
  fs::create_directories(directory.path() / "a/b");
  fs::create_directory_symlink(directory.path() / "a/b", directory.path() / "link");
  const std::string top = fs::canonical(directory.path()).string();
  CHECK(clean_path(top + "//a/./b/x") == top + "/a/b/x");
  CHECK(clean_path(top + "/link/../y") == top + "/a/y");
  CHECK(clean_path("/../..") == "/");
  CHECK(clean_path("/") == "/");
}

TEST_CASE("what lies in /proc, /sys and /dev is nobody's file") {
  CHECK(is_pseudo_file("/proc/self/maps"));
  CHECK(is_pseudo_file("/dev/null"));
  CHECK_FALSE(is_pseudo_file("/dev/shm/data"));
  CHECK_FALSE(is_pseudo_file("/process/x"));
}
