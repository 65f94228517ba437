#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "ui/output.h"

namespace clew::ui {

/// A line on the terminal that tells how far a long operation is: "LABEL  42%". It appears after
/// half a second, is drawn anew at most ten times a second, and is gone at the end. On no terminal
/// there is none.
class Progress {
 public:
  /// `total` of 0: the end is not known, and the count itself is shown.
  Progress(Output& err, std::string label, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total are done. Cheap enough for every step.
  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;

  Output& err_;
  std::string label_;
  std::uint64_t total_;
  Clock::time_point next_;
  std::uint64_t calls_ = 0;
  bool drawn_ = false;
};

/// The text of the line.
[[nodiscard]] std::string progress_text(const std::string& label, std::uint64_t done,
                                        std::uint64_t total);

}  // namespace clew::ui
