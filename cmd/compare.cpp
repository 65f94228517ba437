#include "compare.h"

#include "base/error.h"
#include "base/text.h"
#include "export/exporter.h"
#include "log_query.h"
#include "query/catalog.h"
#include "query/side_by_side.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using query::SideRow;

std::vector<model::RunParts> runs_of(const Session& session, const query::Catalog& catalog,
                                     const CompareOptions& options) {
  const std::vector<model::Run> headers = runs_named(session, catalog, options.runs, options.where);
  if (headers.size() < 2) {
    throw Error(ErrorKind::usage,
                concat("a comparison takes at least two runs, and ", headers.size(),
                       headers.size() == 1 ? " is given" : " are given"),
                {"clew compare RUN RUN...", "clew compare --where \"tag = 'baseline'\""});
  }
  std::vector<model::RunParts> runs;
  runs.reserve(headers.size());
  for (const model::Run& run : headers)
    runs.push_back(catalog.full(run.id));
  return runs;
}

/// Environments differ in much that nobody asks about, and what is the same tells nothing.
bool is_shown(const SideRow& row, const CompareOptions& options) {
  return options.all || !row.equal;
}

ui::Cell cell(const SideRow& row, std::size_t run, bool color) {
  const auto& value = row.values[run];
  if (!value) return {std::string(ui::kMissing), ui::Label::faint};
  std::string text;
  if (row.name == "duration" && row.section == "run") {
    text = format_duration(static_cast<std::int64_t>(value->as_double() * 1e6));
  } else if (row.section == "code" && value->is_string()) {
    constexpr std::size_t kShort = 12;
    text = ui::printable(value->as_string().substr(0, kShort));
  } else if (row.section == "metrics") {
    text = ui::number_text(value->as_double(), 5);
  } else {
    text = ui::value_text(*value);
  }
  // What differs from the first run is marked, by colour where there is one.
  const bool differs = run > 0 && row.values[run] != row.values[0];
  if (differs && !color) text += " *";
  return {std::move(text), differs ? ui::Label::warning : ui::Label::plain};
}

void print_table(Session& session, const std::vector<model::RunParts>& runs,
                 const std::vector<SideRow>& rows, const CompareOptions& options) {
  std::vector<ui::Column> heads = {{"", ui::Align::left, false}};
  for (const model::RunParts& run : runs) {
    const std::string& name = run.run.name;
    heads.push_back(
        {name.empty() ? run.run.id.short_hex() : ui::printable(name), ui::Align::left, true});
  }
  ui::Table table(std::move(heads));
  std::string_view section;
  std::size_t hidden = 0;
  for (const SideRow& row : rows) {
    if (!is_shown(row, options)) {
      ++hidden;
      continue;
    }
    if (row.section != section) {
      section = row.section;
      table.row({{std::string(section), ui::Label::heading}});
    }
    std::vector<ui::Cell> cells = {{"  " + ui::printable(row.name), ui::Label::name}};
    for (std::size_t run = 0; run < runs.size(); ++run)
      cells.push_back(cell(row, run, session.out.color()));
    table.row(std::move(cells));
  }
  table.print(session.out);
  if (hidden > 0 && session.out.terminal()) {
    session.out.write(ui::Label::faint, concat(ui::counted(hidden, "row"),
                                               " the same in all runs; --all shows them"));
    session.out.line();
  }
}

void print_json(Session& session, const std::vector<model::RunParts>& runs,
                const std::vector<SideRow>& rows, const CompareOptions& options) {
  Json answer = Json::object();
  Json heads = Json::array();
  for (const model::RunParts& run : runs) {
    Json head;
    head["id"] = run.run.id.hex();
    head["name"] = run.run.name.empty() ? Json() : Json(run.run.name);
    heads.push(std::move(head));
  }
  answer["runs"] = std::move(heads);
  Json list = Json::array();
  for (const SideRow& row : rows) {
    if (!is_shown(row, options)) continue;
    Json item;
    item["section"] = Json(row.section);
    item["name"] = row.name;
    Json values = Json::array();
    for (const auto& value : row.values)
      values.push(value.value_or(Json()));
    item["values"] = std::move(values);
    item["equal"] = row.equal;
    list.push(std::move(item));
  }
  answer["rows"] = std::move(list);
  session.out.line(dump_json(answer, JsonLayout::pretty));
}

void print_csv(Session& session, const std::vector<model::RunParts>& runs,
               const std::vector<SideRow>& rows, const CompareOptions& options) {
  std::string line = "section,name";
  for (const model::RunParts& run : runs)
    line += concat(',', run.run.id.hex());
  session.out.line(line);
  for (const SideRow& row : rows) {
    if (!is_shown(row, options)) continue;
    line = concat(row.section, ',', exporter::csv_field(row.name));
    for (const auto& value : row.values) {
      const bool text = value && value->is_string();
      line += concat(',', exporter::csv_field(!value ? ""
                                              : text ? value->as_string()
                                                     : dump_json(*value)));
    }
    session.out.line(line);
  }
}

}  // namespace

void declare_compare(Declaration& declaration, CompareOptions& options) {
  declaration.positional("RUN", options.runs, "The runs to compare").completes = Completes::run;
  declaration.option("-w,--where", "EXPR", options.where, "Also all runs of which this is true")
      .completes = Completes::expression;
  declaration.flag("--all", options.all,
                   "Show what is the same in all runs too, and clew's own metrics (system/...)");
  declaration.flag("--csv", options.csv, "Print comma-separated values (RFC 4180)");
  declaration.description =
      "Shows runs side by side, a column for each: state, parameters, metrics, code and "
      "environment, "
      "as far as the runs differ in them. A value other than that of the first run is in another "
      "colour, or without colours has a '*'. Of a metric the last value is shown, the greatest and "
      "the least. 'clew diff' shows two runs in more detail.\n\n"
      "--json prints one object: \"runs\" ({\"id\", \"name\"} each) and \"rows\", each with "
      "\"section\", \"name\", \"values\" in the order of the runs (null: missing), and \"equal\". "
      "Values are exact there.";
  declaration.examples = {
      {"clew compare @ @~1 @~2", "the three newest runs"},
      {"clew compare baseline --where 'val_acc.max > 0.95'", "the good ones against the baseline"},
  };
}

int run_compare(Session& session, const CompareOptions& options) {
  if (session.global.json && options.csv) {
    throw Error(ErrorKind::usage, "--json and --csv exclude each other");
  }
  const query::Catalog catalog = query::Catalog::open(session.layout());
  const auto runs = runs_of(session, catalog, options);
  const auto rows = query::side_by_side(
      runs, options.all ? query::SystemMetrics::include : query::SystemMetrics::leave_out);
  if (session.global.json) {
    print_json(session, runs, rows, options);
  } else if (options.csv) {
    print_csv(session, runs, rows, options);
  } else {
    print_table(session, runs, rows, options);
  }
  return 0;
}

}  // namespace clew::cmd
