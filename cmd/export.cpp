#include "export.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "answer_file.h"
#include "app/program.h"
#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "prov/lint.h"
#include "prov/run_graph.h"
#include "query/catalog.h"
#include "ui/progress.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr std::array<std::pair<std::string_view, Format>, 4> kFormats = {{
    {"prov-json", Format::prov_json},
    {"jsonl", Format::jsonl},
    {"csv", Format::csv},
    {"json", Format::json},
}};

std::string format_hint() {
  return "choose --format prov-json, jsonl, csv or json";
}

Format format_of(const Session& session, const ExportOptions& options) {
  if (options.format) {
    for (const auto& [name, format] : kFormats) {
      if (name == *options.format) return format;
    }
    throw Error(ErrorKind::usage, concat("unknown format '", *options.format, '\''),
                {format_hint()});
  }
  if (session.global.json) return Format::json;
  if (options.metric) return Format::csv;
  if (!options.file) throw Error(ErrorKind::usage, "no format to export in", {format_hint()});
  const auto format = format_of_file(*options.file);
  if (!format) {
    throw Error(ErrorKind::usage,
                concat("the name of '", *options.file, "' does not tell the format"),
                {format_hint()});
  }
  return *format;
}

void check(const ExportOptions& options, Format format) {
  if (options.with_series && format == Format::csv) {
    throw Error(ErrorKind::usage, "--with-series does not go with the format 'csv'",
                {"--metric NAME exports one series of one run"});
  }
  if (!options.metric) return;
  if (format != Format::csv) {
    throw Error(ErrorKind::usage, "--metric goes with the format 'csv' only",
                {"'clew show RUN --metric NAME --json' prints a series as JSON"});
  }
  if (options.runs.size() > 1) throw Error(ErrorKind::usage, "--metric takes one run");
}

/// The runs that are named, each once; else all, or the newest where a format is about one.
std::vector<Run> runs_of(const query::Catalog& catalog, const ExportOptions& options,
                         Format format) {
  std::vector<Run> runs;
  std::set<RunId> seen;
  for (const std::string& word : options.runs) {
    Run run = catalog.find(word);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  if (!options.runs.empty()) return runs;
  if (format == Format::prov_json || options.metric) return {catalog.find("@")};
  runs = catalog.runs();
  // Interchange goes from old to new, so that a run comes after its parent.
  if (format == Format::jsonl) std::reverse(runs.begin(), runs.end());
  return runs;
}

/// One export: the runs, where they come from, and where the text goes.
struct Export {
  const query::Catalog& catalog;
  const std::vector<Run>& runs;
  const ExportOptions& options;
  ui::Progress& progress;
  Time now;
  const exporter::Out& out;

  [[nodiscard]] model::SeriesOf series_of(RunId id) const {
    return [this, id](const std::string& metric) { return catalog.series(id, metric); };
  }

  void prov_json() const;
  void jsonl() const;
  void json() const;
};

void Export::prov_json() const {
  std::vector<prov::RunRecord> records;
  for (const Run& run : runs) {
    prov::RunRecord record{catalog.full(run.id), series_of(run.id), false};
    catalog.output(run.id, [&record](store::OutputPiece&&) {
      record.has_output = true;
      return false;
    });
    records.push_back(std::move(record));
    progress.update(records.size());
  }
  const prov::GraphOptions graph{options.with_series, std::string(version())};
  const std::string text = prov::to_prov_json(prov::run_graph(records, graph));
  const std::vector<prov::Finding> findings = prov::lint(parse_json(text));
  if (!findings.empty()) {
    std::vector<std::string> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(findings.size(), 5); ++i) {
      others.push_back(concat("also at '", findings[i].where, "': ", findings[i].what));
    }
    const prov::Finding& first = findings.front();
    std::string rule =
        first.constraint.empty() ? "" : concat(" (constraint ", first.constraint, ')');
    throw Error(ErrorKind::bug,
                concat("the exported PROV is not valid at '", first.where, "': ", first.what, rule),
                std::move(others));
  }
  out(text);
  if (!text.ends_with('\n')) out("\n");
}

void Export::jsonl() const {
  std::uint64_t done = 0;
  for (const Run& run : runs) {
    exporter::write_jsonl(catalog.full(run.id), series_of(run.id), out);
    progress.update(++done);
  }
}

void Export::json() const {
  std::uint64_t done = 0;
  for (const Run& run : runs) {
    const model::RunParts parts = catalog.full(run.id);
    Json object = exporter::run_to_full_json(parts, now);
    if (options.with_series) {
      Json series = Json::array();
      for (const model::MetricSummary& metric : parts.run.metrics) {
        series.push(exporter::series_to_json(catalog.series(run.id, metric.name)));
      }
      object["series"] = std::move(series);
    }
    out(concat(done == 0 ? "[\n" : ",\n", dump_json(object)));
    progress.update(++done);
  }
  out(runs.empty() ? "[]\n" : "\n]\n");
}

void write(const Export& one, Format format) {
  switch (format) {
    case Format::prov_json:
      return one.prov_json();
    case Format::jsonl:
      return one.jsonl();
    case Format::json:
      return one.json();
    case Format::csv:
      if (!one.options.metric) return exporter::write_runs_csv(one.runs, one.now, one.out);
      return exporter::write_series_csv(
          one.catalog.series(one.runs.front().id, *one.options.metric), one.out);
  }
}

}  // namespace

std::optional<Format> format_of_file(std::string_view name) {
  const auto slash = name.rfind('/');
  const std::string file =
      to_lower(slash == std::string_view::npos ? name : name.substr(slash + 1));
  if (file.ends_with(".jsonl") || file.ends_with(".ndjson")) return Format::jsonl;
  if (file.ends_with(".csv")) return Format::csv;
  if (file.ends_with(".provjson") || file == "prov.json" || file.ends_with(".prov.json")) {
    return Format::prov_json;
  }
  if (file.ends_with(".json")) return Format::json;
  return std::nullopt;
}

void declare_export(Declaration& declaration, ExportOptions& options) {
  declaration.description =
      "Writes runs in a format that other programs read, to standard output or a file. A file is "
      "replaced in one step, when all is written.\n\n"
      "prov-json is W3C PROV in JSON, checked before it is written; without RUN it has the newest "
      "run. A series of more than 10,000 points stands there with its summary, with --with-series "
      "in full. jsonl is clew's interchange format, which 'clew import' reads without loss. json "
      "has each run as 'clew show --json' does, with --with-series also the points of all metrics. "
      "csv has a row for each run, or with --metric one for each point of a metric of one run. "
      "These have all runs unless some are named.\n\n"
      "Without --format the name of the file tells: .jsonl, .csv, .json, .prov.json. A run that "
      "has ended is written as the same bytes every time.";
  declaration.positional("RUN", options.runs, "The runs to export").completes = Completes::run;
  Argument& format = declaration.option("--format", "FORMAT", options.format,
                                        "The format: prov-json, jsonl, csv or json");
  format.completes = Completes::choices;
  for (const auto& [name, value] : kFormats)
    format.choices.emplace_back(name);
  declaration
      .option("-o,--output", "FILE", options.file, "Write to this file, '-' for standard output")
      .completes = Completes::file;
  declaration.option("--metric", "NAME", options.metric, "With csv, the points of this metric")
      .completes = Completes::metric;
  declaration.flag("--with-series", options.with_series,
                   "Include every point, however long the series");
  declaration.examples = {
      {"clew export --format prov-json -o prov.json", "the newest run as PROV"},
      {"clew export -o runs.jsonl", "everything, to be imported elsewhere"},
      {"clew export --format csv baseline @", "two runs as a table"},
  };
}

int run_export(Session& session, const ExportOptions& options) {
  const Format format = format_of(session, options);
  check(options, format);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const std::vector<Run> runs = runs_of(catalog, options, format);
  ui::Progress progress(session.err, "exporting", runs.size());
  const Time now = session.clock.now();
  if (options.file && *options.file != "-") {
    AnswerFile file(session.directory / *options.file);
    const exporter::Out out = [&file](std::string_view text) { file.write(text); };
    write({catalog, runs, options, progress, now, out}, format);
    file.commit();
  } else {
    const exporter::Out out = [&session](std::string_view text) { session.out.write(text); };
    write({catalog, runs, options, progress, now, out}, format);
  }
  return 0;
}

}  // namespace clew::cmd
