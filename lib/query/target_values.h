#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/names.h"
#include "model/run_view.h"
#include "store/row_group.h"

namespace clew::query {

/// Bytes that stay where they are put. Movable, not thread-safe.
class TextPool {
 public:
  /// A copy of the text; the view stays good as long as the pool.
  std::string_view keep(std::string_view text);

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t left_ = 0;
  char* next_ = nullptr;
};

/// The values of some targets over consecutive runs, column by column: most of what a name could
/// stand for no run has, and a column without values takes no room.
class CellBlock {
 public:
  /// `room`: for so many runs.
  CellBlock(std::size_t targets, std::size_t room) : room_(room), columns_(targets) {}

  std::vector<RunId> ids;  ///< of the runs
  [[nodiscard]] bool full() const { return ids.size() >= room_; }

  [[nodiscard]] const expr::Value& at(std::size_t target, std::size_t run) const {
    static constexpr expr::Value kMissing{};
    const auto& column = columns_[target];
    return run < column.size() ? column[run] : kMissing;
  }
  /// The place of a value, missing at first.
  expr::Value& place(std::size_t target, std::size_t run) {
    auto& column = columns_[target];
    if (column.empty()) column.resize(room_);
    return column[run];
  }

 private:
  std::size_t room_;
  std::vector<std::vector<expr::Value>> columns_;
};

/// Takes the values of some targets out of header rows, in one walk over each row, or out of row
/// groups. What no header holds (the environment, a metric's value at a step) is left missing:
/// `remote()` tells. Texts are kept in a pool that must outlive the values. Parameters are exact.
/// Not thread-safe.
class TargetValues {
 public:
  TargetValues(std::vector<expr::Target> targets, Time now, TextPool& pool);

  /// Adds a run to a block.
  void add(model::RunView& run, CellBlock& block);
  /// Does a row group have all that the targets need of a header?
  [[nodiscard]] bool in_groups() const { return in_groups_; }
  /// The runs of a group. Throws Error(damaged).
  [[nodiscard]] CellBlock read(const store::RowGroup& group);
  /// The value of a target in a block.
  [[nodiscard]] expr::Value value(const CellBlock& block, std::size_t target, std::size_t run) {
    return target == id_ ? text(target, block.ids[run].hex()) : block.at(target, run);
  }

  [[nodiscard]] const std::vector<expr::Target>& targets() const { return targets_; }
  /// The places of the targets that need more than the header row.
  [[nodiscard]] const std::vector<std::size_t>& remote() const { return remote_; }
  /// Has any run so far had the parameter or metric of this target?
  [[nodiscard]] bool seen(std::size_t target) const { return seen_[target]; }

 private:
  void add_param(std::string_view name, const model::JsonView& value, CellBlock& block,
                 std::size_t run);
  void add_metric(std::string_view name, ByteReader& summary, CellBlock& block, std::size_t run);
  void read_metric(const store::RowGroup& group, std::size_t target, CellBlock& block);
  void read_fields(const store::RowGroup& group, CellBlock& block);
  void set_param(std::size_t target, const model::JsonView& value, expr::Value& place);
  void set_metric(std::size_t target, const model::Summary& summary, expr::Value& place);
  [[nodiscard]] expr::Value field(model::RunView& run, std::size_t target);
  /// A field that row groups have too.
  [[nodiscard]] expr::Value basic(const store::GroupTimes& run, std::size_t target);
  [[nodiscard]] expr::Value text(std::size_t target, std::string_view text);

  std::vector<expr::Target> targets_;
  Time now_;
  TextPool& pool_;
  // Places of the targets of each kind; of parameters and metrics sorted by name, as rows are.
  std::vector<std::size_t> params_;
  std::vector<std::size_t> metrics_;
  std::vector<std::size_t> fields_;
  std::vector<std::size_t> remote_;
  std::vector<bool> seen_;
  std::vector<std::string_view> last_;  // the text last kept for each target: runs are much alike
  bool wants_tags_ = false;
  bool wants_code_ = false;
  bool in_groups_ = true;
  std::size_t id_ = SIZE_MAX;  // the target that is the id: made where it is asked for, of few runs
  std::size_t next_ = 0;       // in params_ or metrics_
  std::string tags_;
  std::optional<model::RunView::CodeView> code_;
};

}  // namespace clew::query
