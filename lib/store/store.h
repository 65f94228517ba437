#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "model/event.h"
#include "model/run.h"
#include "model/stretch.h"
#include "store/key_value.h"
#include "store/layout.h"

// Durable truth: sealed runs. The rows, their keys and the order in which they are written stand
// in clew-store(5).

namespace clew::store {

/// One piece of what a run printed; or, where `left_out` is not 0, the place where so many bytes
/// are missing because of the limit: `bytes` is then a line that says so.
struct OutputPiece {
  model::Stream stream = model::Stream::standard_output;
  Time time = 0;
  std::string bytes;
  std::uint64_t left_out = 0;
};

namespace rows {
struct SeriesEntry;
}

class RowGroup;

/// A file of some run, as the indexes of files tell it.
struct FileMention {
  RunId run;
  std::string path;  ///< as in model::FileState
  model::Role role = model::Role::input;
  /// Did the run make this content? Otherwise it found it there.
  bool made = false;
  model::FileModes modes = 0;  ///< what all its processes together did with the file
  Time started = 0;            ///< of the run
  friend bool operator==(const FileMention&, const FileMention&) = default;
};

/// Reads sealed runs. Sees the store as it was when the reader was made. Not thread-safe; several
/// readers may exist at once, in any process, beside a writer. All functions throw Error(damaged)
/// where a row fails its check.
class Reader {
 public:
  /// Reads through a database that must outlive the reader, and output files of `layout`.
  Reader(const KeyValue& database, Layout layout);

  /// Calls `visit` with every run, newest first (by start, then by id), until it returns false.
  void runs(const std::function<bool(model::Run&&)>& visit) const;
  /// The same with header rows (model::RunView reads them), for those who need a few values only.
  void header_rows(const std::function<bool(std::string_view row)>& visit) const;
  /// The same, but a stretch of runs that is a row group is offered to `take` first; where that
  /// returns false, its header rows are visited.
  void header_rows(const std::function<bool(std::string_view row)>& visit,
                   const std::function<bool(const RowGroup& group)>& take) const;
  /// At most `count` of these rows, from the one after `position` on, which is empty at first and
  /// is moved on. None at the end.
  [[nodiscard]] std::vector<std::string> header_page(std::string& position,
                                                     std::size_t count) const;
  /// The header of a run; nullopt when it is not here.
  [[nodiscard]] std::optional<model::Run> run(RunId id) const;
  /// The ids that begin with these hex digits, at most `limit`.
  [[nodiscard]] std::vector<RunId> with_prefix(std::string_view hex, std::size_t limit) const;
  [[nodiscard]] std::vector<model::ParamChange> changes(RunId id) const;
  /// The environment as a JSON object; empty object when none was recorded.
  [[nodiscard]] Json environment(RunId id) const;
  /// A series in the order of arrival; nullopt when the run has no such metric.
  [[nodiscard]] std::optional<model::Series> series(RunId id, std::string_view name) const;
  /// The points of a series at a step, in the order of arrival; decodes no more chunks than it
  /// must. Empty when there is none.
  [[nodiscard]] std::vector<model::Point> points_at(RunId id, std::string_view name,
                                                    std::int64_t step) const;
  /// Appends chunk number `chunk` (from 0) of a series to `points`; false when there is none.
  bool chunk(RunId id, std::string_view name, std::uint32_t chunk,
             std::vector<model::Point>& points) const;
  /// A series in the order of arrival as at most about `most` stretches: points where it has no
  /// more of them; whole chunks, unread but for their summaries, where it has as many as that;
  /// groups of points in between. nullopt when the run has no such metric.
  [[nodiscard]] std::optional<std::vector<model::Stretch>> stretches(RunId id,
                                                                     std::string_view name,
                                                                     std::size_t most,
                                                                     model::StretchEnds ends) const;
  /// Files that the run named as artifacts, in the order of arrival.
  [[nodiscard]] std::vector<model::ArtifactEvent> artifacts(RunId id) const;
  /// The processes, by index.
  [[nodiscard]] std::vector<model::Process> processes(RunId id) const;
  /// The files, sorted by path.
  [[nodiscard]] std::vector<model::File> files(RunId id) const;
  [[nodiscard]] model::Capture capture(RunId id) const;
  [[nodiscard]] std::vector<model::Firing> firings(RunId id) const;
  /// The uses of files with this content (SHA-256), also of those that the run overwrote later, in
  /// any run. By an index: takes time by the number of answers alone.
  [[nodiscard]] std::vector<FileMention> with_digest(const Digest& digest) const;
  /// Those of with_digest() that were made, without a look at the others, of which there may be
  /// many more.
  [[nodiscard]] std::vector<FileMention> makers_of(const Digest& digest) const;
  /// The digests of files that begin with these hex digits, at most `limit`.
  [[nodiscard]] std::vector<Digest> digests_with_prefix(std::string_view hex,
                                                        std::size_t limit) const;
  /// The uses of a file by its name, or of all files under a directory when it ends in '/'.
  /// Likewise by an index.
  [[nodiscard]] std::vector<FileMention> with_path(std::string_view path) const;
  /// Calls `visit` with every piece of output in order, decompressing as it goes, until it returns
  /// false. Nothing when no output was kept.
  void output(RunId id, const std::function<bool(OutputPiece&&)>& visit) const;
  /// The digest of the run: SHA-256 over the digests of its sections; nullopt when it is not here.
  [[nodiscard]] std::optional<Digest> digest(RunId id) const;

 private:
  /// Calls `visit` with the payload of each chunk of a series, in order; false when the run has no
  /// such metric. `begin` is told how many chunks and points there are before the first.
  bool chunks(RunId id, std::string_view name,
              const std::function<void(const rows::SeriesEntry&)>& begin,
              const std::function<void(std::string_view payload)>& visit) const;

  /// When a run began; nullopt when it is not here.
  [[nodiscard]] std::optional<Time> start_of(RunId id) const;
  [[nodiscard]] std::vector<FileMention> mentions(const std::string& prefix,
                                                  RunId (*run_of)(std::string_view key)) const;

  const KeyValue& database_;
  Layout layout_;
  mutable std::unordered_map<RunId, Time> starts_;  // of the runs that were asked for
};

/// Limits of what is kept of a run's output.
struct OutputLimit {
  std::uint64_t bytes = 100ULL << 20;  ///< half for the first part, half for the last
};

/// Writes one run into the store in batches of at most 4 MiB, with buffers of at most 16 MiB
/// whatever the number of series. Until commit() the run is invisible to readers. Destroyed without
/// commit(), it leaves rows behind that the next RunWriter for that id removes first.
class RunWriter {
 public:
  /// Removes what a broken seal of this run left. Throws Error(failed) when the run is sealed
  /// already, and on I/O. `database` must be open for writing and outlive the writer.
  RunWriter(KeyValue& database, Layout layout, RunId id, OutputLimit limit = {});
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  /// Appends to a series. Series come to exist with their first point or add_series().
  void add_series(std::string_view name, model::MetricSource source);
  void add_point(std::string_view name, model::MetricSource source, const model::Point& point);
  void set_environment(const Json& environment);
  void add_change(const model::ParamChange& change);
  void add_artifact(const model::ArtifactEvent& artifact);
  void add_process(const model::Process& process);
  /// Files come sorted by path.
  void add_file(const model::File& file);
  void add_firing(const model::Firing& firing);
  void set_capture(const model::Capture& capture);
  void add_output(model::Stream stream, Time time, std::string_view bytes);

  /// Writes what is buffered, then the header row, its pointer, the contents and the entry of the
  /// seal log in one atomic batch that is on disk when this returns. `run.metrics` is ignored: the
  /// summaries come from the points. Output that the limit cut adds a sentence to `run.gaps`. The
  /// id must be the one of the constructor; nothing may be called afterwards.
  void commit(model::Run run);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The store of a directory, opened. Movable, not thread-safe.
class Store {
 public:
  /// Opens for reading without a lock, beside any writer. A store in which nothing was sealed yet
  /// reads as empty. Throws Error(no_store | damaged | failed).
  [[nodiscard]] static Store open_for_reading(const Layout& layout);
  /// Opens for writing under the store's lock, waiting up to `patience` for another writer.
  /// Throws Error(busy | no_store | damaged | failed).
  [[nodiscard]] static Store open_for_writing(const Layout& layout,
                                              std::chrono::milliseconds patience);
  /// A store over a given database, for tests.
  Store(std::unique_ptr<KeyValue> database, Layout layout);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] Reader reader() const;
  [[nodiscard]] RunWriter write_run(RunId id, OutputLimit limit = {});
  /// Changes what is outside the digest of a sealed run: name, tags, notes. Those of `run` replace
  /// the stored ones. Throws Error(usage) when the run is not here.
  void annotate(const model::Run& run);
  /// Removes a sealed run: in one step that is on disk when this returns it is gone for all who
  /// open the store afterwards, and an entry in the seal log says so; then its rows and its output
  /// are deleted. Kept objects and snapshots are not touched, since others may use them. Does
  /// nothing when the run is not here.
  void remove(RunId id);
  [[nodiscard]] const Layout& layout() const;
  /// The rows themselves, for checks; as long as the store lives.
  [[nodiscard]] const KeyValue& database() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace clew::store
