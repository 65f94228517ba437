#include "record/trace_clerk.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

#include "base/error.h"
#include "capture/trace_table.h"

namespace clew::record {
namespace {

constexpr int kGather = 20;       // milliseconds that items may wait for others
constexpr int kAwait = 50;        // milliseconds between looks for files to appear
constexpr int kIdle = 3'600'000;  // milliseconds
constexpr auto kSettlePatience = std::chrono::seconds(5);

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
    auto items = queue_.take(kGather, awaited ? kAwait : kIdle);
    const std::lock_guard lock(mutex_);
    for (auto& item : items)
      book_.take(std::move(item));
    if (book_.awaited()) book_.look_again(capture::coarse_now());
    awaited = book_.awaited();
    ++rounds_;
    settled_.notify_all();
    if (!book_.has_news()) continue;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(ready_.get(), &one, sizeof one);
  }
}

capture::TraceFindings TraceClerk::take(Shelf shelf) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(ready_.get(), &count, sizeof count);
  const std::lock_guard lock(mutex_);
  return book_.findings(shelf);
}

bool TraceClerk::settle() {
  std::unique_lock lock(mutex_);
  // A round that is under way may have emptied the queue too early.
  const std::uint64_t enough = rounds_ + 2;
  const auto deadline = std::chrono::steady_clock::now() + kSettlePatience;
  while (rounds_ < enough) {
    queue_.hurry();
    if (settled_.wait_until(lock, deadline) == std::cv_status::timeout) return rounds_ >= enough;
  }
  return true;
}

bool TraceClerk::finish(Shelf shelf) {
  const bool whole = settle();
  const std::lock_guard lock(mutex_);
  book_.finish(shelf, capture::coarse_now());
  return whole;
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
