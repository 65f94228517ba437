#include "rerun_check.h"

#include <algorithm>

#include "base/text.h"
#include "query/compare.h"
#include "replay_view.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using query::MetricMatch;
using query::OutputMatch;

std::string_view name_of(OutputMatch::State state) {
  constexpr std::string_view kNames[] = {"same", "differs", "missing", "added", "unknown"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view name_of(MetricMatch::State state) {
  constexpr std::string_view kNames[] = {"same", "close", "differs", "missing", "added"};
  return kNames[static_cast<std::size_t>(state)];
}

ui::Cell state_cell(std::string_view name) {
  const bool good = name == "same" || name == "close";
  return {std::string(name), good ? ui::Label::good : ui::Label::bad};
}

std::string short_digest(const std::string& digest) {
  return digest.empty() ? std::string(ui::kMissing) : digest.substr(0, 12);
}

std::string what_of(const MetricMatch& match) {
  std::string text = ui::counted(match.points, "point");
  if (match.largest > 0)
    text += concat(", largest relative difference ", rounded(match.largest, 3));
  if (match.step) text += concat(", first at step ", *match.step);
  return text;
}

void print_outcomes(ui::Output& out, const query::Reproduction& found) {
  if (!found.outputs.empty()) {
    out.write(ui::Label::heading, "outputs");
    out.line();
    ui::Table table({{""}, {"", ui::Align::left, true}, {""}}, 2);
    for (const OutputMatch& match : found.outputs) {
      const bool both = match.state == OutputMatch::State::differs;
      table.row({state_cell(name_of(match.state)),
                 {ui::printable(match.path)},
                 {both ? concat(short_digest(match.before), " → ", short_digest(match.after))
                       : short_digest(match.before.empty() ? match.after : match.before),
                  ui::Label::faint}});
    }
    table.print(out);
  }
  if (!found.metrics.empty()) {
    out.write(ui::Label::heading, "metrics");
    out.line();
    ui::Table table({{""}, {"", ui::Align::left, true}, {""}}, 2);
    for (const MetricMatch& match : found.metrics) {
      table.row({state_cell(name_of(match.state)),
                 {ui::printable(match.name)},
                 {what_of(match), ui::Label::faint}});
    }
    table.print(out);
  }
}

template <typename T>
Json names_of(const std::vector<query::Row<T>>& rows) {
  Json::Array names;
  for (const auto& row : rows)
    names.emplace_back(row.name);
  return names;
}

template <typename T>
void print_names(ui::Output& out, std::string_view what, const std::vector<query::Row<T>>& rows) {
  if (rows.empty()) return;
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const auto& row : rows)
    names.push_back(ui::printable(row.name));
  out.line(concat("  ", what, ": ", join(names, ", ")));
}

void print_differences(ui::Output& out, const RerunCheck& check, const query::Comparison& other) {
  out.write(ui::Label::heading, "what else differs");
  out.line();
  bool any = other.code_differs || other.command_differs || !other.params.empty() ||
             !other.environment.empty();
  if (other.code_differs) out.line("  code");
  if (other.command_differs) out.line("  command");
  print_names(out, "parameters", other.params);
  print_names(out, "environment", other.environment);
  for (const auto& input : check.inputs) {
    if (input.state == record::ReplayInput::State::same) continue;
    any = true;
    out.line(concat("  input '", ui::printable(input.path), "': ", cmd::name_of(input.state)));
  }
  if (!any) out.line("  nothing that was recorded: the command does not always do the same");
}

Json to_json(const RerunCheck& check, const query::Comparison& other) {
  Json::Array outputs;
  for (const OutputMatch& match : check.found.outputs) {
    outputs.emplace_back(
        Json::Object{{"path", match.path},
                     {"state", name_of(match.state)},
                     {"before", match.before.empty() ? Json() : Json(match.before)},
                     {"after", match.after.empty() ? Json() : Json(match.after)}});
  }
  Json::Array metrics;
  for (const MetricMatch& match : check.found.metrics) {
    metrics.emplace_back(Json::Object{{"name", match.name},
                                      {"state", name_of(match.state)},
                                      {"points", match.points},
                                      {"largest_difference", match.largest},
                                      {"first_step", match.step ? Json(*match.step) : Json()}});
  }
  return Json::Object{
      {"run", check.after.run.id.hex()},       {"rerun_of", check.before.run.id.hex()},
      {"matches", check.found.matches()},      {"same_end", check.found.same_end},
      {"outputs", std::move(outputs)},         {"metrics", std::move(metrics)},
      {"code_differs", other.code_differs},    {"command_differs", other.command_differs},
      {"params", names_of(other.params)},      {"environment", names_of(other.environment)},
      {"inputs", inputs_to_json(check.inputs)}};
}

std::string verdict(const RerunCheck& check) {
  const auto& outputs = check.found.outputs;
  const auto& metrics = check.found.metrics;
  const auto same = std::count_if(outputs.begin(), outputs.end(), [](const OutputMatch& match) {
    return match.state == OutputMatch::State::same;
  });
  const auto close = std::count_if(metrics.begin(), metrics.end(), [](const MetricMatch& match) {
    return match.state == MetricMatch::State::same || match.state == MetricMatch::State::close;
  });
  std::string text = concat(check.found.matches() ? "reproduced " : "not reproduced: ",
                            check.before.run.id.short_hex(), ": ", same, " of ", outputs.size(),
                            " outputs and ", close, " of ", metrics.size(), " metrics match");
  if (!check.found.same_end) text += ", and it ended otherwise";
  return text;
}

}  // namespace

void print_rerun_check(Session& session, const RerunCheck& check) {
  query::Comparison other =
      query::compare(check.before, check.after, query::SystemMetrics::leave_out);
  // Where a run takes place is not what it depends on.
  std::erase_if(other.environment, [](const auto& row) { return row.name == "cwd"; });
  if (session.global.json) {
    session.out.line(dump_json(to_json(check, other)));
    return;
  }
  print_outcomes(session.out, check.found);
  const bool good = check.found.matches();
  if (!good) print_differences(session.out, check, other);
  session.out.write(good ? ui::Label::good : ui::Label::bad, verdict(check));
  session.out.line();
}

}  // namespace clew::cmd
