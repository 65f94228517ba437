// Any header row is read or refused; what can be read is written again as the same bytes, and seen
// in the same way without decoding it. Any column is read or refused.

#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "model/column.h"
#include "model/encoding.h"
#include "model/run_view.h"

namespace {

using namespace clew;

/// The parameters as a view shows them.
void check_view(const std::string& row, const model::Run& run) {
  model::RunView view(row);
  std::size_t at = 0;
  view.params([&](std::string_view name, const model::JsonView& value, model::Source) {
    if (name != run.params.at(at).name) std::abort();
    std::string bytes;
    std::string expected;
    ByteWriter out(bytes);
    model::encode_json(out, value.decode());
    ByteWriter expected_out(expected);
    model::encode_json(expected_out, run.params[at++].value);
    if (bytes != expected) std::abort();
  });
  if (at != run.params.size()) std::abort();
  at = 0;
  view.metrics([&](std::string_view name, ByteReader& summary) {
    if (name != run.metrics.at(at++).name) std::abort();
    (void)model::decode_summary(summary);
  });
  if (at != run.metrics.size()) std::abort();
  std::string tags;
  view.tags(tags);
  if (view.code().commit != run.code.commit) std::abort();
}

void read_as_column(std::string_view bytes) {
  constexpr std::uint32_t kRuns = 7;
  std::uint32_t values = 0;
  model::read_column(bytes, kRuns, [&](std::uint32_t run, ByteReader& in) {
    if (run >= kRuns || ++values > kRuns) std::abort();
    (void)model::JsonView(in).decode();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const std::string once = model::encode_run(model::decode_run(bytes));
    const model::Run run = model::decode_run(once);
    if (model::encode_run(run) != once) std::abort();
    check_view(once, run);
  } catch (const Error&) {
  }
  try {
    read_as_column(bytes);
  } catch (const Error&) {
  }
  return 0;
}
