#include "diff_view.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/text.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::MetricSummary;
using model::Run;
using model::Summary;
using ui::Align;
using ui::Label;
using ui::Output;

void heading(Output& out, std::string_view title) {
  out.line();
  out.write(Label::heading, title);
  out.line();
}

void print_side(Output& out, Label label, std::string_view mark, const Run& run) {
  out.write(label, mark);
  out.write(Label::id, run.id.short_hex());
  if (!run.name.empty()) {
    out.write("  ");
    out.write(Label::name, ui::printable(run.name));
  }
  const ui::Cell outcome = ui::outcome_cell(run);
  out.write("  ");
  out.write(outcome.label, outcome.text);
  out.write(Label::faint, concat("  ", ui::date_time(run.started), " UTC"));
  out.line();
}

/// Two values of which at least one is there; what differs never looks the same.
std::array<std::string, 2> value_texts(const query::Row<Json>& row) {
  const auto text = [](const std::optional<Json>& value) {
    return value ? ui::value_text(*value) : std::string(ui::kMissing);
  };
  std::array<std::string, 2> texts = {text(row.a), text(row.b)};
  if (texts[0] == texts[1]) {
    if (row.a) texts[0] = ui::printable(dump_json(*row.a));
    if (row.b) texts[1] = ui::printable(dump_json(*row.b));
  }
  return texts;
}

std::vector<ui::Column> value_columns(const RunDifference& runs) {
  return {{"", Align::left, true},
          {runs.a.run.id.short_hex(), Align::left, true},
          {runs.b.run.id.short_hex(), Align::left, true}};
}

void print_values(Output& out, std::string_view title, const std::vector<query::Row<Json>>& rows,
                  const RunDifference& runs) {
  if (rows.empty()) return;
  ui::Table table(value_columns(runs), 2);
  for (const auto& row : rows) {
    auto texts = value_texts(row);
    table.row({{ui::printable(row.name)},
               {std::move(texts[0]), row.a ? Label::removed : Label::faint},
               {std::move(texts[1]), row.b ? Label::added : Label::faint}});
  }
  heading(out, title);
  table.print(out);
}

/// A number of a summary, as far as there is one.
struct Figure {
  std::string_view suffix;
  std::optional<double> (*of)(const Summary& summary);
};

const std::array<Figure, 5>& figures() {
  static const std::array<Figure, 5> all = {{
      {"", [](const Summary& s) { return s.count ? std::optional(s.last) : std::nullopt; }},
      {".min", [](const Summary& s) { return s.numbers ? std::optional(s.min) : std::nullopt; }},
      {".max", [](const Summary& s) { return s.numbers ? std::optional(s.max) : std::nullopt; }},
      {".count", [](const Summary& s) { return std::optional(static_cast<double>(s.count)); }},
      {".first", [](const Summary& s) { return s.count ? std::optional(s.first) : std::nullopt; }},
  }};
  return all;
}

bool same(const std::optional<double>& a, const std::optional<double>& b) {
  if (!a || !b) return !a && !b;
  return std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
}

/// Last value, extremes and count where they differ; the first value where nothing else does.
void add_metric(ui::Table& table, const query::Row<MetricSummary>& row) {
  constexpr std::size_t kAlways = 4;
  bool any = false;
  for (std::size_t i = 0; i < figures().size(); ++i) {
    if (i >= kAlways && any) break;
    const Figure& figure = figures()[i];
    const auto value = [&figure](const std::optional<MetricSummary>& metric) {
      return metric ? figure.of(metric->summary) : std::nullopt;
    };
    const std::optional<double> a = value(row.a);
    const std::optional<double> b = value(row.b);
    // Of a metric that one side lacks, the last value says enough.
    if (same(a, b) || (any && (!row.a || !row.b))) continue;
    any = true;
    // What differs must not look the same.
    int digits = 6;
    if (a && b) {
      while (digits < 17 && ui::number_text(*a, digits) == ui::number_text(*b, digits))
        ++digits;
    }
    const auto text = [digits](const std::optional<double>& number) {
      return number ? ui::number_text(*number, digits) : std::string(ui::kMissing);
    };
    table.row({{concat(ui::printable(row.name), figure.suffix)},
               {text(a), a ? Label::removed : Label::faint},
               {text(b), b ? Label::added : Label::faint},
               {a && b ? ui::difference_text(*a, *b) : "", Label::faint}});
  }
}

void print_metrics(Output& out, const RunDifference& runs) {
  if (runs.comparison.metrics.empty()) return;
  ui::Table table({{"", Align::left, true},
                   {runs.a.run.id.short_hex(), Align::right},
                   {runs.b.run.id.short_hex(), Align::right},
                   {"difference", Align::right}},
                  2);
  for (const auto& row : runs.comparison.metrics)
    add_metric(table, row);
  heading(out, "metrics");
  table.print(out);
}

/// Was a file of the code that differs read by a run? Silent where that cannot be told.
std::string reading_remark(const RunDifference& runs, const snapshot::FileChange& file) {
  const auto read = code_reading(runs, file);
  return read[0] == false && read[1] == false ? "never read" : "";
}

void print_code_files(Output& out, const RunDifference& runs) {
  const std::vector<snapshot::FileChange>& files = runs.code.stored->files;
  ui::Table table({{"", Align::left, true}, {"", Align::right}, {"", Align::right}, {""}}, 2);
  for (const snapshot::FileChange& file : files) {
    using Kind = snapshot::FileChange::Kind;
    std::string path = ui::printable(file.path);
    if (!file.old_path.empty() && file.old_path != file.path) {
      path = concat(ui::printable(file.old_path), " → ", path);
    }
    std::string remark = file.binary ? "binary " : "";
    if (file.kind == Kind::type_changed) remark += "type changed";
    if (file.kind == Kind::added || file.kind == Kind::removed) remark += name_of(file.kind);
    const std::string reading = reading_remark(runs, file);
    if (!reading.empty()) remark += concat(remark.empty() ? "" : ", ", reading);
    std::string added = file.lines_added ? concat('+', file.lines_added) : "";
    std::string removed = file.lines_removed ? concat('-', file.lines_removed) : "";
    table.row({{std::move(path)},
               {std::move(added), Label::added},
               {std::move(removed), Label::removed},
               {std::move(remark), Label::faint}});
  }
  table.print(out);
}

/// A unified diff, byte for byte, with its lines coloured by their first character.
void print_patch(Output& out, std::string_view patch) {
  bool in_hunk = false;
  while (!patch.empty()) {
    const std::string_view line = patch.substr(0, patch.find('\n'));
    Label label = Label::plain;
    if (line.starts_with("diff ")) in_hunk = false;
    if (line.starts_with("@@")) {
      in_hunk = true;
      label = Label::name;
    } else if (!in_hunk) {
      label = Label::heading;
    } else if (line.starts_with('+')) {
      label = Label::added;
    } else if (line.starts_with('-')) {
      label = Label::removed;
    }
    out.write(label, line);
    out.write(patch.substr(line.size(), 1));
    patch.remove_prefix(std::min(line.size() + 1, patch.size()));
  }
}

std::string unstored_side(const std::optional<model::UnstoredFile>& file) {
  if (!file) return std::string(ui::kMissing);
  std::string text = format_size(file->size);
  if (!file->sha256.empty()) text += " " + file->sha256.substr(0, 12);
  return text;
}

void print_code(Output& out, const RunDifference& runs, bool patch) {
  const bool unknown = runs.comparison.code_unknown;
  if (!runs.comparison.code_differs && !unknown) return;
  heading(out, "code");
  const CodeComparison& code = runs.code;
  if (!code.stored) {
    out.line("  " + code.gap);
  } else if (code.stored->files.empty()) {
    out.line(unknown ? "  unknown: the stored files are the same, but not all files were stored"
                     : "  the stored files are the same");
  } else if (patch) {
    print_patch(out, code.stored->patch);
  } else {
    print_code_files(out, runs);
  }
  if (code.unstored.empty()) return;
  ui::Table table(value_columns(runs), 2);
  for (const auto& row : code.unstored) {
    table.row({{ui::printable(row.name)},
               {unstored_side(row.a), Label::removed},
               {unstored_side(row.b), Label::added}});
  }
  heading(out, "files that were not stored");
  table.print(out);
}

std::string content_text(const std::optional<query::FileContent>& content) {
  if (!content) return std::string(ui::kMissing);
  std::string text = format_size(content->size);
  if (!content->sha256.empty()) text += "  " + content->sha256.substr(0, 12);
  return text;
}

void print_contents(Output& out, std::string_view title,
                    const std::vector<query::Row<query::FileContent>>& rows, std::size_t same,
                    const RunDifference& runs) {
  if (rows.empty()) return;
  constexpr std::size_t kMost = 30;
  ui::Table table(value_columns(runs), 2);
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    table.row({{ui::printable(rows[i].name)},
               {content_text(rows[i].a), rows[i].a ? Label::removed : Label::faint},
               {content_text(rows[i].b), rows[i].b ? Label::added : Label::faint}});
  }
  heading(out, title);
  table.print(out);
  std::string rest;
  if (rows.size() > kMost) rest = concat(rows.size() - kMost, " more differ (--json)");
  if (same > 0) rest += concat(rest.empty() ? "" : ", ", ui::counted(same, "other"), " the same");
  if (rest.empty()) return;
  out.write(Label::faint, concat("  ", rest));
  out.line();
}

void print_file_differences(Output& out, const RunDifference& runs) {
  const query::FileComparison& files = runs.comparison.files;
  const bool recorded_a = query::files_recorded(runs.a);
  if (recorded_a != query::files_recorded(runs.b)) {
    const Run& without = (recorded_a ? runs.b : runs.a).run;
    heading(out, "files");
    out.line(concat("  the files of run '", without.id.short_hex(), "' were not recorded"));
  }
  print_contents(out, "inputs", files.inputs, files.same_inputs, runs);
  print_contents(out, "outputs", files.outputs, files.same_outputs, runs);
  print_values(out, "libraries and packages that were used", files.packages, runs);
}

void print_command(Output& out, const RunDifference& runs) {
  if (!runs.comparison.command_differs) return;
  heading(out, "command");
  out.write("  ");
  out.write(Label::removed, "- " + ui::command_text(runs.a.run.argv));
  out.write("\n  ");
  out.write(Label::added, "+ " + ui::command_text(runs.b.run.argv));
  out.line();
}

}  // namespace

void print_difference(Output& out, const RunDifference& difference, bool patch) {
  print_side(out, Label::removed, "- ", difference.a.run);
  print_side(out, Label::added, "+ ", difference.b.run);
  if (difference.comparison.equal()) {
    out.line();
    out.line("no differences");
    return;
  }
  print_command(out, difference);
  print_values(out, "parameters", difference.comparison.params, difference);
  print_metrics(out, difference);
  print_code(out, difference, patch);
  print_file_differences(out, difference);
  print_values(out, "environment", difference.comparison.environment, difference);
}

}  // namespace clew::cmd
