#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "base/timed_mutex.h"

using namespace clew;
using namespace std::chrono_literals;

TEST_CASE("a timed mutex lets one in, and others give up in time") {
  TimedMutex mutex;
  const std::unique_lock held(mutex);
  std::thread([&] {
    const std::unique_lock lock(mutex, 5ms);
    CHECK(!lock);
  }).join();
}

TEST_CASE("a thread that takes a timed mutex over and over starves nobody") {
  TimedMutex mutex;
  std::atomic<bool> done{false};
  std::size_t count = 0;
  std::thread greedy([&] {
    while (!done) {
      const std::lock_guard lock(mutex);
      ++count;
    }
  });
  for (int i = 0; i < 1000; ++i) {
    const std::unique_lock lock(mutex, 10s);
    REQUIRE(lock);
    ++count;
  }
  done = true;
  greedy.join();
  CHECK(count >= 1000);
}
