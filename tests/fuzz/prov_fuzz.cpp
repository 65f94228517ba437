// Any JSON document is linted without a fault of the linter.

#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "prov/lint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    (void)clew::prov::lint(clew::parse_json(text));
  } catch (const clew::Error&) {
  }
  return 0;
}
