#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "query/file_view.h"
#include "query/live_runs.h"
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
  [[nodiscard]] std::optional<model::Run> header(RunId id);
  /// The ids that begin with these lower-case hex digits, at least `limit` if there are as many.
  [[nodiscard]] std::set<RunId> with_prefix(std::string_view hex, std::size_t limit);
  [[nodiscard]] std::optional<model::RunParts> full(RunId id);
  [[nodiscard]] std::optional<model::Series> series(RunId id, std::string_view name);
  /// The files of all runs as they are now.
  [[nodiscard]] FileView file_view();
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
  template <typename Sealed, typename Live>
  auto either(Sealed sealed, Live live) -> decltype(live());

  std::unique_ptr<LiveRuns> live_;
  OpenStore open_store_;
  std::shared_ptr<store::Store> store_;  // shared with the views that were made over it
  std::set<RunId> seen_live_;            // and not yet seen sealed
};

}  // namespace clew::query
