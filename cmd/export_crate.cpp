#include <algorithm>

#include "app/program.h"
#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "export/ro_crate.h"
#include "export_graph.h"
#include "prov/anonymous.h"

namespace clew::cmd {

namespace {

std::unique_ptr<exporter::Package> make_package(const fs::path& path, Time time) {
  if (to_lower(path.extension().string()) == ".zip") return exporter::make_zip_package(path, time);
  return exporter::make_directory_package(path, time);
}

}  // namespace

void write_crate(const CrateExport& crate) {
  exporter::CrateContent content;
  content.version = version();
  const prov::Document document =
      prov_document(crate.catalog, crate.runs, crate.options, Format::ro_crate, crate.progress);
  content.prov_json = prov_text(document, Format::prov_json, false);
  Time time = 0;
  for (const model::Run& run : crate.runs) {
    model::RunParts parts = crate.catalog.full(run.id);
    time = std::max(time, run.ended.value_or(run.started));
    if (crate.options.anonymous) parts = prov::anonymous(std::move(parts));
    const model::SeriesOf series = [&](const std::string& metric) {
      return crate.catalog.series(run.id, metric);
    };
    exporter::write_jsonl(parts, series,
                          [&](std::string_view text) { content.interchange += text; });
    content.runs.push_back(std::move(parts));
  }
  const store::Layout& layout = crate.session.layout();
  content.kept = [&layout](const std::string& sha256) -> std::optional<fs::path> {
    if (sha256.size() != 64) return std::nullopt;
    fs::path path = layout.objects() / sha256.substr(0, 2) / sha256.substr(2);
    std::error_code missing;
    if (!fs::is_regular_file(path, missing)) return std::nullopt;
    return path;
  };
  const auto package = make_package(crate.session.directory / *crate.options.file, time);
  exporter::write_ro_crate(content, *package);
  package->commit();
}

}  // namespace clew::cmd
