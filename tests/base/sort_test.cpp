#include "base/sort.h"

#include <catch2/catch.hpp>
#include <random>
#include <utility>
#include <vector>

TEST_CASE("stretches that are in order are sorted as a stable sort does, and so is anything else") {
  using Pair = std::pair<int, int>;  // what counts, and where it stood
  const auto before = [](const Pair& a, const Pair& b) { return a.first < b.first; };
  std::mt19937 random(7);
  for (const int stretch : {1, 2, 3, 7, 50, 1000}) {
    for (int size = 0; size < 200; size = size * 2 + 1) {
      std::vector<Pair> values;
      for (int i = 0; i < size; ++i) {
        const int next = i % stretch == 0 ? static_cast<int>(random() % 20) : values.back().first;
        values.emplace_back(next + static_cast<int>(random() % 2), i);
      }
      auto sorted = values;
      std::stable_sort(sorted.begin(), sorted.end(), before);
      clew::sort_stretches(values.begin(), values.end(), before);
      CHECK(values == sorted);
    }
  }
}
