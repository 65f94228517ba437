#pragma once

#include <cstdint>

#include "base/id.h"
#include "model/files.h"
#include "store/batch_writer.h"

// The indexes from the content and the name of a file to the runs that used it. Every entry repeats
// what stands in the section of files, which alone counts for digests.

namespace clew::store {

/// Adds the entries of the `number`th file of a run.
void write_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file);

/// Takes them away.
void erase_file_index(BatchWriter& batch, RunId id, std::uint32_t number, const model::File& file);

}  // namespace clew::store
