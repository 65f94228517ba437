// Any file is read as a spool up to its first damage; any record that can be read is written again
// as the same bytes.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "record/spool.h"

namespace {

using namespace clew;

/// The first encoding may be one of several that mean the same; the second must be canonical.
void check_event(model::EventType type, std::string_view payload) {
  const model::Event event = model::decode_event(type, payload);
  std::string once;
  if (model::encode_event(once, event) != type) std::abort();
  std::string twice;
  (void)model::encode_event(twice, model::decode_event(type, once));
  if (once != twice) std::abort();
}

void check_record(std::uint8_t type, std::string_view payload) {
  try {
    check_event(static_cast<model::EventType>(type), payload);
  } catch (const Error&) {
  }
}

void check_spool(std::string_view bytes) {
  const Fd file(memfd_create("spool", MFD_CLOEXEC));
  if (!file || write(file.get(), bytes.data(), bytes.size()) < 0) return;
  const fs::path path = concat("/proc/self/fd/", file.get());
  std::uint64_t records = 0;
  try {
    (void)record::read_spool(path, [&](model::EventType type, std::string_view payload) {
      ++records;
      check_record(static_cast<std::uint8_t>(type), payload);
      return true;
    });
  } catch (const Error&) {
  }
  if (record::intact_size(path) > std::max(bytes.size(), record::kSpoolMagic.size())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_spool(bytes);
  // The checksum hides the payloads from a fuzzer, so they are tried by themselves too.
  if (!bytes.empty()) check_record(data[0], bytes.substr(1));
  return 0;
}
