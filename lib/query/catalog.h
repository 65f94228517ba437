#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/parts.h"
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
