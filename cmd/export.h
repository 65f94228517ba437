#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

struct ExportOptions {
  std::vector<std::string> runs;
  std::optional<std::string> where;
  std::optional<std::string> format;
  std::optional<std::string> file;
  std::optional<std::string> metric;
  bool with_series = false;
  bool processes = false;
  bool infer_derivations = false;
  bool bundles = false;
  bool anonymous = false;
  bool full = false;
};

/// What `clew export` writes.
enum class Format { prov_json, prov_n, turtle, trig, prov_jsonld, dot, ro_crate, jsonl, csv, json };
/// Is it one of the formats of the provenance graph?
[[nodiscard]] bool is_prov(Format format);

/// The format that a file's name stands for: *.jsonl, *.ndjson, *.csv, *.provjson, prov.json and
/// *.prov.json, *.provn, *.ttl, *.trig, *.jsonld, *.dot and *.gv, *.zip, and any other *.json.
[[nodiscard]] std::optional<Format> format_of_file(std::string_view name);

void declare_export(Declaration& declaration, ExportOptions& options);
int run_export(Session& session, const ExportOptions& options);

}  // namespace clew::cmd
