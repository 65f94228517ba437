#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"

namespace clew::capture {

/// The number that a word spells: JSON's grammar, and also ".5" and "5.". An integer outside int64
/// and a double outside its range are nullopt, so that the word stays the exact text that it is.
[[nodiscard]] std::optional<Json> number_from_word(std::string_view word);

/// A word of a command line or of a plain text file as a value: a JSON scalar, Python's True, False
/// and None, else the text itself.
[[nodiscard]] Json value_from_word(std::string_view word);

}  // namespace clew::capture
