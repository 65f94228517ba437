#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "capture/sink.h"

namespace clew::capture {

/// Finds metrics in what a program prints. The rule prefers to miss a metric over making one up:
///
/// - A pair is a name and a number: "loss: 0.2", "loss=0.2", "'loss': 0.2", or "loss 0.2" where the
///   name is a metric word. Metric words end in loss, acc, accuracy, error, rmse, mae, mse, auc,
///   f1, precision, recall, ppl, bleu, reward, score and the like ("val_loss", "train-rmse",
///   "Acc@1"). The number ends where a reader would end it, so that times, dates, addresses,
///   versions, paths and numbers with units are none; a percent sign is left out; an accuracy such
///   as 98/100 is that ratio.
/// - A marker is epoch, step, global_step, iter, iteration, timestep or episode with a number.
/// - A line counts when it has a marker and a pair, or a pair whose name is a metric word and whose
///   number is more than a whole number. Then all of its pairs count, but not those that are named
///   like times, rates, sizes, counts of work or files, nor those inside of calls: "Adam(lr=0.1)".
/// - Words such as train, val, average or final before a metric word belong to its name
///   ("Train_Loss"), and "Val:" or "[val]" to the names behind it.
/// - The step is global_step, else the first other marker of steps, else the epoch, else the epoch
///   that a line such as "Epoch 3/100" before has set; "[12]<tab>" begins a line of step 12.
///
/// A line that fits a template from clew.yaml counts as the template says instead. Of a line that
/// is redrawn with '\r', backspaces or movements of the cursor only the last form counts; control
/// sequences are skipped; a line of more than 64 KiB is left out. Points carry
/// MetricSource::output. One scanner per stream; not thread-safe.
class OutputScanner {
 public:
  /// A template is a text with fields: "[{step}] train {loss} / {val/loss}"; {step} and {epoch} set
  /// the step, every other field is a metric, {} skips a word, {{ and }} are braces. White space
  /// fits any white space. It is looked for anywhere in a line; the first template that fits
  /// counts. Throws Error(usage) for a wrong one, with its text and the column.
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
