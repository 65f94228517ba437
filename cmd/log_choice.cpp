#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "base/text.h"
#include "log_columns.h"
#include "model/encoding.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr std::size_t kMost = 8;     // parameters, and metrics
constexpr std::size_t kUseful = 12;  // columns that a text or title needs; the table cuts the rest
constexpr std::size_t kLong = 16;    // a parameter that takes more comes later
constexpr std::size_t kColumnGap = 2;
constexpr std::string_view kLosses[] = {"loss", "error", "err", "perplexity", "ppl", "mse",
                                        "mae",  "rmse",  "nll", "cer",        "wer"};

bool has_word(std::string_view name, std::span<const std::string_view> words) {
  const std::string lower = to_lower(name);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  for (auto at = lower.begin(); at != lower.end();) {
    const auto end = std::find_if_not(at, lower.end(), is_letter);
    if (std::find(words.begin(), words.end(), std::string_view(at, end)) != words.end()) {
      return true;
    }
    at = std::find_if(end, lower.end(), is_letter);
  }
  return false;
}

using expr::Field;
using expr::Target;

LogColumn field(Field field, std::string_view title) {
  Target target;
  target.field = field;
  return {std::string(title), std::move(target)};
}

LogColumn named(Target::Kind kind, std::string_view name) {
  Target target;
  target.kind = kind;
  target.name = name;
  return {std::string(name), std::move(target)};
}

struct Usage {
  std::size_t runs = 0;
  bool varies = false;  ///< two runs have it with different values
  std::size_t width = 0;
  const Json* first = nullptr;
};

/// The parameters worth a column, best first.
std::vector<LogColumn> params_by_use(const std::vector<Run>& runs) {
  std::map<std::string_view, Usage> usages;
  for (const Run& run : runs) {
    for (const model::Parameter& param : run.params) {
      Usage& usage = usages[param.name];
      if (usage.first == nullptr) usage.first = &param.value;
      usage.varies = usage.varies || !(*usage.first == param.value);
      usage.width = std::max(usage.width, ui::display_width(ui::value_text(param.value)));
      ++usage.runs;
    }
  }
  std::erase_if(usages, [&runs](const auto& entry) {
    return runs.size() > 1 && !entry.second.varies && entry.second.runs == runs.size();
  });
  std::vector<std::pair<std::string_view, Usage>> ordered(usages.begin(), usages.end());
  const auto rank = [](const auto& entry) {
    const Usage& usage = entry.second;
    return std::tuple(!usage.varies, usage.width > kLong, SIZE_MAX - usage.runs);
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::vector<LogColumn> columns;
  columns.reserve(ordered.size());
  for (const auto& [name, usage] : ordered) {
    columns.push_back(named(Target::Kind::param, name));
  }
  return columns;
}

/// The metrics worth a column, best first.
std::vector<LogColumn> metrics_by_use(const std::vector<Run>& runs) {
  std::map<std::string_view, std::size_t> usages;
  for (const Run& run : runs) {
    for (const model::MetricSummary& metric : run.metrics) {
      if (!model::is_system_metric(metric.name)) ++usages[metric.name];
    }
  }
  std::vector<std::pair<std::string_view, std::size_t>> ordered(usages.begin(), usages.end());
  const auto rank = [](const auto& entry) {
    return std::pair(-metric_rank(entry.first), SIZE_MAX - entry.second);
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::vector<LogColumn> columns;
  columns.reserve(ordered.size());
  for (const auto& [name, count] : ordered) {
    columns.push_back(named(Target::Kind::metric, name));
  }
  return columns;
}

/// All columns that could be shown, with the values of the runs.
LogRows candidates(const std::vector<Run>& runs, std::vector<LogColumn> columns, Time now) {
  LogRows listing;
  auto pool = std::make_shared<query::TextPool>();
  std::vector<Target> targets;
  targets.reserve(columns.size());
  for (const LogColumn& column : columns)
    targets.push_back(*column.target);
  query::TargetValues values(std::move(targets), now, *pool);
  query::CellBlock block(columns.size(), runs.size());
  for (const Run& run : runs) {
    const std::string bytes = model::encode_run(run);
    model::RunView view(bytes);
    values.add(view, block);
    auto& row = listing.rows.emplace_back();
    for (std::size_t column = 0; column < columns.size(); ++column)
      row.push_back(values.value(block, column, block.ids.size() - 1));
  }
  listing.columns = std::move(columns);
  listing.keeper = std::move(pool);
  return listing;
}

/// The listing with these of its columns only.
LogRows selected(const LogRows& listing, const std::vector<std::size_t>& places) {
  LogRows result;
  for (const std::size_t place : places)
    result.columns.push_back(listing.columns[place]);
  for (const auto& row : listing.rows) {
    auto& made = result.rows.emplace_back();
    for (const std::size_t place : places)
      made.push_back(row[place]);
  }
  result.keeper = listing.keeper;
  return result;
}

/// How many columns of the terminal a column needs to be of use.
std::size_t needed(const LogRows& listing, std::size_t column, const LogView& view) {
  const ui::Table table = log_table(selected(listing, {column}), view);
  const std::size_t natural = table.widths(0).front();
  const std::size_t least = table.widths(1).front();
  return std::min(natural, std::max(least, kUseful));
}

}  // namespace

bool less_is_better(std::string_view name) {
  static constexpr std::string_view times[] = {"time", "seconds", "duration", "elapsed", "latency"};
  return has_word(name, kLosses) || has_word(name, times);
}

int metric_rank(std::string_view name) {
  using Words = const std::string_view[];
  static constexpr Words held_out = {"val", "valid", "validation", "test", "eval", "dev"};
  static constexpr Words score = {"acc",   "accuracy", "f1",        "auc",    "score", "bleu",
                                  "rouge", "reward",   "return",    "map",    "iou",   "miou",
                                  "r2",    "psnr",     "precision", "recall", "top1"};
  static constexpr Words aside = {"epoch", "step",    "steps",  "iter", "iteration", "batch",
                                  "time",  "seconds", "eta",    "lr",   "rate",      "grad",
                                  "norm",  "speed",   "memory", "mem",  "progress"};
  if (has_word(name, aside)) return -1;
  int rank = 0;
  if (has_word(name, held_out)) rank += 4;
  if (has_word(name, score)) {
    rank += 3;
  } else if (has_word(name, kLosses)) {
    rank += 2;
  }
  return rank;
}

LogRows choose_columns(const std::vector<Run>& runs, const LogView& view) {
  const auto any = [&runs](auto&& has) { return std::any_of(runs.begin(), runs.end(), has); };
  std::vector<LogColumn> columns = {field(Field::id, "id")};
  if (any([](const Run& run) { return !run.name.empty(); })) {
    columns.push_back(field(Field::name, "name"));
  }
  columns.push_back(field(Field::state, "state"));
  columns.push_back(field(Field::started, "started"));
  columns.push_back(field(Field::duration, "duration"));
  const std::size_t front = columns.size();
  const bool tagged = any([](const Run& run) { return !run.tags.empty(); });
  if (tagged) columns.push_back(field(Field::tags, "tags"));
  const std::size_t fixed = columns.size();
  const auto append = [&columns](std::vector<LogColumn> more) {
    more.resize(std::min(more.size(), kMost));
    std::move(more.begin(), more.end(), std::back_inserter(columns));
    return more.size();
  };
  const std::size_t params = append(params_by_use(runs));
  const std::size_t metrics = append(metrics_by_use(runs));
  const LogRows all = candidates(runs, std::move(columns), view.now);

  std::size_t used = 0;
  for (std::size_t column = 0; column < fixed; ++column)
    used += needed(all, column, view) + kColumnGap;
  // Metrics and parameters take turns, so that a narrow terminal shows some of both.
  std::size_t shown_params = 0;
  std::size_t shown_metrics = 0;
  // False when there is no room: what says less never takes the place of what says more.
  const auto take = [&](std::size_t first, std::size_t count, std::size_t& shown) {
    if (shown == count) return false;
    const std::size_t cost = needed(all, first + shown, view) + kColumnGap;
    // The last column has no gap after it.
    if (view.width != 0 && used + cost > view.width + kColumnGap) return false;
    used += cost;
    ++shown;
    return true;
  };
  bool more = true;
  while (more) {
    const bool metric = take(fixed + params, metrics, shown_metrics);
    const bool param = take(fixed, params, shown_params);
    more = metric || param;
  }

  std::vector<std::size_t> places;
  const auto add = [&places](std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      places.push_back(first + i);
  };
  add(0, front);
  add(fixed, shown_params);
  add(fixed + params, shown_metrics);
  add(front, fixed - front);
  return selected(all, places);
}

}  // namespace clew::cmd
