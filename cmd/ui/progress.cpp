#include "ui/progress.h"

#include <algorithm>

#include "base/text.h"

namespace clew::ui {

namespace {

constexpr auto kBeforeShown = std::chrono::milliseconds(500);
constexpr auto kInterval = std::chrono::milliseconds(100);
/// The clock is read once in so many calls.
constexpr std::uint64_t kStride = 64;
/// To the start of the line, and erase it (ECMA-48, 8.3.41).
constexpr std::string_view kErase = "\r\x1b[K";

}  // namespace

std::string progress_text(const std::string& label, std::uint64_t done, std::uint64_t total) {
  if (total == 0) return concat(label, "  ", done);
  const double share = static_cast<double>(done) / static_cast<double>(total);
  return concat(label, "  ", static_cast<int>(std::min(share, 1.0) * 100), '%');
}

Progress::Progress(Output& err, std::string label, std::uint64_t total)
    : err_(err), label_(std::move(label)), total_(total), next_(Clock::now() + kBeforeShown) {}

Progress::~Progress() {
  if (!drawn_) return;
  err_.write(kErase);
  err_.flush();
}

void Progress::update(std::uint64_t done) {
  if (!err_.terminal() || ++calls_ % kStride != 0) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kInterval;
  drawn_ = true;
  err_.write(concat(kErase, progress_text(label_, done, total_)));
  err_.flush();
}

}  // namespace clew::ui
