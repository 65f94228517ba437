#include "record/trace_clerk.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <system_error>

#include "base/error.h"
#include "capture/trace_table.h"

namespace clew::record {
namespace {

constexpr int kGather = 20;       // milliseconds that items may wait for others
constexpr int kAwait = 50;        // milliseconds between looks for files to appear
constexpr int kIdle = 3'600'000;  // milliseconds
constexpr auto kSettlePatience = std::chrono::seconds(5);
constexpr auto kTakePatience = std::chrono::seconds(1);

}  // namespace

TraceClerk::TraceClerk(capture::TraceQueue& queue, capture::TraceBook book)
    : queue_(queue), ready_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), book_(std::move(book)) {
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error& error) {
    throw system_error(error.code().value(), "start", "the tracer");
  }
}

TraceClerk::~TraceClerk() {
  if (thread_.joinable()) thread_.join();
}

void TraceClerk::work() {
  bool awaited = false;
  while (!queue_.closed()) {
    queue_.wait(kGather, awaited ? kAwait : kIdle);
    const std::lock_guard lock(mutex_);
    keep();
    awaited = book_.awaited();
    if (!book_.has_news()) continue;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(ready_.get(), &one, sizeof one);
  }
}

/// Takes from the queue with the mutex held, so that whoever holds it next finds all in the book.
void TraceClerk::keep() {
  for (auto& item : queue_.take())
    book_.take(std::move(item));
  if (book_.awaited()) book_.look_again(capture::coarse_now());
}

capture::TraceFindings TraceClerk::take(Shelf shelf) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(ready_.get(), &count, sizeof count);
  // While the thread waits for a file system, the rest of the record goes on.
  const std::unique_lock lock(mutex_, kTakePatience);
  if (!lock) return {};
  return book_.findings(shelf);
}

bool TraceClerk::settle() {
  // The thread may be looking at a file system that does not answer.
  const std::unique_lock lock(mutex_, kSettlePatience);
  if (!lock) return false;
  keep();
  return true;
}

bool TraceClerk::finish(Shelf shelf) {
  const std::unique_lock lock(mutex_, kSettlePatience);
  if (!lock) return false;
  keep();
  book_.finish(shelf, capture::coarse_now());
  return true;
}

std::optional<TraceClerk::Shelf> TraceClerk::open_shelf(pid_t recorder) {
  settle();
  const std::lock_guard lock(mutex_);
  return book_.open_shelf(recorder);
}

std::vector<std::int64_t> TraceClerk::living() {
  const std::lock_guard lock(mutex_);
  return book_.living();
}

}  // namespace clew::record
