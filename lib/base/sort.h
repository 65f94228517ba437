#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace clew {

/// Sorts what lies in order but for a few breaks, in one pass over it and one more for each
/// doubling of their number. Equal elements keep their order. For anything else it is a merge sort.
template <typename Iterator, typename Before>
void sort_stretches(Iterator begin, Iterator end, Before before) {
  std::vector<Iterator> bounds = {begin};  // of the stretches that are in order
  while (bounds.back() != end)
    bounds.push_back(std::is_sorted_until(bounds.back(), end, before));
  while (bounds.size() > 2) {
    std::size_t kept = 1;
    for (std::size_t i = 2; i < bounds.size(); i += 2) {
      std::inplace_merge(bounds[i - 2], bounds[i - 1], bounds[i], before);
      bounds[kept++] = bounds[i];
    }
    if (bounds.size() % 2 == 0) bounds[kept++] = end;
    bounds.resize(kept);
  }
}

}  // namespace clew
