#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "query/file_view.h"
#include "query/live_runs.h"
#include "query/walk.h"
#include "store/store.h"

namespace clew::query {

/// Live runs laid over sealed ones. A run is sealed before it stops being live, so live runs are
/// always read first: what has left them by then is found in a view of the store made afterwards.
/// A run that is in both is the sealed one. Internal to query; not thread-safe.
class Overlay {
 public:
  using OpenStore = std::function<store::Store()>;

  Overlay(std::unique_ptr<LiveRuns> live, OpenStore open_store)
      : live_(std::move(live)), open_store_(std::move(open_store)) {}

  /// Calls `visit` with every run, newest first, until it returns false.
  void each(const std::function<bool(model::Run&&)>& visit);
  /// The same with header rows, which model::RunView reads.
  void each_row(const std::function<bool(std::string_view row)>& visit);
  /// The same, with row groups offered to `take` (store::Reader::header_rows).
  void each_row(const std::function<bool(std::string_view row)>& visit,
                const std::function<bool(const store::RowGroup& group)>& take);
  /// Header rows one page after another, in no particular order: at most `count` of them, none at
  /// the end. `position` belongs to one walk.
  [[nodiscard]] std::vector<std::string> page(PagePosition& position, std::size_t count);
  [[nodiscard]] std::optional<model::Run> header(RunId id);
  /// The ids that begin with these lower-case hex digits, at least `limit` if there are as many.
  [[nodiscard]] std::set<RunId> with_prefix(std::string_view hex, std::size_t limit);
  [[nodiscard]] std::optional<model::RunParts> full(RunId id);
  [[nodiscard]] std::optional<model::Series> series(RunId id, std::string_view name);
  /// The files of all runs as they are now.
  [[nodiscard]] FileView file_view();
  /// The points of a step, in the order of arrival.
  [[nodiscard]] std::vector<model::Point> points_at(RunId id, std::string_view name,
                                                    std::int64_t step);
  /// Single parts of a run, without the rest of it; empty when it is not here.
  [[nodiscard]] Json environment(RunId id);
  [[nodiscard]] std::vector<model::ParamChange> changes(RunId id);
  [[nodiscard]] std::vector<model::Process> processes(RunId id);
  [[nodiscard]] std::vector<model::File> files(RunId id);
  [[nodiscard]] std::vector<model::Firing> firings(RunId id);
  /// Reads a series chunk by chunk.
  [[nodiscard]] std::unique_ptr<PointChunks> chunks(RunId id, std::string_view name);
  [[nodiscard]] std::optional<std::vector<model::Stretch>> stretches(RunId id,
                                                                     std::string_view name,
                                                                     std::size_t most,
                                                                     model::StretchEnds ends);
  /// Returns false when there is no such run.
  bool output(RunId id, const std::function<bool(store::OutputPiece&&)>& visit);

 private:
  [[nodiscard]] std::vector<model::Run> list_live();
  [[nodiscard]] store::Reader reader();
  [[nodiscard]] store::Reader reader_after(const std::vector<model::Run>& live);
  void open();
  template <typename Part, typename FromReader>
  Part part(RunId id, Part model::RunParts::*member, FromReader from_reader);
  template <typename Sealed, typename Live>
  auto either(Sealed sealed, Live live) -> decltype(live());

  std::unique_ptr<LiveRuns> live_;
  OpenStore open_store_;
  std::shared_ptr<store::Store> store_;  // shared with the views that were made over it
  std::set<RunId> seen_live_;            // and not yet seen sealed
};

}  // namespace clew::query
