#include "import_receiver.h"

#include "base/error.h"
#include "base/text.h"

namespace clew::cmd {

ImportReceiver::ImportReceiver(store::Store& store, IdSource& ids,
                               const std::vector<model::Run>& present, Again again)
    : store_(store), ids_(ids), again_(again) {
  for (const model::Run& run : present) {
    taken_.insert(run.id);
    known_.emplace(run.name, run.started);
  }
}

ImportReceiver::~ImportReceiver() {
  discard();
}

RunId ImportReceiver::begin(model::Run run, const std::string& foreign_id) {
  const bool own = run.id != RunId{};
  const bool known = own ? taken_.contains(run.id) : known_.contains({run.name, run.started});
  if (known && again_ == Again::no) {
    throw Error(ErrorKind::usage, concat("run '", foreign_id, "' is here already"),
                {"'--again' imports it once more, under another id"});
  }
  if (!own || known) run.id = fresh_id();
  taken_.insert(run.id);
  writers_[run.id].reset(new store::RunWriter(store_.write_run(run.id)));  // it cannot be moved
  runs_.push_back(std::move(run));
  return runs_.back().id;
}

void ImportReceiver::point(RunId run, std::string_view name, model::MetricSource source,
                           const model::Point& point) {
  writers_.at(run)->add_point(name, source, point);
  ++points_;
}

void ImportReceiver::change(RunId run, model::ParamChange change) {
  writers_.at(run)->add_change(change);
}

void ImportReceiver::commit() {
  for (const model::Run& run : runs_) {
    writers_.at(run.id)->commit(run);
    writers_.erase(run.id);
  }
}

RunId ImportReceiver::fresh_id() {
  for (;;) {
    const RunId id = ids_.next();
    if (!taken_.contains(id)) return id;
  }
}

/// A writer removes what an earlier one of the same id left without a commit.
void ImportReceiver::discard() noexcept {
  for (auto& [id, writer] : writers_) {
    writer.reset();
    try {
      const store::RunWriter leftovers = store_.write_run(id);
    } catch (const std::exception&) {
      // The rows stay; no reader sees them.
    }
  }
}

}  // namespace clew::cmd
