#pragma once

#include <string>

#include "export/exporter.h"

namespace clew::exporter {

/// Gathers text and passes it on in pieces of about 64 KiB. Call finish() at the end.
class Chunks {
 public:
  explicit Chunks(const Out& out) : out_(out) {}

  /// What has not been passed on yet; append to it, then call end_line().
  [[nodiscard]] std::string& text() { return text_; }
  void end_line() {
    text_ += '\n';
    if (text_.size() >= kPiece) finish();
  }
  void finish() {
    if (!text_.empty()) out_(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t kPiece = 64 << 10;
  const Out& out_;
  std::string text_;
};

}  // namespace clew::exporter
