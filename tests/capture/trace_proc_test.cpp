#include "capture/trace_proc.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "base/fs.h"
#include "capture/trace_address.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::capture;

namespace {

std::uint64_t address_of(const void* place) {
  return reinterpret_cast<std::uint64_t>(place);
}

/// Two pages, of which the second cannot be read.
struct Edge {
  char* memory = static_cast<char*>(
      mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  Edge() { mprotect(memory + 4096, 4096, PROT_NONE); }
  ~Edge() { munmap(memory, 8192); }
  /// Puts bytes at the end of the readable page.
  [[nodiscard]] std::uint64_t put(std::string_view bytes) const {
    std::memcpy(memory + 4096 - bytes.size(), bytes.data(), bytes.size());
    return address_of(memory + 4096 - bytes.size());
  }
};

}  // namespace

TEST_CASE("a string is read up to the page's end and no further") {
  const Edge edge;
  using namespace std::string_literals;
  CHECK(read_remote_string(getpid(), edge.put("/a/path\0"s)) == "/a/path");
  CHECK(read_remote_string(getpid(), edge.put("\0"s)) == "");
  CHECK_FALSE(read_remote_string(getpid(), edge.put("no end")));
  CHECK_FALSE(read_remote_string(getpid(), address_of(edge.memory + 4096)));
  CHECK_FALSE(read_remote_string(getpid(), 0));
  CHECK_FALSE(read_remote_string(getpid(), ~std::uint64_t{0}));
}

TEST_CASE("a string that crosses pages is read whole, one that is too long is none") {
  std::string text(10'000, 'x');
  CHECK(read_remote_string(getpid(), address_of(text.c_str()), 20'000) == text);
  CHECK_FALSE(read_remote_string(getpid(), address_of(text.c_str())));
  CHECK(read_remote_bytes(getpid(), address_of(text.c_str()), 9'999) == text.substr(1));
  const Edge edge;
  CHECK_FALSE(read_remote_bytes(getpid(), edge.put("abc"), 4));
}

TEST_CASE("the memory of a process that is gone is not there") {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  const char text[] = "x";
  CHECK_FALSE(read_remote_string(child, address_of(text)));
  CHECK_FALSE(process_stat(child));
  CHECK_FALSE(process_of_thread(child));
  CHECK(process_arguments(child).empty());
  CHECK(process_link(child, "cwd").empty());
  CHECK(process_children(child).empty());
  CHECK(process_files(child).empty());
}

TEST_CASE("a process may have any name") {
  const auto stat = parse_process_stat(
      "42 (a) (b) S 7 1 1 0 -1 0 0 0 0 0 1 2 3 4 20 0 1 0 12345 0 0 0 1000 2000 3000 0 0 0 0 0 0 0 "
      "0 "
      "0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 256\n");
  REQUIRE(stat);
  CHECK(stat->state == 'S');
  CHECK(stat->parent == 7);
  CHECK(stat->start_ticks == 12345);
  CHECK(stat->start_code == 1000);
  CHECK(stat->start_stack == 3000);
  CHECK(stat->exit_status == 256);
  CHECK_FALSE(parse_process_stat(""));
  CHECK_FALSE(parse_process_stat("42 (x) S"));
}

TEST_CASE("a process tells of itself, its children and its files") {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "log";
  const Fd log(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const auto stat = process_stat(getpid());
  REQUIRE(stat);
  CHECK(stat->parent == getppid());
  CHECK(process_of_thread(getpid()) == getpid());
  CHECK_FALSE(process_arguments(getpid()).empty());
  CHECK(process_link(getpid(), "cwd") == fs::current_path());

  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  const auto children = process_children(getpid());
  CHECK(std::find(children.begin(), children.end(), child) != children.end());
  const auto files = process_files(child);
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const OpenFile& file) { return file.path == path; });
  REQUIRE(found != files.end());
  CHECK((found->written && !found->read));

  const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  CHECK_FALSE(ended_process_status(pidfd.get(), child));
  kill(child, SIGKILL);
  siginfo_t info{};
  waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
  const auto status = ended_process_status(pidfd.get(), child);
  REQUIRE(status);
  CHECK((WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL));
  CHECK(ended_process_status(-1, child) == status);  // as older kernels tell it
  waitpid(child, nullptr, 0);
}

TEST_CASE("addresses read as people write them") {
  using namespace std::string_literals;
  CHECK(format_address("\x02\0\x01\xbb\xc0\0\x02\x01\0\0\0\0\0\0\0\0"s) == "192.0.2.1:443");
  CHECK(format_address("\x0a\0\0\x50\0\0\0\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0"s) ==
        "[2001:db8::1]:80");
  CHECK(format_address("\x01\0/run/x.sock\0rest"s) == "unix:/run/x.sock");
  CHECK(format_address("\x01\0\0name"s) == "unix:@name");
  CHECK(format_address("\x01\0"s).empty());
  CHECK(format_address("\x02\0\x01"s).empty());
  CHECK(format_address("\x10\0\0\0"s).empty());
  CHECK(format_address("").empty());
}
