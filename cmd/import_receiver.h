#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"
#include "import/jsonl.h"
#include "model/run.h"
#include "store/store.h"

namespace clew::cmd {

/// May a run be imported that has been imported before?
enum class Again { no, yes };

/// Writes what an interchange file says into a store. Nothing of it can be seen before commit();
/// destroyed without it, the receiver takes back what it wrote. Not thread-safe.
class ImportReceiver final : public importer::Receiver {
 public:
  /// `store` must be open for writing and outlive the receiver; `present` are its runs.
  ImportReceiver(store::Store& store, IdSource& ids, const std::vector<model::Run>& present,
                 Again again);
  ~ImportReceiver() override;

  /// Throws Error(usage) for a run that has been imported before.
  RunId begin(model::Run run, const std::string& foreign_id) override;
  void point(RunId run, std::string_view name, model::MetricSource source,
             const model::Point& point) override;
  void change(RunId run, model::ParamChange change) override;

  /// Makes all runs visible, in the order of the file.
  void commit();

  [[nodiscard]] const std::vector<model::Run>& runs() const { return runs_; }
  [[nodiscard]] std::uint64_t points() const { return points_; }

 private:
  [[nodiscard]] RunId fresh_id();
  void discard() noexcept;

  store::Store& store_;
  IdSource& ids_;
  Again again_;
  std::set<RunId> taken_;
  // A run without an id of clew's is known again by its name and start.
  std::set<std::pair<std::string, Time>> known_;
  std::vector<model::Run> runs_;
  std::map<RunId, std::unique_ptr<store::RunWriter>> writers_;
  std::uint64_t points_ = 0;
};

}  // namespace clew::cmd
