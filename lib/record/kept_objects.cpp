#include "record/kept_objects.h"

#include <vector>

#include "record/live.h"
#include "store/store.h"

namespace clew::record {
namespace {

void add_saved(const std::vector<model::File>& files, std::set<std::string>& digests) {
  for (const model::File& file : files) {
    if (file.state.saved) digests.insert(file.state.sha256);
  }
}

}  // namespace

std::set<std::string> objects_in_use(const store::Layout& layout) {
  std::set<std::string> digests;
  // The unsealed first: one that is sealed meanwhile is then seen among the sealed.
  const LiveReader live(layout);
  for (const model::Run& run : live.runs()) {
    if (const auto parts = live.run(run.id)) add_saved(parts->files, digests);
  }
  const store::Store store = store::Store::open_for_reading(layout);
  const store::Reader reader = store.reader();
  reader.runs([&](model::Run&& run) {
    add_saved(reader.files(run.id), digests);
    return true;
  });
  return digests;
}

}  // namespace clew::record
