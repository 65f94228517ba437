#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace clew::analysis {

enum class Verdict { good, bad, unknown };
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// Where a sequence that begins good ends bad.
struct Turn {
  std::size_t last_good = 0;         ///< the last good one of all
  std::size_t first_bad = 0;         ///< the first bad one after it
  std::vector<std::size_t> unknown;  ///< between the two: it may have turned there already
  std::size_t turns = 0;             ///< how often it changes in all; 1 unless it went to and fro
};

/// nullopt when no bad one comes after the last good one.
[[nodiscard]] std::optional<Turn> find_turn(const std::vector<Verdict>& verdicts);

/// The unknown one that is best tried next, nearest to the middle between the two; nullopt when
/// none is left.
[[nodiscard]] std::optional<std::size_t> best_to_try(const Turn& turn);

}  // namespace clew::analysis
