#pragma once

#include <string>
#include <vector>

#include "analysis/table.h"

// How a parameter becomes a column, and what columns have to do with one another. Internal to
// analysis.

namespace clew::analysis {

/// The column of a parameter over these runs, with levels, weights and scale.
[[nodiscard]] Column make_column(const std::string& name,
                                 const std::vector<const model::Run*>& runs);

/// Does a level of `a` always come with the same level of `b`?
[[nodiscard]] bool determines(const Column& a, const Column& b);

/// Can the two not be told apart: is each determined by the other? Where every run has a level of
/// its own that holds for any two columns, so numbers must then go up or down together, in five
/// runs or more.
[[nodiscard]] bool change_together(const Column& a, const Column& b);

/// Is `a` what one would rather name of two columns that change together: numbers and words before
/// lists and maps, then the shorter name.
[[nodiscard]] bool simpler(const Column& a, const Column& b);

/// The shortest decimal that reads back as this float32.
[[nodiscard]] std::string shortest_float(float value);

}  // namespace clew::analysis
