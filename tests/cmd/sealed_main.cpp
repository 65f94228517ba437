// The program in a sealed environment: what it prints depends on nothing but its arguments and the
// files it finds. CLEW_SEALED_CLOCK_FILE names a file that counts how many such processes there
// were; each has a time of its own, one second after the one before, at which its clock stands
// still, however often it is asked. CLEW_SEALED_SEED and the count give the ids.

#include <sys/file.h>
#include <unistd.h>

#include <fcntl.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "app/program.h"
#include "base/hash.h"
#include "base/text.h"

namespace {

using namespace clew;

/// 2026-01-02T03:04:05Z.
constexpr Time kStart = 1'767'323'045'000'000;

class StandingClock final : public Clock {
 public:
  explicit StandingClock(Time time) : time_(time) {}
  Time now() override { return time_; }

 private:
  Time time_;
};

class CountedIds final : public IdSource {
 public:
  CountedIds(std::string seed, std::int64_t process) : seed_(std::move(seed)), process_(process) {}
  RunId next() override {
    const Digest digest = sha256(concat(seed_, '/', process_, '/', next_++));
    return *RunId::parse(to_hex(digest).substr(0, 16));
  }

 private:
  std::string seed_;
  std::int64_t process_;
  std::atomic<std::int64_t> next_ = 0;
};

/// Adds one to the count in the file and returns what it was; processes may do so at once.
std::int64_t count_up(const char* path) {
  const Fd file(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file || flock(file.get(), LOCK_EX) != 0) {
    std::perror(path);
    std::exit(70);
  }
  char text[32] = {};
  const ssize_t length = read(file.get(), text, sizeof text);
  const std::int64_t count =
      parse_int(std::string_view(text, length > 0 ? static_cast<std::size_t>(length) : 0))
          .value_or(0);
  const std::string next = std::to_string(count + 1);
  if (pwrite(file.get(), next.data(), next.size(), 0) < 0) std::perror(path);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const char* clock_file = std::getenv("CLEW_SEALED_CLOCK_FILE");
  const char* seed = std::getenv("CLEW_SEALED_SEED");
  const std::int64_t process = clock_file != nullptr ? count_up(clock_file) : 0;
  StandingClock clock(kStart + process * 1'000'000);
  CountedIds ids(seed != nullptr ? seed : "", process);
  std::error_code code;
  const cmd::Services services{.environment = cmd::environment_map(environ),
                               .clock = clock,
                               .ids = ids,
                               .directory = fs::current_path(code),
                               .program = cmd::program_file()};
  return cmd::run_program({argv + (argc > 0 ? 1 : 0), argv + argc}, services);
}
