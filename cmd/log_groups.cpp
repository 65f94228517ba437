#include "log_groups.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "log_columns.h"
#include "log_query.h"
#include "query/frame.h"
#include "query/ranking.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using expr::Value;
using query::Group;
using query::Statistics;

/// Groups, with what they are made of.
struct Grouping {
  std::shared_ptr<query::Frame> frame;
  std::vector<LogColumn> keys;
  std::vector<std::string> metrics;
  std::vector<Group> groups;
};

/// The metrics that say most about the newest runs.
std::vector<std::string> usual_metrics(const query::Catalog& catalog) {
  constexpr std::size_t kNewest = 25;
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names;
  for (const model::Run& run : catalog.runs(kNewest)) {
    for (const model::MetricSummary& metric : run.metrics) {
      const bool known = std::find(names.begin(), names.end(), metric.name) != names.end();
      if (!known && !model::is_system_metric(metric.name)) names.push_back(metric.name);
    }
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return metric_rank(a) > metric_rank(b); });
  names.resize(std::min(names.size(), kMost));
  return names;
}

std::vector<expr::Item> metric_items(const query::Catalog& catalog, const LogOptions& options) {
  if (options.columns) return expr::parse_list(*options.columns, expr::ListOf::columns);
  std::vector<expr::Item> items;
  for (const std::string& name : usual_metrics(catalog))
    items.push_back(
        {expr::Expression::parse("metrics." + expr::quoted_name(name) + ".last"), name, false});
  return items;
}

/// Sorts by the values of the keys, or as --sort says: a key by its value, anything else by its
/// mean in each group.
void sort_groups(Grouping& grouping, const std::vector<expr::Item>& orders) {
  struct Place {
    bool key;
    std::size_t index;
    bool descending;
  };
  std::vector<Place> places;
  for (const expr::Item& order : orders) {
    const auto key = std::find_if(grouping.keys.begin(), grouping.keys.end(),
                                  [&](const auto& one) { return one.title == order.title; });
    const auto metric = std::find(grouping.metrics.begin(), grouping.metrics.end(), order.title);
    if (key != grouping.keys.end()) {
      places.push_back(
          {true, static_cast<std::size_t>(key - grouping.keys.begin()), order.descending});
    } else if (metric != grouping.metrics.end()) {
      places.push_back(
          {false, static_cast<std::size_t>(metric - grouping.metrics.begin()), order.descending});
    } else {
      throw Error(ErrorKind::usage, concat("groups have no column '", order.title, "' to sort by"),
                  {"sort by what --group-by or --columns names"});
    }
  }
  for (std::size_t i = 0; i < grouping.keys.size(); ++i)
    places.push_back({true, i, false});
  const auto value = [](const Group& group, const Place& place) {
    if (place.key) return group.keys[place.index];
    const Statistics& statistics = group.statistics[place.index];
    return statistics.count == 0 ? Value() : Value::real(statistics.mean);
  };
  std::stable_sort(
      grouping.groups.begin(), grouping.groups.end(), [&](const Group& a, const Group& b) {
        for (const Place& place : places) {
          const int order = expr::sort_order(value(a, place), value(b, place), place.descending);
          if (order != 0) return order < 0;
        }
        return false;
      });
}

Grouping make_groups(const Session& session, const query::Catalog& catalog,
                     const LogOptions& options) {
  query::FrameRequest request = conditions(session, options);
  Grouping grouping;
  std::vector<std::size_t> keys;
  for (expr::Item& item : expr::parse_list(*options.group_by, expr::ListOf::columns)) {
    keys.push_back(request.values.size());
    grouping.keys.push_back({std::move(item.title), std::nullopt});
    request.values.push_back({std::move(item.expression), request.exact});
  }
  std::vector<std::size_t> values;
  for (expr::Item& item : metric_items(catalog, options)) {
    values.push_back(request.values.size());
    grouping.metrics.push_back(std::move(item.title));
    request.values.push_back({std::move(item.expression), request.exact});
  }
  grouping.frame = std::make_shared<query::Frame>(query::Frame::load(catalog, request));
  for (std::size_t i = 0; i < grouping.keys.size(); ++i) {
    if (const expr::Target* target = grouping.frame->target(i)) grouping.keys[i].target = *target;
  }
  grouping.groups = query::group(*grouping.frame, keys, values);
  sort_groups(grouping, options.sort ? expr::parse_list(*options.sort, expr::ListOf::orders)
                                     : std::vector<expr::Item>());
  const auto count = count_of(options);
  if (count && grouping.groups.size() > *count) grouping.groups.resize(*count);
  return grouping;
}

Json to_json(const Statistics& statistics) {
  Json object;
  object["n"] = Json(static_cast<std::int64_t>(statistics.count));
  const bool any = statistics.count > 0;
  object["mean"] = any ? Json(statistics.mean) : Json();
  object["sd"] = statistics.count > 1 ? Json(statistics.deviation) : Json();
  object["min"] = any ? Json(statistics.min) : Json();
  object["max"] = any ? Json(statistics.max) : Json();
  return object;
}

void print_json(Session& session, const Grouping& grouping) {
  const char* separator = "[";
  for (const Group& group : grouping.groups) {
    Json object = Json::object();
    for (std::size_t i = 0; i < grouping.keys.size(); ++i)
      object[grouping.keys[i].title] = group.keys[i].to_json();
    object["runs"] = Json(static_cast<std::int64_t>(group.runs));
    Json metrics = Json::object();
    for (std::size_t i = 0; i < grouping.metrics.size(); ++i)
      metrics[grouping.metrics[i]] = to_json(group.statistics[i]);
    object["metrics"] = std::move(metrics);
    session.out.write(concat(separator, '\n', dump_json(object)));
    separator = ",";
  }
  session.out.line(grouping.groups.empty() ? "[]" : "\n]");
}

void print_csv(Session& session, const Grouping& grouping) {
  LogRows rows;
  rows.columns = grouping.keys;
  rows.columns.push_back({"runs", std::nullopt});
  for (const std::string& metric : grouping.metrics) {
    for (const char* part : {"n", "mean", "sd", "min", "max"})
      rows.columns.push_back({concat(metric, '.', part), std::nullopt});
  }
  for (const Group& group : grouping.groups) {
    auto& row = rows.rows.emplace_back(group.keys);
    row.push_back(Value::integer(static_cast<std::int64_t>(group.runs)));
    for (const Statistics& statistics : group.statistics) {
      row.push_back(Value::integer(static_cast<std::int64_t>(statistics.count)));
      const bool any = statistics.count > 0;
      row.push_back(any ? Value::real(statistics.mean) : Value());
      row.push_back(statistics.count > 1 ? Value::real(statistics.deviation) : Value());
      row.push_back(any ? Value::real(statistics.min) : Value());
      row.push_back(any ? Value::real(statistics.max) : Value());
    }
  }
  print_csv_rows(session, rows);
}

std::string mean_text(const Statistics& statistics) {
  if (statistics.count == 0) return std::string(ui::kMissing);
  std::string text = ui::number_text(statistics.mean, 5);
  if (statistics.count > 1) text += concat(" ± ", ui::number_text(statistics.deviation, 2));
  return text;
}

std::string extreme_text(const Statistics& statistics, double value) {
  return statistics.count == 0 ? std::string(ui::kMissing) : ui::number_text(value, 5);
}

void print_table(Session& session, const Grouping& grouping) {
  const LogView view = view_of(session);
  std::vector<ui::Column> heads;
  for (std::size_t i = 0; i < grouping.keys.size(); ++i) {
    const bool numbers = std::all_of(
        grouping.groups.begin(), grouping.groups.end(),
        [i](const Group& group) { return group.keys[i].missing() || group.keys[i].is_number(); });
    heads.push_back({ui::printable(grouping.keys[i].title),
                     numbers ? ui::Align::point : ui::Align::left, true});
  }
  heads.push_back({"runs", ui::Align::right, false});
  // Where some runs of a group lack a metric, its statistics are over fewer runs than the group
  // has.
  const auto lacks = [&grouping](std::size_t metric) {
    return std::any_of(
        grouping.groups.begin(), grouping.groups.end(),
        [metric](const Group& group) { return group.statistics[metric].count != group.runs; });
  };
  for (std::size_t i = 0; i < grouping.metrics.size(); ++i) {
    if (lacks(i)) heads.push_back({"n", ui::Align::right, false});
    heads.push_back({ui::printable(grouping.metrics[i]), ui::Align::point, false});
    heads.push_back({"min", ui::Align::point, false});
    heads.push_back({"max", ui::Align::point, false});
  }
  ui::Table table(std::move(heads));
  for (const Group& group : grouping.groups) {
    std::vector<ui::Cell> cells;
    for (std::size_t i = 0; i < grouping.keys.size(); ++i)
      cells.push_back(value_cell(grouping.keys[i], group.keys[i], view));
    cells.push_back({std::to_string(group.runs)});
    for (std::size_t i = 0; i < grouping.metrics.size(); ++i) {
      const Statistics& statistics = group.statistics[i];
      if (lacks(i)) cells.push_back({std::to_string(statistics.count), ui::Label::faint});
      cells.push_back({mean_text(statistics), ui::Label::number});
      cells.push_back({extreme_text(statistics, statistics.min), ui::Label::faint});
      cells.push_back({extreme_text(statistics, statistics.max), ui::Label::faint});
    }
    table.row(std::move(cells));
  }
  table.print(session.out);
}

}  // namespace

int print_groups(Session& session, const query::Catalog& catalog, const LogOptions& options) {
  const Grouping grouping = make_groups(session, catalog, options);
  if (session.global.json) {
    print_json(session, grouping);
  } else if (options.csv) {
    print_csv(session, grouping);
  } else if (grouping.groups.empty()) {
    print_none(session, grouping.frame->runs() == 0);
  } else {
    print_table(session, grouping);
  }
  return 0;
}

}  // namespace clew::cmd
