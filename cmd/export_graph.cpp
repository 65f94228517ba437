#include "export_graph.h"

#include <future>

#include "app/program.h"
#include "export/prov_dot.h"
#include "prov/run_graph.h"
#include "prov/seal.h"
#include "prov/writers.h"
#include "prov_records.h"

namespace clew::cmd {

prov::Document prov_document(const query::Catalog& catalog, const std::vector<model::Run>& runs,
                             const ExportOptions& options, Format format, ui::Progress& progress) {
  prov::GraphOptions how;
  how.with_series = options.with_series;
  how.version = version();
  how.processes = options.processes;
  how.infer_derivations = options.infer_derivations;
  how.anonymous = options.anonymous;
  how.bundles = options.bundles;
  // PROV-JSON, which is sealed in one go with being written, is written most.
  how.seal = format != Format::prov_json && format != Format::ro_crate;
  return prov::run_graph(prov_records(catalog, runs, progress), how);
}

namespace {

std::string written(const prov::Document& document, Format format, bool full) {
  switch (format) {
    case Format::prov_n:
      return prov::to_prov_n(document);
    case Format::turtle:
      return prov::to_turtle(document);
    case Format::trig:
      return prov::to_trig(document);
    case Format::prov_jsonld:
      return prov::to_prov_jsonld(document);
    case Format::dot: {
      exporter::DotOptions options;
      options.full = full;
      return exporter::prov_to_dot(document, options);
    }
    default:
      return prov::to_sealed_prov_json(document);
  }
}

}  // namespace

std::string prov_text(const prov::Document& document, Format format, bool full) {
  // Both only read the document, and take about as long. Where no thread is to be had, the check
  // is made at get().
  auto sound = std::async([&document] { require_sound(document); });
  std::string text = written(document, format, full);
  sound.get();
  return text;
}

}  // namespace clew::cmd
