// Any header row is read or refused; what can be read is written again as the same bytes.

#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "model/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clew;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const std::string once = model::encode_run(model::decode_run(bytes));
    if (model::encode_run(model::decode_run(once)) != once) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
