// Any interchange file is read or refused with the number of a line.

#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "import/collector.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)clew::test::read_lines({reinterpret_cast<const char*>(data), size});
  } catch (const clew::Error& error) {
    if (error.kind() == clew::ErrorKind::bug) std::abort();
  }
  return 0;
}
