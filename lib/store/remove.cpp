#include "store/batch_writer.h"
#include "store/file_index.h"
#include "store/output_file.h"
#include "store/remains.h"
#include "store/row_group.h"
#include "store/rows.h"
#include "store/store.h"

namespace clew::store {

void remove_remains(KeyValue& database, const Layout& layout, RunId id) {
  constexpr std::size_t kAtOnce = 10'000;
  const std::string prefix = rows::run_prefix(id);
  while (true) {
    Batch batch;
    database.scan(prefix, prefix, [&](std::string_view key, std::string_view) {
      batch.erase(std::string(key));
      return batch.operations().size() < kAtOnce;
    });
    if (batch.empty()) break;
    database.apply(batch, Sync::no);
  }
  remove_output(layout.output(id));
}

void remove_run(KeyValue& database, const Layout& layout, RunId id) {
  const Reader reader(database, layout);
  const auto header_key = rows::find_header_key(database, id);
  if (!header_key) return;
  // Entries of indexes do not count without the run, so they may go first.
  BatchWriter indexes(database);
  std::uint32_t number = 0;
  for (const model::File& file : reader.files(id))
    erase_file_index(indexes, id, number++, file);
  indexes.flush();

  const rows::LogEntry entry = rows::next_log_entry(database, id);
  const std::string removal = rows::encode_log_entry(entry);
  Batch batch;
  drop_row_group(database, batch, *header_key);
  batch.erase(*header_key);
  batch.erase(rows::pointer_key(id));
  batch.erase(rows::section_prefix(id, rows::Section::contents));
  for (std::string key : {rows::log_key(entry.sequence), std::string(rows::kTipKey)}) {
    std::string value = rows::frame(key, removal);
    batch.put(std::move(key), std::move(value));
  }
  database.apply(batch, Sync::yes);
  remove_remains(database, layout, id);
}

}  // namespace clew::store
