#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "base/text.h"
#include "log_columns.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::Run;

constexpr std::size_t kMost = 8;     // parameters, and metrics
constexpr std::size_t kUseful = 12;  // columns that a text or title needs; the table cuts the rest
constexpr std::size_t kLong = 16;    // a parameter that takes more comes later
constexpr std::size_t kColumnGap = 2;

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

/// How many columns of the terminal a column needs to be of use.
std::size_t needed(const LogColumn& column, const std::vector<Run>& runs, const LogView& view) {
  const ui::Table table = log_table({column}, runs, view);
  const std::size_t natural = table.widths(0).front();
  const std::size_t least = table.widths(1).front();
  return std::min(natural, std::max(least, kUseful));
}

LogColumn field(std::string_view title) {
  return {LogColumn::Kind::field, std::string(title), concat("run.", title), ""};
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
    columns.push_back({LogColumn::Kind::param, std::string(name), std::string(name), ""});
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
    columns.push_back({LogColumn::Kind::metric, std::string(name), std::string(name), "last"});
  }
  return columns;
}

}  // namespace

int metric_rank(std::string_view name) {
  using Words = const std::string_view[];
  static constexpr Words held_out = {"val", "valid", "validation", "test", "eval", "dev"};
  static constexpr Words score = {"acc",   "accuracy", "f1",        "auc",    "score", "bleu",
                                  "rouge", "reward",   "return",    "map",    "iou",   "miou",
                                  "r2",    "psnr",     "precision", "recall", "top1"};
  static constexpr Words loss = {"loss", "error", "err", "perplexity", "ppl", "mse",
                                 "mae",  "rmse",  "nll", "cer",        "wer"};
  static constexpr Words aside = {"epoch", "step",    "steps",  "iter", "iteration", "batch",
                                  "time",  "seconds", "eta",    "lr",   "rate",      "grad",
                                  "norm",  "speed",   "memory", "mem",  "progress"};
  if (has_word(name, aside)) return -1;
  int rank = 0;
  if (has_word(name, held_out)) rank += 4;
  if (has_word(name, score)) {
    rank += 3;
  } else if (has_word(name, loss)) {
    rank += 2;
  }
  return rank;
}

std::vector<LogColumn> choose_columns(const std::vector<Run>& runs, const LogView& view) {
  const auto any = [&runs](auto&& has) { return std::any_of(runs.begin(), runs.end(), has); };
  std::vector<LogColumn> front = {field("id")};
  if (any([](const Run& run) { return !run.name.empty(); })) front.push_back(field("name"));
  for (const std::string_view title : {"state", "started", "duration"}) {
    front.push_back(field(title));
  }
  std::vector<LogColumn> back;
  if (any([](const Run& run) { return !run.tags.empty(); })) back.push_back(field("tags"));

  std::size_t used = 0;
  for (const LogColumn& column : front)
    used += needed(column, runs, view) + kColumnGap;
  for (const LogColumn& column : back)
    used += needed(column, runs, view) + kColumnGap;

  // Metrics and parameters take turns, so that a narrow terminal shows some of both.
  const std::vector<LogColumn> params = params_by_use(runs);
  const std::vector<LogColumn> metrics = metrics_by_use(runs);
  std::vector<LogColumn> chosen_params;
  std::vector<LogColumn> chosen_metrics;
  // False when there is no room: what says less never takes the place of what says more.
  const auto take = [&](const std::vector<LogColumn>& from, std::vector<LogColumn>& into) {
    if (into.size() == std::min(from.size(), kMost)) return false;
    const LogColumn& next = from[into.size()];
    const std::size_t cost = needed(next, runs, view) + kColumnGap;
    // The last column has no gap after it.
    if (view.width != 0 && used + cost > view.width + kColumnGap) return false;
    used += cost;
    into.push_back(next);
    return true;
  };
  for (bool more_metrics = true, more_params = true; more_metrics || more_params;) {
    more_metrics = more_metrics && take(metrics, chosen_metrics);
    more_params = more_params && take(params, chosen_params);
  }
  for (const auto* part : {&chosen_params, &chosen_metrics, &back}) {
    front.insert(front.end(), part->begin(), part->end());
  }
  return front;
}

}  // namespace clew::cmd
