#pragma once

#include "model/parts.h"
#include "prov/lookup.h"

namespace clew::prov {

/// Reads the processes, files and named files of a run back into `parts`. Internal to prov.
void read_document_files(const Lookup& lookup, const Record& run, model::RunParts& parts);

}  // namespace clew::prov
