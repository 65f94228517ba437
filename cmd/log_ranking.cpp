#include "log_ranking.h"

#include <algorithm>

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

/// What runs are ranked by.
struct Goal {
  expr::Item item;
  bool less = false;  ///< is better
};

Goal make_goal(expr::Item item) {
  const bool less = item.descending || (item.expression.is_name() &&
                                        less_is_better(item.expression.names().front().title()));
  return {std::move(item), less};
}

std::vector<Goal> parse_goals(const std::string& list) {
  std::vector<Goal> goals;
  for (expr::Item& item : expr::parse_list(list, expr::ListOf::orders))
    goals.push_back(make_goal(std::move(item)));
  return goals;
}

Goal parse_goal(const std::string& text) {
  std::vector<Goal> goals = parse_goals(text);
  if (goals.size() > 1) {
    throw Error(ErrorKind::usage, "runs are ranked by one metric",
                {concat("'clew log --pareto ", text, "' weighs several against each other")});
  }
  return std::move(goals.front());
}

/// A run in the listing, with the place that it has.
struct RankedRun {
  std::size_t row = 0;
  std::string_view end;  ///< "best" or "worst"; empty on a Pareto front
  std::size_t rank = 0;
  bool tied = false;
};

/// The runs that are asked for, out of a frame.
struct Ranking {
  std::shared_ptr<query::Frame> frame;
  std::vector<Goal> goals;
  std::vector<RankedRun> places;
};

void rank(Ranking& ranking, std::size_t column, std::string_view end, bool less,
          std::size_t count) {
  for (const query::Ranked& one : query::best(*ranking.frame, column, less, count))
    ranking.places.push_back({one.row, end, one.rank, one.tied});
}

Ranking make_ranking(const LogOptions& options, query::FrameRequest request,
                     const query::Catalog& catalog) {
  Ranking ranking;
  if (options.pareto) ranking.goals = parse_goals(*options.pareto);
  if (options.best) ranking.goals.push_back(parse_goal(*options.best));
  if (options.worst) ranking.goals.push_back(parse_goal(*options.worst));
  std::vector<query::FrameValue> values;
  for (const Goal& goal : ranking.goals)
    values.push_back({goal.item.expression, request.exact});
  values.insert(values.end(), std::make_move_iterator(request.values.begin()),
                std::make_move_iterator(request.values.end()));
  request.values = std::move(values);
  ranking.frame = std::make_shared<query::Frame>(query::Frame::load(catalog, request));
  if (options.pareto) {
    std::vector<query::FrameOrder> orders;
    for (std::size_t i = 0; i < ranking.goals.size(); ++i)
      orders.push_back({i, !ranking.goals[i].less});
    for (const std::size_t row : query::pareto_front(*ranking.frame, orders))
      ranking.places.push_back({row, "", 0, false});
    return ranking;
  }
  const std::size_t count = count_of(options).value_or(1);
  if (options.best) rank(ranking, 0, "best", ranking.goals[0].less, count);
  if (options.worst) {
    const std::size_t column = options.best ? 1 : 0;
    rank(ranking, column, "worst", !ranking.goals[column].less, count);
  }
  return ranking;
}

/// "1", "=2" where others have the same rank; with both ends "best 1", "worst =1".
std::string rank_text(const RankedRun& place, bool both) {
  return concat(both ? concat(place.end, ' ') : std::string(), place.tied ? "=" : "", place.rank);
}

/// The ranked rows of columns `first` and following; goals come first where they are not among
/// them.
LogRows listing_of(const Ranking& ranking, std::size_t first,
                   const std::vector<std::string>& titles) {
  LogRows rows = rows_of(ranking.frame, first, titles);
  LogRows picked;
  picked.columns = std::move(rows.columns);
  picked.keeper = std::move(rows.keeper);
  for (const RankedRun& place : ranking.places)
    picked.rows.push_back(rows.rows[place.row]);
  // In front: the second column, after the id.
  std::size_t at = picked.columns.empty() ? 0 : 1;
  for (std::size_t goal = 0; goal < ranking.goals.size(); ++goal) {
    const std::string& title = ranking.goals[goal].item.title;
    const bool shown = std::any_of(picked.columns.begin(), picked.columns.end(),
                                   [&](const LogColumn& column) { return column.title == title; });
    if (shown) continue;
    const expr::Target* target = ranking.frame->target(goal);
    const auto place = static_cast<std::ptrdiff_t>(at++);
    picked.columns.insert(picked.columns.begin() + place,
                          {title, target ? std::optional(*target) : std::nullopt});
    for (std::size_t i = 0; i < picked.rows.size(); ++i) {
      picked.rows[i].insert(picked.rows[i].begin() + place,
                            ranking.frame->value(ranking.places[i].row, goal));
    }
  }
  return picked;
}

/// Without --columns: what tells the runs apart, as in a plain listing but without times.
std::vector<expr::Item> usual_columns(const query::Catalog& catalog, const Ranking& ranking) {
  std::vector<RunId> ids;
  for (const RankedRun& place : ranking.places)
    ids.push_back(ranking.frame->id(place.row));
  const std::vector<model::Run> runs = catalog.runs(ids);
  std::string list = "run.id as id";
  const auto any_name = std::any_of(runs.begin(), runs.end(),
                                    [](const model::Run& run) { return !run.name.empty(); });
  if (any_name) list += ",run.name as name";
  std::vector<expr::Item> items = expr::parse_list(list, expr::ListOf::columns);
  for (const LogColumn& column : choose_columns(runs, {}).columns) {
    if (!column.target || column.target->kind != expr::Target::Kind::param) continue;
    items.push_back({expr::Expression::parse("params." + expr::quoted_name(column.target->name)),
                     column.title, false});
  }
  return items;
}

void print_places(Session& session, const LogOptions& options, const Ranking& ranking,
                  LogRows rows) {
  const bool ranked = !options.pareto;
  if (session.global.json) {
    return print_json_rows(session, rows, [&](std::size_t row, Json& object) {
      if (!ranked) return;
      const RankedRun& place = ranking.places[row];
      object["ranking"] = Json(place.end);
      object["rank"] = Json(static_cast<std::int64_t>(place.rank));
      object["tied"] = Json(place.tied);
    });
  }
  expr::Scratch texts;
  if (ranked) {
    rows.columns.insert(rows.columns.begin(), {"rank", std::nullopt});
    const bool both = options.best && options.worst;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      rows.rows[i].insert(rows.rows[i].begin(),
                          Value::text(texts.keep(rank_text(ranking.places[i], both))));
    }
  }
  if (options.csv) return print_csv_rows(session, rows);
  log_table(rows, view_of(session)).print(session.out);
}

}  // namespace

int print_ranking(Session& session, const query::Catalog& catalog, const LogOptions& options) {
  query::FrameRequest request = conditions(session, options);
  Ranking ranking = make_ranking(options, request, catalog);
  std::vector<expr::Item> items =
      options.columns ? parse_columns(*options.columns) : usual_columns(catalog, ranking);
  if (ranking.places.empty() && for_people(session, options)) {
    print_none(session, ranking.frame->runs() == 0);
    return 0;
  }
  // The columns are known only now that the runs are.
  std::vector<std::string> titles;
  for (expr::Item& item : items) {
    titles.push_back(std::move(item.title));
    request.values.push_back({std::move(item.expression), shown_exactly(session, options)});
  }
  ranking = make_ranking(options, std::move(request), catalog);
  print_places(session, options, ranking, listing_of(ranking, ranking.goals.size(), titles));
  return 0;
}

}  // namespace clew::cmd
