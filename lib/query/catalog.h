#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/parts.h"
#include "model/run_view.h"
#include "query/walk.h"
#include "store/layout.h"
#include "store/store.h"

namespace clew::query {

class LiveRuns;
class FileView;

/// A run as the user named it: RUN or RUN:path.
struct RunSpec {
  std::string run;
  std::optional<std::string> path;
};
/// Cuts at the first ':'. "abc:" has the empty path, the top of the work tree.
[[nodiscard]] RunSpec parse_spec(std::string_view text);

/// All runs of a store, sealed and live, as one list. Live runs are seen as they are, sealed ones
/// as they were when first asked for; a run that is sealed in between stays in view. A run that is
/// both for a moment is shown once, as sealed. Movable, not thread-safe. Every function may also
/// throw what the store does: Error(damaged | failed).
class Catalog {
 public:
  /// Throws Error(no_store | damaged | failed).
  [[nodiscard]] static Catalog open(const store::Layout& layout);
  /// A catalog over given sources, for tests. `open_store` makes a new view of the sealed runs.
  Catalog(const store::Layout& layout, std::unique_ptr<LiveRuns> live,
          std::function<store::Store()> open_store);
  ~Catalog();
  Catalog(Catalog&&) noexcept;
  Catalog& operator=(Catalog&&) noexcept;

  /// The headers, newest first, at most `limit`.
  [[nodiscard]] std::vector<model::Run> runs(std::size_t limit = SIZE_MAX) const;
  /// These headers, in this order; one that is not here any more is left out.
  [[nodiscard]] std::vector<model::Run> runs(const std::vector<RunId>& ids) const;
  /// Calls `visit` with the header row of each run, newest first, until it returns false.
  void each_row(const std::function<bool(model::RunView&)>& visit) const;
  /// The same, with row groups offered to `take` (store::Reader::header_rows).
  void each_row(const std::function<bool(model::RunView&)>& visit,
                const std::function<bool(const store::RowGroup&)>& take) const;
  /// Header rows page by page, in no particular order: at most `count` of them, none at the end.
  /// `position` is a new one at first, and belongs to one walk.
  [[nodiscard]] std::vector<std::string> row_page(PagePosition& position, std::size_t count) const;
  /// The header row of one run; none when it is not here.
  [[nodiscard]] std::vector<std::string> row(RunId id) const;
  /// The run that a word names: "@", "@~N", a unique prefix of an id (4 digits or more, or the
  /// whole id), a run's name, or a tag (its newest run), in this order. Throws Error(usage) for an
  /// unknown one, with suggestions, and for an ambiguous prefix or name, with the candidates.
  [[nodiscard]] model::Run find(std::string_view word) const;
  /// Throws Error(usage) when there is no such run; so do the two below.
  [[nodiscard]] model::RunParts full(RunId id) const;
  /// Throws Error(usage), with suggestions, when the run has no such metric.
  [[nodiscard]] model::Series series(RunId id, std::string_view name) const;
  /// The files of all runs, as they are at the time of the call.
  [[nodiscard]] FileView file_view() const;
  /// The points of a metric at a step, in the order of arrival; none where there is no such run or
  /// metric. value_at() is the last of them.
  [[nodiscard]] std::vector<model::Point> points_at(RunId id, std::string_view name,
                                                    std::int64_t step) const;
  [[nodiscard]] std::optional<double> value_at(RunId id, std::string_view name,
                                               std::int64_t step) const;
  /// A series piece by piece; the catalog must outlive the reading, and must not be asked about
  /// live runs that have ended in between.
  [[nodiscard]] std::unique_ptr<PointChunks> chunks(RunId id, std::string_view name) const;
  /// Of a run that is not here: an empty object, no changes.
  [[nodiscard]] Json environment(RunId id) const;
  [[nodiscard]] std::vector<model::ParamChange> changes(RunId id) const;
  [[nodiscard]] std::vector<model::Process> processes(RunId id) const;
  [[nodiscard]] std::vector<model::File> files(RunId id) const;
  [[nodiscard]] std::vector<model::Firing> firings(RunId id) const;
  /// The same series as at most about `most` stretches, without reading more of it than that needs
  /// (store::Reader::stretches).
  [[nodiscard]] std::vector<model::Stretch> stretches(
      RunId id, std::string_view name, std::size_t most,
      model::StretchEnds ends = model::StretchEnds::steps) const;
  void output(RunId id, const std::function<bool(store::OutputPiece&&)>& visit) const;
  [[nodiscard]] const store::Layout& layout() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace clew::query
