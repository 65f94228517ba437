#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/hash.h"
#include "base/id.h"
#include "model/files.h"
#include "store/batch_writer.h"
#include "store/store.h"

// The indexes from the content and the name of a file to the runs that used it. Every entry repeats
// what stands in the section of files, which alone counts for digests.

namespace clew::store {

/// Calls `visit` with what the indexes say of a file of a run that started at a given time: by
/// each digest that it had, and by name (no digest).
void each_mention(
    RunId id, Time started, const model::File& file,
    const std::function<void(const std::optional<Digest>&, const FileMention&)>& visit);

/// Adds the entries of the `number`th file of a run.
void write_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file);

/// Takes them away.
void erase_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file);

/// Is one of them missing?
[[nodiscard]] bool lacks_index_entry(const KeyValue& database, RunId id, std::uint32_t number,
                                     const model::File& file);

}  // namespace clew::store
