#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "export/package.h"
#include "model/parts.h"

namespace clew::exporter {

/// What an RO-Crate is made of.
struct CrateContent {
  std::vector<model::RunParts> runs;
  std::string prov_json;    ///< their graph
  std::string interchange;  ///< the runs as interchange lines
  std::string version;      ///< of clew
  /// Where the store keeps a file with this SHA-256 (hex); nullopt when it keeps none.
  std::function<std::optional<fs::path>(const std::string& sha256)> kept;
};

/// Writes a Process Run Crate (profile 0.5, https://w3id.org/ro/wfrun/process/0.5) in an RO-Crate
/// of version 1.1 (https://w3id.org/ro/crate/1.1): every run is a CreateAction by its user with its
/// code as the instrument; parameters and inputs are its objects, outputs and the last values of
/// metrics its results. Kept files are copied to files/PATH (with several runs files/RUN/PATH; an
/// absolute path goes below files/outside), others are named with their digests. The same runs give
/// the same bytes. Throws Error(damaged) when a kept file is not what its digest says. Does not
/// commit the package.
void write_ro_crate(const CrateContent& content, Package& package);

}  // namespace clew::exporter
