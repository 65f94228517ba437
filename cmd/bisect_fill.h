#pragma once

#include <functional>
#include <optional>

#include "app/session.h"
#include "bisect_view.h"
#include "query/catalog.h"

namespace clew::cmd {

/// What a run comes to: the verdict and the value of a step are filled in.
using Judge = std::function<void(const query::Catalog& catalog, BisectStep& step)>;

/// Narrows the turn down by running what lies between the last good run and the first bad one: runs
/// without a verdict again as they were, and commits that no run is of with the command of the last
/// good run. The nearest to the middle is tried first; what fails to give a value stays unknown and
/// is not tried again. What the commands print goes to standard error. Changes `report.steps` and
/// `report.turn`. No store may be open.
void fill_gaps(Session& session, BisectReport& report, const Judge& judge);

}  // namespace clew::cmd
