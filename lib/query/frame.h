#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expr/expression.h"
#include "expr/names.h"
#include "query/catalog.h"
#include "query/target_values.h"

namespace clew::query {

/// A column of a frame.
struct FrameValue {
  expr::Expression expression;
  expr::Exact exact = expr::Exact::no;  ///< are its parameters taken exactly, or as meant?
};

/// An order of rows by a column.
struct FrameOrder {
  std::size_t column = 0;
  bool descending = false;
};

/// What to take of which runs.
struct FrameRequest {
  std::vector<expr::Expression> where;  ///< a run takes part when all are true of it
  std::vector<FrameValue> values;
  expr::Exact exact = expr::Exact::no;  ///< the same for conditions
  /// The first one counts most; equals stay newest first. What is missing is last either way.
  std::vector<FrameOrder> orders;
  std::size_t most = SIZE_MAX;  ///< rows at most: the first ones
  Time now = 0;                 ///< stands for the end of runs that go on
};

/// Runs with the values of some expressions: what listings, groups and rankings are made of. Rows
/// are runs, newest first unless another order is asked for; columns are the expressions asked for.
/// Read from row groups and header rows in one pass, live runs included; a value at a step or of
/// the environment costs a look into each run. Movable; keeps all texts itself.
class Frame {
 public:
  /// Throws Error(usage) for a name that no run has or that is ambiguous, showing where; a store
  /// without runs knows no names and gives an empty frame. Also what the store throws.
  [[nodiscard]] static Frame load(const Catalog& catalog, const FrameRequest& request);

  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] RunId id(std::size_t row) const { return ids_[row]; }
  [[nodiscard]] const expr::Value& value(std::size_t row, std::size_t column) const {
    return values_[row * columns_ + column];
  }
  /// What a column stands for where its expression is one name; nullptr otherwise, and in a store
  /// without runs.
  [[nodiscard]] const expr::Target* target(std::size_t column) const;
  /// How many runs there are at all.
  [[nodiscard]] std::size_t runs() const { return runs_; }
  /// How many of them met the conditions, shown or not.
  [[nodiscard]] std::size_t matched() const { return matched_; }

 private:
  friend class FrameLoader;

  std::vector<RunId> ids_;
  std::vector<expr::Value> values_;  // row by row
  std::size_t columns_ = 0;
  std::size_t runs_ = 0;
  std::size_t matched_ = 0;
  std::vector<std::optional<expr::Target>> targets_;
  std::unique_ptr<TextPool> pool_ = std::make_unique<TextPool>();
  std::unique_ptr<expr::Scratch> scratch_ = std::make_unique<expr::Scratch>();
  std::vector<expr::Expression> expressions_;  // texts of results may lie in them
};

}  // namespace clew::query
