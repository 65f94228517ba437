#pragma once

#include <string>
#include <vector>

#include "app/session.h"
#include "export.h"
#include "prov/graph.h"
#include "query/catalog.h"
#include "ui/progress.h"

namespace clew::cmd {

/// The graph of runs as the options want it, to be written in the format.
[[nodiscard]] prov::Document prov_document(const query::Catalog& catalog,
                                           const std::vector<model::Run>& runs,
                                           const ExportOptions& options, Format format,
                                           ui::Progress& progress);

/// The graph in one of its text formats, checked while it is written. `full`: see `clew graph`.
/// Throws Error(bug) when it is not sound.
[[nodiscard]] std::string prov_text(const prov::Document& document, Format format, bool full);

/// What an RO-Crate is written from.
struct CrateExport {
  Session& session;
  const query::Catalog& catalog;
  const std::vector<model::Run>& runs;
  const ExportOptions& options;
  ui::Progress& progress;
};

/// Writes the runs as an RO-Crate into options.file, a directory or *.zip.
void write_crate(const CrateExport& crate);

}  // namespace clew::cmd
