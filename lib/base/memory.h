#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace clew {

/// Tells the allocator that the process is about to fill about so much memory with small things,
/// and to end soon after. It then comes in large pages, where the system has such, and is not given
/// back in between: the kernel's work for each small page would take as long as filling it. Memory
/// that is not filled costs nothing. To be called before there are other threads.
void expect_memory(std::size_t bytes);

/// Keeps a value as long as the process, which never frees it: for what is made of very many small
/// pieces and needed until shortly before the end. Not thread-safe.
template <typename T>
T& keep_to_the_end(T value) {
  static auto& kept = *std::make_unique<std::vector<std::unique_ptr<T>>>().release();
  return *kept.emplace_back(std::make_unique<T>(std::move(value)));
}

}  // namespace clew
