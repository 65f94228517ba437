#pragma once

#include <cstddef>

namespace clew {

/// Tells the allocator that the process is about to fill about so much memory with small things,
/// and to end soon after. It then comes in large pages, where the system has such, and is not given
/// back in between: the kernel's work for each small page would take as long as filling it. Memory
/// that is not filled costs nothing. To be called before there are other threads.
void expect_memory(std::size_t bytes);

}  // namespace clew
