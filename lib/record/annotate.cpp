#include "record/annotate.h"

#include "base/error.h"
#include "base/text.h"
#include "record/fold.h"
#include "record/seal.h"
#include "record/spool.h"
#include "store/store.h"

namespace clew::record {
namespace {

/// Appends to live/RUN/annotations; false when the run is not live (any more).
bool annotate_live(const store::Layout& layout, RunId id, const std::vector<model::Event>& events) {
  std::error_code ignored;
  if (!fs::exists(layout.spool(id), ignored)) return false;
  const fs::path path = layout.annotations(id);
  // Written anew as a whole, so that a record torn by a crash cannot hide those behind it.
  std::string records(kSpoolMagic);
  if (const auto old = read_file(path)) records = old->substr(0, intact_size(path));
  for (const auto& event : events)
    append_record(records, event);
  replace_file(path, records, Sync::yes);
  return true;
}

void annotate_sealed(const store::Layout& layout, RunId id, const std::vector<model::Event>& events,
                     std::chrono::milliseconds patience) {
  store::Store store = store::Store::open_for_writing(layout, patience);
  auto run = store.reader().run(id);
  if (!run) throw Error(ErrorKind::usage, concat("no run '", id.hex(), '\''), {"clew log"});
  Fold fold;
  auto metrics = run->metrics;
  fold.apply(model::BeginEvent{std::move(*run)});
  for (const auto& event : events)
    fold.apply(event);
  model::Run changed = fold.header();
  changed.metrics = std::move(metrics);
  store.annotate(changed);
}

}  // namespace

void annotate(const store::Layout& layout, RunId id, const std::vector<model::Event>& events,
              std::chrono::milliseconds patience) {
  std::error_code ignored;
  if (fs::exists(layout.spool(id), ignored)) {
    // Sealing holds the same lock, so that it cannot miss what is appended here.
    const auto lock = FileLock::acquire(layout.lock(), LockMode::exclusive, patience);
    if (!lock) {
      throw Error(ErrorKind::busy, "another clew is writing to the store", {"try again"});
    }
    if (annotate_live(layout, id, events)) return;
  }
  annotate_sealed(layout, id, events, patience);
}

void remove(const store::Layout& layout, const std::vector<RunId>& ids,
            std::chrono::milliseconds patience, const std::function<void(std::size_t)>& progress) {
  store::Store store = store::Store::open_for_writing(layout, patience);
  for (const RunId id : ids) {
    std::error_code ignored;
    if (!store.reader().digest(id) && fs::exists(layout.spool(id), ignored)) {
      throw Error(ErrorKind::usage, concat("run '", id.short_hex(), "' still goes on"),
                  {"end it first, or wait until it has ended"});
    }
  }
  std::size_t done = 0;
  for (const RunId id : ids) {
    store.remove(id);
    if (progress) progress(++done);
  }
}

Recovery recover(const store::Layout& layout, std::chrono::milliseconds patience) {
  Recovery recovery;
  std::vector<std::pair<RunId, Fd>> abandoned;
  std::error_code failure;
  for (fs::directory_iterator entry(layout.live(), failure), end; entry != end;
       entry.increment(failure)) {
    if (failure) break;
    const auto id = RunId::parse(entry->path().filename().string());
    if (!id) continue;
    if (auto lock = try_lock_spool(layout.spool(*id)))
      abandoned.emplace_back(*id, std::move(*lock));
  }
  if (abandoned.empty()) return recovery;
  store::Store store = store::Store::open_for_writing(layout, patience);
  for (const auto& [id, lock] : abandoned) {
    try {
      seal(store, id, {});
      recovery.sealed.push_back(id);
    } catch (const Error& error) {
      recovery.failures.push_back(
          concat("cannot seal run '", id.short_hex(), "': ", error.message()));
    }
  }
  return recovery;
}

}  // namespace clew::record
