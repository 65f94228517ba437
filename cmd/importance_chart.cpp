#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "importance_view.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

constexpr std::size_t kBars = 16;   // in one picture
constexpr double kVisible = 0.005;  // the least share of an interaction that gets a bar

}  // namespace

render::Chart importance_chart(const ImportanceReport& report) {
  const analysis::Importance& importance = report.importance;
  if (importance.method == analysis::Method::none) {
    throw Error(ErrorKind::failed, concat("there is nothing to draw: ", importance.doubts.front()));
  }
  render::Bars bars;
  bars.title = "share of the variance";
  for (const analysis::Effect& effect : importance.effects) {
    if (bars.bars.size() == kBars) break;
    if (effect.columns.size() > 1 && effect.share < kVisible) continue;
    const double deviation = effect.deviation.value_or(0);
    bars.bars.push_back({effect_name(report.table, effect), effect.share,
                         std::max(0.0, effect.share - deviation), effect.share + deviation});
  }
  render::Chart chart;
  chart.title = concat("What ", report.metric, " depends on");
  chart.content = std::move(bars);
  const std::string runs = ui::counted(report.table.target.size(), "run");
  if (importance.method == analysis::Method::exact) {
    chart.notes.push_back(concat("exact, of ", importance.cells, " combinations, ", runs));
  } else {
    chart.notes.push_back(concat("estimated with a random forest (fANOVA) from ", runs));
  }
  for (const std::string& doubt : importance.doubts)
    chart.notes.push_back(doubt);
  return chart;
}

}  // namespace clew::cmd
