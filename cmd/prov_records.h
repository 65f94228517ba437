#pragma once

#include <vector>

#include "model/run.h"
#include "prov/run_graph.h"
#include "query/catalog.h"
#include "ui/progress.h"

namespace clew::cmd {

/// The runs with all that their PROV graph is made of: parts, series, output, and for what they
/// read the runs of the store that had made it. The catalog must outlive them.
[[nodiscard]] std::vector<prov::RunRecord> prov_records(const query::Catalog& catalog,
                                                        const std::vector<model::Run>& runs,
                                                        ui::Progress& progress);

/// Throws Error(bug) with what is wrong with a graph that clew made itself.
void require_sound(const prov::Document& document);

}  // namespace clew::cmd
