#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/run_view.h"
#include "query/catalog.h"
#include "query/sql_tables.h"

namespace clew::query {

/// Header rows of all runs, or of one, taken page by page. Internal to query.
class HeaderRows {
 public:
  /// `run`: the whole id of the one that is wanted; an id that is none gives no row.
  HeaderRows(const Catalog& catalog, std::optional<std::string> run)
      : catalog_(catalog), run_(std::move(run)) {}

  /// The next row, valid until the next call; nullopt at the end.
  std::optional<std::string_view> next();

 private:
  const Catalog& catalog_;
  std::optional<std::string> run_;
  PagePosition position_;
  std::vector<std::string> page_;
  std::size_t next_ = 0;
  bool finished_ = false;
};

/// The cursor of the table `metrics`: reads chunk by chunk, and of the series that are asked for
/// only.
[[nodiscard]] std::unique_ptr<SqlCursor> open_points(const Catalog& catalog,
                                                     const SqlFilter& filter);

}  // namespace clew::query
