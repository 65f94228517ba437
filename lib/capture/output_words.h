#pragma once

#include <string_view>

// The words by which the lines of a program's output are understood. Internal to the layer. All
// tests ignore the case of ASCII letters.

namespace clew::capture {

enum class Marker { none, epoch, step };

/// Does the word say that a count follows: epoch; step, global_step, iter, iteration, timestep,
/// episode?
[[nodiscard]] Marker marker_of(std::string_view word);

/// Is the name that of a measurement by itself: loss, val_loss, train-rmse, Acc@1, top5, f1, … ?
/// Its last part decides, or one of the parts between slashes.
[[nodiscard]] bool is_metric_word(std::string_view name);

/// Is the name an accuracy, which may be printed as a ratio such as 98/100?
[[nodiscard]] bool is_accuracy(std::string_view name);

/// Is the word just "error" or "err", which also begins messages: "error 2"?
[[nodiscard]] bool is_plain_error(std::string_view word);

/// Does the name often stand beside measurements without being one: lr, grad_norm, … ? A line of
/// these alone is a configuration.
[[nodiscard]] bool is_companion(std::string_view name);

/// Is the name that of a time, a rate, a count of work done, a size, a file or a setting, which is
/// never a metric?
[[nodiscard]] bool is_ignored(std::string_view name);

/// Does the word belong to the name when it stands before a metric word: average, final, policy, …
/// and all splits?
[[nodiscard]] bool is_qualifier(std::string_view word);

/// Is the word a part of the data: train, val, test, eval, dev, … ?
[[nodiscard]] bool is_split(std::string_view word);

/// Is one of the parts of the name a split?
[[nodiscard]] bool has_split(std::string_view name);

/// Is the word a unit of time, size or speed?
[[nodiscard]] bool is_unit(std::string_view word);

}  // namespace clew::capture
