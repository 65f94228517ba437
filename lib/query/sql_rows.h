#pragma once

#include <memory>

#include "query/catalog.h"
#include "query/sql_tables.h"

// The cursors of the tables whose rows come run by run. The columns stand in sql_tables.cpp, in the
// same order. Internal to query.

namespace clew::query {

[[nodiscard]] std::unique_ptr<SqlCursor> open_runs(const Catalog& catalog, const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_params(const Catalog& catalog,
                                                     const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_changes(const Catalog& catalog,
                                                      const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_summaries(const Catalog& catalog,
                                                        const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_tags(const Catalog& catalog, const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_notes(const Catalog& catalog,
                                                    const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_output(const Catalog& catalog,
                                                     const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_processes(const Catalog& catalog,
                                                        const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_files(const Catalog& catalog,
                                                    const SqlFilter& filter);
[[nodiscard]] std::unique_ptr<SqlCursor> open_firings(const Catalog& catalog,
                                                      const SqlFilter& filter);

}  // namespace clew::query
