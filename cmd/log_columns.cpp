#include "log_columns.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;
using model::Summary;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

struct Field {
  std::string_view name;
  std::string_view title;  ///< the short name, also read
  Json (*value)(const Run& run, Time now);
};

constexpr std::string_view kId = "run.id";

const std::vector<Field>& fields() {
  static const std::vector<Field> all = {
      {kId, "id", [](const Run& run, Time) { return Json(run.id.hex()); }},
      {"run.name", "name", [](const Run& run, Time) { return text_or_null(run.name); }},
      {"run.state", "state", [](const Run& run, Time) { return Json(name_of(run.state)); }},
      {"run.started", "started",
       [](const Run& run, Time) { return Json(format_time(run.started)); }},
      {"run.ended", "ended",
       [](const Run& run, Time) { return run.ended ? Json(format_time(*run.ended)) : Json(); }},
      {"run.duration", "duration",
       [](const Run& run, Time now) {
         if (!run.ended && run.state != model::State::running) return Json();
         return Json(static_cast<double>(run.duration(now)) / 1e6);
       }},
      {"run.exit_code", "exit_code",
       [](const Run& run, Time) { return run.exit_code ? Json(*run.exit_code) : Json(); }},
      {"run.signal", "signal",
       [](const Run& run, Time) {
         return run.signal ? Json(model::signal_name(*run.signal)) : Json();
       }},
      {"run.command", "command",
       [](const Run& run, Time) { return text_or_null(ui::command_text(run.argv)); }},
      {"run.cwd", "cwd", [](const Run& run, Time) { return text_or_null(run.cwd); }},
      {"run.host", "host", [](const Run& run, Time) { return text_or_null(run.host); }},
      {"run.user", "user", [](const Run& run, Time) { return text_or_null(run.user); }},
      {"run.group", "group", [](const Run& run, Time) { return text_or_null(run.group); }},
      {"run.parent", "parent",
       [](const Run& run, Time) { return run.parent ? Json(run.parent->hex()) : Json(); }},
      {"run.tags", "tags",
       [](const Run& run, Time) { return run.tags.empty() ? Json() : Json(join(run.tags, ",")); }},
      {"code.commit", "commit", [](const Run& run, Time) { return text_or_null(run.code.commit); }},
      {"code.base", "base", [](const Run& run, Time) { return text_or_null(run.code.base); }},
      {"code.branch", "branch", [](const Run& run, Time) { return text_or_null(run.code.branch); }},
      {"code.dirty", "dirty",
       [](const Run& run, Time) {
         return run.code.commit.empty() ? Json() : Json(run.code.dirty);
       }},
  };
  return all;
}

const Field* field_of(std::string_view name, std::string_view Field::*key) {
  const auto& all = fields();
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Field& field) { return field.*key == name; });
  return at == all.end() ? nullptr : &*at;
}

Json summary_part(const Summary& summary, std::string_view part) {
  if (part == "count") return Json(summary.count);
  if (summary.count == 0) return {};
  if (part == "last") return Json(summary.last);
  if (part == "first") return Json(summary.first);
  if (part == "min") return Json(summary.min);
  if (part == "max") return Json(summary.max);
  if (part == "mean") return Json(summary.mean());
  if (summary.numbers == 0) return {};
  return Json(part == "argmin" ? summary.argmin : summary.argmax);
}

constexpr std::array<std::string_view, 8> kParts = {"last", "first", "min",    "max",
                                                    "mean", "count", "argmin", "argmax"};

/// The names that runs have, as far as they can be columns.
struct Names {
  std::set<std::string, std::less<>> params;
  std::set<std::string, std::less<>> metrics;

  explicit Names(const std::vector<Run>& runs) {
    for (const Run& run : runs) {
      for (const model::Parameter& param : run.params)
        params.insert(param.name);
      for (const model::MetricSummary& metric : run.metrics)
        metrics.insert(metric.name);
    }
  }

  [[nodiscard]] std::optional<LogColumn> param(std::string_view title,
                                               std::string_view name) const {
    if (!params.contains(name)) return std::nullopt;
    return LogColumn{LogColumn::Kind::param, std::string(title), std::string(name), ""};
  }

  [[nodiscard]] std::optional<LogColumn> metric(std::string_view title,
                                                std::string_view name) const {
    std::string_view part = "last";
    if (!metrics.contains(name)) {
      const auto dot = name.rfind('.');
      if (dot == std::string_view::npos) return std::nullopt;
      part = name.substr(dot + 1);
      name = name.substr(0, dot);
      if (!metrics.contains(name)) return std::nullopt;
      if (std::find(kParts.begin(), kParts.end(), part) == kParts.end()) return std::nullopt;
    }
    return LogColumn{LogColumn::Kind::metric, std::string(title), std::string(name),
                     std::string(part)};
  }
};

[[noreturn]] void refuse(std::string_view word, const Names& names) {
  std::vector<std::string> candidates(names.params.begin(), names.params.end());
  candidates.insert(candidates.end(), names.metrics.begin(), names.metrics.end());
  for (const Field& field : fields()) {
    candidates.emplace_back(field.name);
    candidates.emplace_back(field.title);
  }
  // Of "val_acc.maximum" the name before the dot is what was meant.
  for (const std::string& metric : names.metrics) {
    if (!word.starts_with(metric + ".")) continue;
    for (const std::string_view part : kParts)
      candidates.push_back(concat(metric, '.', part));
  }
  const std::vector<std::string> similar = suggestions(word, candidates);
  std::vector<std::string> hints;
  if (!similar.empty()) hints.push_back(ui::did_you_mean(similar));
  hints.emplace_back("'clew show RUN' lists the parameters and metrics of a run");
  throw Error(ErrorKind::usage, concat("no run has a column '", word, '\''), std::move(hints));
}

LogColumn parse_column(std::string_view word, bool quoted, const Names& names) {
  constexpr std::string_view params = "params.";
  constexpr std::string_view metrics = "metrics.";
  const auto field_column = [&](const Field& field) {
    return LogColumn{LogColumn::Kind::field, std::string(word), std::string(field.name), ""};
  };
  if (!quoted) {
    if (const Field* field = field_of(word, &Field::name)) return field_column(*field);
  }
  const auto param = names.param(word, word);
  const auto metric = names.metric(word, word);
  if (param && metric) {
    throw Error(ErrorKind::usage, concat("the column '", word, "' is a parameter and a metric"),
                {concat("write '", params, word, "' or '", metrics, word, '\'')});
  }
  if (param) return *param;
  if (metric) return *metric;
  if (!quoted) {
    if (const Field* field = field_of(word, &Field::title)) return field_column(*field);
    if (word.starts_with(params)) {
      if (const auto column = names.param(word, word.substr(params.size()))) return *column;
    }
    if (word.starts_with(metrics)) {
      if (const auto column = names.metric(word, word.substr(metrics.size()))) return *column;
    }
  }
  refuse(word, names);
}

ui::Align alignment(const LogColumn& column, const std::vector<Run>& runs, Time now) {
  const bool numbers = std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    const Json value = column_value(column, run, now);
    return value.is_null() || value.is_number();
  });
  if (!numbers) return ui::Align::left;
  // Durations are written with their units.
  return column.kind == LogColumn::Kind::field ? ui::Align::right : ui::Align::point;
}

}  // namespace

std::vector<LogColumn> parse_columns(std::string_view list, const std::vector<Run>& runs) {
  const Names names(runs);
  std::vector<LogColumn> columns;
  while (!list.empty()) {
    std::string_view word;
    const bool quoted = list.starts_with('"');
    if (quoted) {
      const auto end = list.find('"', 1);
      if (end == std::string_view::npos) {
        throw Error(ErrorKind::usage, concat("missing '\"' at the end of '", list, '\''));
      }
      word = list.substr(1, end - 1);
      list.remove_prefix(end + 1);
      list.remove_prefix(std::min(list.find(','), list.size()));
    } else {
      word = trim(list.substr(0, list.find(',')));
      list.remove_prefix(std::min(list.find(','), list.size()));
    }
    if (!list.empty()) list.remove_prefix(1);
    if (!word.empty()) columns.push_back(parse_column(word, quoted, names));
  }
  if (columns.empty()) throw Error(ErrorKind::usage, "the list of columns is empty");
  const auto is_id = [](const LogColumn& column) { return column.name == kId; };
  if (std::none_of(columns.begin(), columns.end(), is_id)) {
    columns.insert(columns.begin(), {LogColumn::Kind::field, "id", std::string(kId), ""});
  }
  return columns;
}

Json column_value(const LogColumn& column, const Run& run, Time now) {
  switch (column.kind) {
    case LogColumn::Kind::param: {
      const model::Parameter* param = run.param(column.name);
      return param ? param->value : Json();
    }
    case LogColumn::Kind::metric: {
      const model::MetricSummary* metric = run.metric(column.name);
      return metric ? summary_part(metric->summary, column.part) : Json();
    }
    case LogColumn::Kind::field:
      break;
  }
  return field_of(column.name, &Field::name)->value(run, now);
}

ui::Cell column_cell(const LogColumn& column, const Run& run, const LogView& view) {
  const auto time_text = [&view](Time time) {
    return view.relative_times ? ui::relative_time(time, view.now) : ui::date_time(time);
  };
  if (column.kind == LogColumn::Kind::field) {
    if (column.name == kId) return {run.id.short_hex(), ui::Label::id};
    if (column.name == "run.state") return ui::state_cell(run.state);
    if (column.name == "run.duration") return {ui::duration_text(run, view.now)};
    if (column.name == "run.started") return {time_text(run.started), ui::Label::faint};
    if (column.name == "run.ended" && run.ended) return {time_text(*run.ended), ui::Label::faint};
    if (column.name == "run.parent" && run.parent) {
      return {run.parent->short_hex(), ui::Label::id};
    }
    if (column.name == "run.tags" || column.name == "run.name") {
      const bool tags = column.name == "run.tags";
      return {ui::printable(tags ? join(run.tags, " ") : run.name),
              tags ? ui::Label::tag : ui::Label::name};
    }
    if (column.name == "code.commit" || column.name == "code.base") {
      const std::string& id = column.name == "code.commit" ? run.code.commit : run.code.base;
      if (!id.empty()) return {id.substr(0, 12), ui::Label::id};
    }
  }
  const Json value = column_value(column, run, view.now);
  if (value.is_null()) {
    // A parameter may be null, which is not the same as having none.
    const bool has = column.kind == LogColumn::Kind::param && run.param(column.name) != nullptr;
    return {has ? "null" : std::string(ui::kMissing), ui::Label::faint};
  }
  if (column.kind == LogColumn::Kind::metric && value.is_double()) {
    return {ui::number_text(value.as_double(), 5), ui::Label::number};
  }
  return {ui::value_text(value), value.is_number() ? ui::Label::number : ui::Label::plain};
}

ui::Table log_table(const std::vector<LogColumn>& columns, const std::vector<Run>& runs,
                    const LogView& view) {
  std::vector<ui::Column> heads;
  for (const LogColumn& column : columns) {
    const bool fixed = column.name == kId || column.name == "run.state" ||
                       column.name == "run.started" || column.name == "run.duration";
    heads.push_back({ui::printable(column.title), alignment(column, runs, view.now),
                     column.kind != LogColumn::Kind::field || !fixed});
  }
  ui::Table table(std::move(heads));
  for (const Run& run : runs) {
    std::vector<ui::Cell> cells;
    cells.reserve(columns.size());
    for (const LogColumn& column : columns)
      cells.push_back(column_cell(column, run, view));
    table.row(std::move(cells));
  }
  return table;
}

}  // namespace clew::cmd
