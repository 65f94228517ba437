#pragma once

#include <string>
#include <vector>

#include "analysis/importance.h"
#include "analysis/table.h"
#include "base/json.h"
#include "render/chart.h"
#include "ui/output.h"

namespace clew::cmd {

/// Everything that `clew importance` has to say.
struct ImportanceReport {
  std::string metric;  ///< as the user named it
  analysis::Table table;
  analysis::Importance importance;
  std::size_t still_running = 0;  ///< runs that were left out for that
  std::size_t codes = 0;          ///< different trees of code among the runs
};

/// For people: bars, what is unexplained, what was left out. `all`: small interactions too.
void print_importance(ui::Output& out, const ImportanceReport& report, bool all);

/// As the object that the help of `clew importance` describes.
[[nodiscard]] Json importance_to_json(const ImportanceReport& report);

/// As bars with the deviations of the shares, for a picture; small interactions are left out.
/// Throws Error(failed) when there are too few runs to tell.
[[nodiscard]] render::Chart importance_chart(const ImportanceReport& report);

/// One line for each effect: params,share,sd,by_chance.
[[nodiscard]] std::string importance_to_csv(const ImportanceReport& report);

/// The parameters of an effect: "optimizer × dropout".
[[nodiscard]] std::string effect_name(const analysis::Table& table, const analysis::Effect& effect);

/// A bar of `columns` columns at most, in eighths of a column.
[[nodiscard]] std::string bar_text(double share, std::size_t columns);

}  // namespace clew::cmd
