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
  std::optional<std::string> format;
  std::optional<std::string> file;
  std::optional<std::string> metric;
  bool with_series = false;
};

/// What `clew export` writes.
enum class Format { prov_json, jsonl, csv, json };

/// The format that a file's name stands for: *.jsonl, *.ndjson, *.csv, *.provjson, prov.json and
/// *.prov.json, and any other *.json.
[[nodiscard]] std::optional<Format> format_of_file(std::string_view name);

void declare_export(Declaration& declaration, ExportOptions& options);
int run_export(Session& session, const ExportOptions& options);

}  // namespace clew::cmd
