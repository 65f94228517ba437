#include "export.h"

#include <algorithm>
#include <array>
#include <utility>

#include "answer_file.h"
#include "app/program.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "export/exporter.h"
#include "export_graph.h"
#include "log_query.h"
#include "query/catalog.h"
#include "ui/progress.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr std::array<std::pair<std::string_view, Format>, 10> kFormats = {{
    {"prov-json", Format::prov_json},
    {"prov-n", Format::prov_n},
    {"turtle", Format::turtle},
    {"trig", Format::trig},
    {"prov-jsonld", Format::prov_jsonld},
    {"dot", Format::dot},
    {"ro-crate", Format::ro_crate},
    {"jsonl", Format::jsonl},
    {"csv", Format::csv},
    {"json", Format::json},
}};

/// What the graph of a run with 10,000 files takes.
constexpr std::size_t kGraphMemory = std::size_t{64} << 20;

std::string format_hint() {
  std::string hint = "choose --format ";
  for (std::size_t i = 0; i < kFormats.size(); ++i) {
    hint += concat(i == 0 ? "" : i + 1 == kFormats.size() ? " or " : ", ", kFormats[i].first);
  }
  return hint;
}

std::string_view name_of(Format format) {
  for (const auto& [name, known] : kFormats) {
    if (known == format) return name;
  }
  return {};
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

void check_graph_options(const ExportOptions& options, Format format) {
  const std::pair<bool, std::string_view> choices[] = {
      {options.processes, "--processes"},
      {options.infer_derivations, "--infer-derivations"},
      {options.bundles, "--bundles"},
      {options.anonymous, "--anonymous"}};
  for (const auto& [chosen, name] : choices) {
    if (!chosen || is_prov(format)) continue;
    throw Error(ErrorKind::usage,
                concat(name, " does not go with the format '", name_of(format), '\''),
                {"it is about the formats of the provenance graph: 'clew help export' has them"});
  }
  if (options.full && format != Format::dot) {
    throw Error(ErrorKind::usage,
                concat("--full does not go with the format '", name_of(format), '\''),
                {"only pictures (--format dot) leave anything together"});
  }
  if (options.bundles && format == Format::turtle) {
    throw Error(ErrorKind::usage, "Turtle has no place for bundles",
                {"the format 'trig' is Turtle with bundles"});
  }
}

void check(const ExportOptions& options, Format format) {
  check_graph_options(options, format);
  if (options.with_series && (format == Format::csv || format == Format::dot)) {
    throw Error(ErrorKind::usage,
                concat("--with-series does not go with the format '", name_of(format), '\''),
                {"--metric NAME exports one series of one run"});
  }
  if (format == Format::ro_crate && (!options.file || *options.file == "-")) {
    throw Error(ErrorKind::usage, "an RO-Crate is a directory or a zip file, and needs a name",
                {"-o DIRECTORY or -o FILE.zip"});
  }
  if (!options.metric) return;
  if (format != Format::csv) {
    throw Error(ErrorKind::usage, "--metric goes with the format 'csv' only",
                {"'clew show RUN --metric NAME --json' prints a series as JSON"});
  }
  if (options.runs.size() > 1) throw Error(ErrorKind::usage, "--metric takes one run");
}

/// The runs that are named, each once; else all, or the newest where a format is about one.
std::vector<Run> runs_of(const Session& session, const query::Catalog& catalog,
                         const ExportOptions& options, Format format) {
  const bool chosen = !options.runs.empty() || options.where;
  if (!chosen && (is_prov(format) || options.metric)) return {catalog.find("@")};
  std::vector<Run> runs =
      chosen ? runs_named(session, catalog, options.runs, options.where) : catalog.runs();
  // Interchange goes from old to new, so that a run comes after its parent.
  if (format == Format::jsonl && options.runs.empty()) std::reverse(runs.begin(), runs.end());
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

  void graph(Format format) const;
  void jsonl() const;
  void json() const;
};

void Export::graph(Format format) const {
  const prov::Document& document =
      keep_to_the_end(prov_document(catalog, runs, options, format, progress));
  out(prov_text(document, format, options.full));
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
    case Format::jsonl:
      return one.jsonl();
    case Format::json:
      return one.json();
    case Format::csv:
      if (!one.options.metric) return exporter::write_runs_csv(one.runs, one.now, one.out);
      return exporter::write_series_csv(
          one.catalog.series(one.runs.front().id, *one.options.metric), one.out);
    default:
      return one.graph(format);
  }
}

}  // namespace

bool is_prov(Format format) {
  return format != Format::jsonl && format != Format::csv && format != Format::json;
}

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
  if (file.ends_with(".provn")) return Format::prov_n;
  if (file.ends_with(".ttl")) return Format::turtle;
  if (file.ends_with(".trig")) return Format::trig;
  if (file.ends_with(".jsonld")) return Format::prov_jsonld;
  if (file.ends_with(".dot") || file.ends_with(".gv")) return Format::dot;
  if (file.ends_with(".zip")) return Format::ro_crate;
  return std::nullopt;
}

void declare_export(Declaration& declaration, ExportOptions& options) {
  declaration.description =
      "Writes runs in a format that other programs read, to standard output or a file. A file is "
      "replaced in one step, when all is written.\n\n"
      "Six formats hold the graph of W3C PROV, which clew-prov(7) describes: prov-json (which "
      "'clew rerun' and 'clew verify' read), prov-n (for people), turtle and trig (RDF), "
      "prov-jsonld (JSON that is RDF) and dot (a picture for Graphviz, as 'clew graph' draws it). "
      "Without RUN they have the newest run. The graph is checked before it is written. A series "
      "of more than 10,000 points stands there with its summary, with --with-series in full.\n\n"
      "ro-crate is a Process Run Crate: a directory, or a zip file, with the files that clew kept, "
      "prov.json, runs.jsonl, and ro-crate-metadata.json, which describes all.\n\n"
      "jsonl is clew's interchange format, which 'clew import' reads without loss. json has each "
      "run as 'clew show --json' does, with --with-series also the points of all metrics. csv has "
      "a row for each run, or with --metric one for each point of a metric of one run. These have "
      "all runs unless some are named.\n\n"
      "Without --format the name of the file tells: .jsonl, .csv, .json, .prov.json, .provn, .ttl, "
      ".trig, .jsonld, .dot, .zip. A run that has ended is written as the same bytes every "
      "time.\n\n"
      "An export names the user, the machine and directories. --anonymous leaves these out of the "
      "graph; texts that people wrote stay, so read it before you give it away.";
  declaration.positional("RUN", options.runs, "The runs to export").completes = Completes::run;
  declaration.option("-w,--where", "EXPR", options.where, "Also all runs of which this is true")
      .completes = Completes::expression;
  Argument& format = declaration.option("--format", "FORMAT", options.format,
                                        "The format: prov-json, prov-n, turtle, trig, prov-jsonld, "
                                        "dot, ro-crate, jsonl, csv or json");
  format.completes = Completes::choices;
  for (const auto& [name, value] : kFormats)
    format.choices.emplace_back(name);
  declaration
      .option("-o,--output", "FILE", options.file,
              "Write to this file ('-' for standard output), or with ro-crate this directory")
      .completes = Completes::file;
  declaration.option("--metric", "NAME", options.metric, "With csv, the points of this metric")
      .completes = Completes::metric;
  declaration.flag("--with-series", options.with_series,
                   "Include every point, however long the series");
  declaration.flag("--processes", options.processes,
                   "In the graph, tell the processes, and which of them read and wrote what");
  declaration.flag("--infer-derivations", options.infer_derivations,
                   "In the graph, tell what each process wrote as derived from what it had read");
  declaration.flag("--bundles", options.bundles, "In the graph, put each run into a bundle");
  declaration.flag("--anonymous", options.anonymous,
                   "In the graph, leave out user, host and absolute paths");
  declaration.flag("--full", options.full, "With dot, draw every file and parameter by itself");
  declaration.examples = {
      {"clew export --format prov-json -o prov.json", "the newest run as PROV"},
      {"clew export --processes --format prov-n", "what each process did, to be read"},
      {"clew export prepare train evaluate -o pipeline.ttl", "three runs that share files, as RDF"},
      {"clew export train --format ro-crate -o crate", "the run with its kept files"},
      {"clew export -o runs.jsonl", "everything, to be imported elsewhere"},
      {"clew export --format csv baseline @", "two runs as a table"},
  };
}

int run_export(Session& session, const ExportOptions& options) {
  const Format format = format_of(session, options);
  check(options, format);
  if (is_prov(format)) expect_memory(kGraphMemory);
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const std::vector<Run> runs = runs_of(session, catalog, options, format);
  ui::Progress progress(session.err, "exporting", runs.size());
  const Time now = session.clock.now();
  if (format == Format::ro_crate) {
    write_crate({session, catalog, runs, options, progress});
    return 0;
  }
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
