#pragma once

#include <span>

#include "base/bytes.h"

// The column of values of a chunk; see chunk.h for its three forms.

namespace clew::store {

inline constexpr std::size_t kLongestVarint = 10;

void write_values(ByteWriter& out, std::span<const double> values);
/// Fills all of `values`. Throws Error(damaged).
void read_values(ByteReader& in, std::span<double> values);

}  // namespace clew::store
