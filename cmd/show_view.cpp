#include "show_view.h"

#include <algorithm>

#include "base/text.h"
#include "run_code.h"
#include "show_files.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;
using ui::Align;
using ui::Label;
using ui::Output;

constexpr std::size_t kIndent = 2;
constexpr std::size_t kKeyWidth = 11;

/// One line "key  value"; never cut, since it may be what was looked for.
void pair(Output& out, std::string_view key, const ui::Cell& value) {
  if (value.text.empty()) return;
  out.write(std::string(kIndent, ' '));
  out.write(Label::faint, ui::padded(key, kKeyWidth));
  out.write(value.label, value.text);
  out.line();
}

void section(Output& out, std::string_view title) {
  out.line();
  out.write(Label::heading, title);
  out.line();
}

void print_section(Output& out, std::string_view title, const ui::Table& table) {
  if (table.empty()) return;
  section(out, title);
  table.print(out);
}

std::string moment(const Output& out, Time time, Time now) {
  std::string text = ui::date_time(time) + " UTC";
  if (out.terminal()) text += concat(" (", ui::relative_time(time, now), ')');
  return text;
}

std::string place(const Run& run) {
  std::string text = run.user;
  if (!run.host.empty()) text += (text.empty() ? "" : "@") + run.host;
  if (!run.cwd.empty()) text += (text.empty() ? "" : ":") + run.cwd;
  return ui::printable(text);
}

std::string code_text(const model::Code& code) {
  if (code.commit.empty()) return {};
  std::string text = code.commit.substr(0, 12);
  if (!code.branch.empty()) text += " on " + code.branch;
  if (code.dirty && !code.base.empty()) {
    text += concat(", with changes to ", code.base.substr(0, 12));
  } else if (code.dirty) {
    text += ", with changes";
  }
  if (!code.complete) text += ", not complete";
  return ui::printable(text);
}

void print_head(Output& out, const model::RunParts& parts, Time now) {
  const Run& run = parts.run;
  out.write(Label::heading, "run ");
  out.write(Label::id, run.id.hex());
  if (!run.name.empty()) {
    out.write("  ");
    out.write(Label::name, ui::printable(run.name));
  }
  out.line();
  pair(out, "state", ui::outcome_cell(run));
  pair(out, "command", {ui::command_text(run.argv)});
  pair(out, "started", {moment(out, run.started, now)});
  if (run.ended) pair(out, "ended", {moment(out, *run.ended, now)});
  pair(out, "duration", {ui::duration_text(run, now)});
  pair(out, "where", {place(run)});
  if (run.parent) pair(out, "parent", {run.parent->hex(), Label::id});
  pair(out, "group", {ui::printable(run.group)});
  pair(out, "code", {code_text(run.code)});
  if (!run.code.unstored.empty()) pair(out, "not stored", {unstored_text(run.code.unstored)});
  pair(out, "tags", {ui::printable(join(run.tags, " ")), Label::tag});
  if (parts.digest) pair(out, "digest", {to_hex(*parts.digest), Label::faint});
}

std::string source_text(model::Source source, const std::string& file) {
  std::string text(model::name_of(source));
  if (!file.empty()) text += " " + ui::printable(file);
  return text;
}

void print_params(Output& out, const std::vector<model::Parameter>& params) {
  const bool any_lost =
      std::any_of(params.begin(), params.end(),
                  [](const model::Parameter& param) { return !param.lost.empty(); });
  std::vector<ui::Column> columns = {
      {"name", Align::left, true}, {"value", Align::left, true}, {"from", Align::left, true}};
  if (any_lost) columns.push_back({"instead of", Align::left, true});
  ui::Table table(std::move(columns), kIndent);
  for (const model::Parameter& param : params) {
    std::vector<std::string> lost;
    for (const model::LostValue& value : param.lost) {
      lost.push_back(
          concat(ui::value_text(value.value), " (", source_text(value.source, value.file), ')'));
    }
    std::vector<ui::Cell> row = {{ui::printable(param.name)},
                                 {ui::value_text(param.value), Label::number},
                                 {source_text(param.source, param.file), Label::faint}};
    if (any_lost) row.push_back({join(lost, ", "), Label::faint});
    table.row(std::move(row));
  }
  print_section(out, "parameters", table);
}

void print_changes(Output& out, const std::vector<model::ParamChange>& changes) {
  ui::Table table({{"name", Align::left, true},
                   {"from", Align::left, true},
                   {"to", Align::left, true},
                   {"step", Align::right},
                   {"time"},
                   {"cause", Align::left, true}},
                  kIndent);
  for (const model::ParamChange& change : changes) {
    table.row({{ui::printable(change.name)},
               {ui::value_text(change.old), Label::removed},
               {ui::value_text(change.value), Label::added},
               {change.step ? std::to_string(*change.step) : std::string(ui::kMissing)},
               {ui::date_time(change.time), Label::faint},
               {ui::printable(change.cause)}});
  }
  print_section(out, "parameter changes", table);
}

void print_metrics(Output& out, const Run& run, bool system) {
  ui::Table table({{"name", Align::left, true},
                   {"count", Align::right},
                   {"first", Align::right},
                   {"last", Align::right},
                   {"min", Align::right},
                   {"at", Align::right},
                   {"max", Align::right},
                   {"at", Align::right}},
                  kIndent);
  std::size_t left_out = 0;
  for (const model::MetricSummary& metric : run.metrics) {
    if (!system && model::is_system_metric(metric.name)) {
      ++left_out;
      continue;
    }
    const model::Summary& summary = metric.summary;
    const auto value = [&summary](double number) {
      return ui::Cell{summary.count > 0 ? ui::number_text(number) : std::string(ui::kMissing),
                      Label::number};
    };
    const auto step = [&summary](std::int64_t at) {
      return ui::Cell{summary.numbers > 0 ? std::to_string(at) : std::string(ui::kMissing),
                      Label::faint};
    };
    table.row({{ui::printable(metric.name)},
               {std::to_string(summary.count)},
               value(summary.first),
               value(summary.last),
               value(summary.min),
               step(summary.argmin),
               value(summary.max),
               step(summary.argmax)});
  }
  print_section(out, "metrics", table);
  if (left_out == 0) return;
  if (table.empty()) section(out, "metrics");
  out.write(Label::faint, concat("  and ", ui::counted(left_out, "system metric"), " (--all)"));
  out.line();
}

void print_list(Output& out, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  section(out, title);
  for (const std::string& line : lines)
    out.line("  " + line);
}

/// What rules did about the run, and who had it stopped.
void print_firings(Output& out, const std::vector<model::Firing>& firings) {
  std::vector<std::string> lines;
  for (const model::Firing& firing : firings) {
    std::string line = concat(ui::date_time(firing.time), "  ", ui::padded(firing.action, 5), "  ",
                              ui::printable(firing.rule));
    if (firing.step) line += concat(" at step ", *firing.step);
    std::string values;
    for (const auto& [name, value] : firing.values.as_object()) {
      // Who had it stopped stands in the place of the rule already.
      if (name == "by") continue;
      values += concat(values.empty() ? "" : " ", ui::printable(name), '=', ui::value_text(value));
    }
    if (!values.empty()) line += concat(" (", values, ')');
    if (!firing.result.empty()) line += concat(": ", ui::printable(firing.result));
    lines.push_back(std::move(line));
  }
  print_list(out, "rules", lines);
}

const std::string* text_member(const Json* object, std::string_view key) {
  const Json* member = object == nullptr ? nullptr : object->find(key);
  return member != nullptr && member->is_string() ? &member->as_string() : nullptr;
}

std::string members(const Json* object, const std::vector<std::string_view>& keys) {
  std::vector<std::string> words;
  for (const std::string_view key : keys) {
    if (const std::string* text = text_member(object, key)) words.push_back(ui::printable(*text));
  }
  return join(words, " ");
}

std::string list_member(const Json& object, std::string_view key) {
  const Json* list = object.find(key);
  if (list == nullptr || !list->is_array()) return {};
  std::vector<std::string> words;
  for (const Json& item : list->as_array())
    words.push_back(ui::value_text(item));
  return join(words, ", ");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> environment_digest(const Json& environment) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto add = [&lines](std::string_view key, std::string text) {
    if (!text.empty()) lines.emplace_back(key, std::move(text));
  };
  add("system", members(environment.find("os"), {"name", "version", "kernel", "machine"}));
  const Json* cpu = environment.find("cpu");
  std::string processor = members(cpu, {"model"});
  if (const Json* count = cpu == nullptr ? nullptr : cpu->find("count");
      count != nullptr && count->is_int()) {
    processor += concat(processor.empty() ? "" : " ", "× ", count->as_int());
  }
  add("processor", std::move(processor));
  if (const Json* memory = environment.find("memory");
      memory != nullptr && memory->is_int() && memory->as_int() >= 0) {
    add("memory", format_size(static_cast<std::uint64_t>(memory->as_int())));
  }
  add("gpus", list_member(environment, "gpus"));
  add("program", members(environment.find("interpreter"), {"path", "version"}));
  const Json* variables = environment.find("variables");
  if (variables != nullptr && variables->is_object()) {
    std::vector<std::string> words;
    for (const auto& [name, value] : variables->as_object()) {
      words.push_back(concat(ui::printable(name), '=', ui::cut(ui::value_text(value), 32)));
    }
    add("variables", join(words, " "));
  }
  return lines;
}

void print_run(Output& out, const model::RunParts& parts, const ShowView& view) {
  const Run& run = parts.run;
  print_head(out, parts, view.now);
  print_params(out, run.params);
  print_changes(out, parts.changes);
  print_metrics(out, run, view.system_metrics);

  std::vector<std::string> lines;
  for (const model::ArtifactEvent& artifact : parts.artifacts) {
    lines.push_back(ui::printable(artifact.path));
  }
  print_list(out, "artifacts", lines);
  print_firings(out, parts.firings);
  lines.clear();
  for (const model::Note& note : run.notes) {
    lines.push_back(concat(ui::date_time(note.time), "  ", ui::printable(note.text)));
  }
  print_list(out, "notes", lines);

  const auto environment = environment_digest(parts.environment);
  if (!environment.empty()) section(out, "environment");
  for (const auto& [key, text] : environment)
    pair(out, key, {text});

  print_capture(out, parts);
  lines.clear();
  for (const std::string& gap : run.gaps)
    lines.push_back(ui::printable(gap));
  print_list(out, "not recorded", lines);
}

}  // namespace clew::cmd
