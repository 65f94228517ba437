#include "bisect_view.h"

#include <algorithm>

#include "base/text.h"
#include "paragraph.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using analysis::Verdict;
using ui::Align;
using ui::Label;
using ui::Output;

constexpr std::size_t kAll = 16;    // of more runs those around the turn are shown
constexpr std::size_t kAround = 4;  // on either side

Label label_of(Verdict verdict) {
  if (verdict == Verdict::good) return Label::good;
  return verdict == Verdict::bad ? Label::bad : Label::warning;
}

void add_row(ui::Table& table, const BisectReport& report, std::size_t i) {
  const BisectStep& step = report.steps[i];
  const bool is_run = step.commit.empty() || step.verdict != Verdict::unknown;
  std::string remark;
  if (i == report.turn.last_good) remark = "last good";
  if (i == report.turn.first_bad) remark = "first bad";
  if (!step.commit.empty()) {
    remark += concat(remark.empty() ? "" : ", ", "commit ", step.commit.substr(0, 12));
  }
  table.row({{std::string(name_of(step.verdict)), label_of(step.verdict)},
             {is_run ? step.run.id.short_hex() : "", Label::id},
             {ui::printable(step.run.name), Label::name},
             {is_run ? ui::date_time(step.run.started) : "", Label::faint},
             {step.value ? ui::number_text(*step.value) : std::string(ui::kMissing), Label::number},
             {std::move(remark), Label::heading}});
}

void print_steps(Output& out, const BisectReport& report) {
  ui::Table table({{""}, {""}, {"", Align::left, true}, {""}, {report.metric, Align::point}, {""}},
                  2);
  const std::size_t count = report.steps.size();
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const bool near = i + kAround >= report.turn.last_good && i <= report.turn.first_bad + kAround;
    if (count > kAll && !near && i != 0 && i + 1 != count) {
      ++skipped;
      continue;
    }
    if (skipped > 0) table.row({{"…"}, {ui::counted(skipped, "run"), Label::faint}});
    skipped = 0;
    add_row(table, report, i);
  }
  table.print(out);
}

std::size_t count_of(const BisectReport& report, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(report.steps.begin(), report.steps.end(),
                    [verdict](const BisectStep& step) { return step.verdict == verdict; }));
}

void note(Output& out, std::string_view text) {
  out.write(Label::warning, "note: ");
  print_paragraph(out, Label::plain, text, 6, 6);
}

}  // namespace

void print_bisect(Output& out, const BisectReport& report) {
  out.write(Label::heading, ui::printable(report.condition));
  out.line(concat(" over ", ui::counted(report.steps.size(), "run"), ": ",
                  count_of(report, Verdict::good), " good, ", count_of(report, Verdict::bad),
                  " bad, ", count_of(report, Verdict::unknown), " unknown"));
  out.line();
  print_steps(out, report);
  out.line();
  if (!report.turn.unknown.empty()) {
    note(out, concat(ui::counted(report.turn.unknown.size(), "run"),
                     " between the last good and the first bad one ",
                     report.turn.unknown.size() == 1 ? "has" : "have",
                     " no value: it may have turned there"));
  }
  if (report.turn.turns > 1) {
    note(out, concat("it went to and fro ", report.turn.turns,
                     " times; this is the last time that it turned bad"));
  }
  if (report.other_commands > 0) {
    note(out, concat(ui::counted(report.other_commands, "run"),
                     " of other commands in that time left out; --all takes them too"));
  }
  out.write(Label::heading, "what changed from the last good run to the first bad one");
  out.line();
  if (report.why.causes.differences.empty()) out.line("  nothing that was recorded");
  print_causes(out, report.why, false);
}

Json bisect_to_json(const BisectReport& report) {
  Json object = Json::object();
  object["metric"] = report.metric;
  object["condition"] = report.condition;
  Json steps = Json::array();
  for (const BisectStep& step : report.steps) {
    Json item = Json::object();
    // A commit that gave no value is no run.
    const bool is_run = step.commit.empty() || step.verdict != Verdict::unknown;
    item["id"] = is_run ? Json(step.run.id.hex()) : Json();
    item["commit"] = step.commit.empty() ? Json() : Json(step.commit);
    item["started"] = is_run ? Json(format_time(step.run.started)) : Json();
    item["verdict"] = name_of(step.verdict);
    item["value"] = step.value ? Json(*step.value) : Json();
    steps.push(std::move(item));
  }
  object["runs"] = std::move(steps);
  object["last_good"] = report.steps[report.turn.last_good].run.id.hex();
  object["first_bad"] = report.steps[report.turn.first_bad].run.id.hex();
  Json unknown = Json::array();
  for (const std::size_t i : report.turn.unknown) {
    const BisectStep& step = report.steps[i];
    unknown.push(step.commit.empty() ? step.run.id.hex() : step.commit);
  }
  object["unknown_between"] = std::move(unknown);
  object["turns"] = static_cast<std::int64_t>(report.turn.turns);
  object["other_commands"] = static_cast<std::int64_t>(report.other_commands);
  object["why"] = why_to_json(report.why);
  return object;
}

}  // namespace clew::cmd
