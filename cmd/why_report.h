#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/session.h"
#include "query/catalog.h"
#include "why_view.h"

namespace clew::cmd {

/// Asks why two runs differ in a metric: compares their code, and hears all runs that have the
/// metric (the newest 500). `metric` as in 'clew log'; nullopt: what says most about both.
[[nodiscard]] WhyReport make_why_report(const Session& session, const query::Catalog& catalog,
                                        const model::Run& a, const model::Run& b,
                                        const std::optional<std::string>& metric);

}  // namespace clew::cmd
