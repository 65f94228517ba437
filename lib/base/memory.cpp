#include "base/memory.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <memory>

namespace clew {

void expect_memory(std::size_t bytes) {
  constexpr std::size_t large_page = std::size_t{2} << 20;
  mallopt(M_MMAP_MAX, 0);         // all of one piece
  mallopt(M_TRIM_THRESHOLD, -1);  // never given back
  void* const piece = std::malloc(bytes);
  void* start = piece;
  std::size_t left = bytes;
  if (piece != nullptr && std::align(large_page, large_page, start, left) != nullptr) {
    // Where there are no large pages, small ones do as well.
    (void)madvise(start, left / large_page * large_page, MADV_HUGEPAGE);
  }
  std::free(piece);
}

}  // namespace clew
