// Any line of a client is taken or refused, and one that is refused leaves nothing behind.

#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "capture/protocol.h"
#include "capture/recording_sink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (line.find('\n') != std::string_view::npos) return 0;
  RecordingSink sink;
  try {
    (void)clew::capture::read_line(line, 1, sink);
  } catch (const clew::Error&) {
    if (!sink.empty()) std::abort();
  }
  return 0;
}
