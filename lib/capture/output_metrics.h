#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "capture/sink.h"

namespace clew::capture {

/// Finds metrics in what a program prints: lines such as "epoch 3 loss: 0.2 - acc: 0.9",
/// "loss=0.2 step=7", Keras' progress bars, and lines that fit templates from clew.yaml. Of a line
/// that is redrawn with '\r' only the last form counts. ANSI escapes are skipped. Points carry
/// MetricSource::output. One scanner per stream; not thread-safe.
class OutputScanner {
 public:
  /// A template is a text with fields: "[{step}] train {loss} / {val/loss}"; {step} and {epoch} set
  /// the step, every other field is a metric, {} skips a word. Throws Error(usage) for a wrong one.
  explicit OutputScanner(const std::vector<std::string>& templates = {});
  ~OutputScanner();
  OutputScanner(OutputScanner&&) noexcept;
  OutputScanner& operator=(OutputScanner&&) noexcept;

  /// Takes the next bytes of the stream, cut anywhere.
  void feed(std::string_view bytes, Time now, Sink& sink);
  /// The stream is at its end: a last line without an end counts too.
  void finish(Time now, Sink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace clew::capture
