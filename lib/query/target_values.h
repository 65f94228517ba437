#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/names.h"
#include "model/run_view.h"

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

/// Takes the values of some targets out of header rows, in one walk over each row. What no header
/// holds (the environment, a metric's value at a step) is left missing: `remote()` tells. Texts are
/// kept in a pool that must outlive the values. Parameters are exact. Not thread-safe.
class TargetValues {
 public:
  TargetValues(std::vector<expr::Target> targets, Time now, TextPool& pool);

  /// Sets `values`, which has a place for each target.
  void read(model::RunView& run, std::span<expr::Value> values);

  [[nodiscard]] const std::vector<expr::Target>& targets() const { return targets_; }
  /// The places of the targets that need more than the header row.
  [[nodiscard]] const std::vector<std::size_t>& remote() const { return remote_; }
  /// Has any run so far had the parameter or metric of this target?
  [[nodiscard]] bool seen(std::size_t target) const { return seen_[target]; }

 private:
  void read_param(std::string_view name, const model::JsonView& value,
                  std::span<expr::Value> values);
  void read_metric(std::string_view name, ByteReader& summary, std::span<expr::Value> values);
  void read_fields(model::RunView& run, std::span<expr::Value> values);
  [[nodiscard]] expr::Value field(model::RunView& run, std::size_t target);
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
  std::size_t next_ = 0;  // in params_ or metrics_
  std::string tags_;
  std::optional<model::RunView::CodeView> code_;
};

}  // namespace clew::query
