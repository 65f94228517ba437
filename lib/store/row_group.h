#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "model/run.h"
#include "store/key_value.h"

// Row groups: what listings filter and sort by, once more, column by column.
//
// A header row holds all of one run; a condition asks for two or three values of each of very many
// runs. Over 100,000 runs that is 80 MB of rows to walk, or 3 MB of columns. So the store keeps the
// parameters and summaries of older runs as columns too: a row group for each stretch of 2048
// header rows. The header rows remain the truth. A group is dropped in the same step that puts a
// header row into its range or takes one out, and nothing else that is in it ever changes; runs
// that are in no group are read from their rows. The newest runs stay out, because runs that go on
// side by side end in another order than they began.

namespace clew::store {

/// A group has at most this many runs.
inline constexpr std::uint32_t kGroupSize = 2048;

/// The kinds of columns; a column has a value of each run that has one (model/column.h). The values
/// are stored: never change one.
enum class Column : char {
  ids = 'i',      ///< 8 bytes each, little-endian
  times = 't',    ///< decode_group_times() reads them
  param = 'p',    ///< as model::encode_json() wrote it
  summary = 's',  ///< of a metric: model::decode_summary() reads it
  // Of a metric, as encode_json() writes a number; null where it has no points.
  last = 'l',
  first = 'f',
  min = 'n',
  max = 'x',
};

/// What a row group says of each run beside its id.
struct GroupTimes {
  model::State state = model::State::running;
  Time started = 0;
  std::optional<Time> ended;
};
[[nodiscard]] std::string encode_group_times(const GroupTimes& times);
/// Throws Error(damaged).
[[nodiscard]] GroupTimes decode_group_times(ByteReader& in);

/// One row group. Reads through a database that must outlive it. All functions throw
/// Error(damaged). Not thread-safe.
class RowGroup {
 public:
  /// The keys of its first and last header row, and how many there are.
  RowGroup(const KeyValue& database, std::string first, std::string last, std::uint32_t size);

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] const std::string& first() const { return first_; }
  [[nodiscard]] const std::string& last() const { return last_; }
  /// Is the place of a run that started then behind all of the group?
  [[nodiscard]] bool is_before(Time started, RunId id) const;

  /// The runs, in the order of their header rows.
  [[nodiscard]] std::vector<RunId> ids() const;
  /// A column for model::read_column(); nullopt when no run of the group has that name. Ids and
  /// times have the empty name.
  [[nodiscard]] std::optional<std::string> column(Column kind, std::string_view name) const;

 private:
  const KeyValue& database_;
  std::string first_;
  std::string last_;
  std::uint32_t size_;
};

/// All row groups, in the order of the header rows. Throws Error(damaged).
[[nodiscard]] std::vector<RowGroup> row_groups(const KeyValue& database);

/// Adds to `batch`, which puts or erases the header row `key`, what drops the group in whose range
/// the row lies.
void drop_row_group(const KeyValue& database, Batch& batch, std::string_view key);

/// Makes groups of the runs that are in none, as far as there are enough of them. To be called now
/// and then by who writes; a header row that is damaged is left out, with those around it.
void make_row_groups(KeyValue& database);

/// How many seals lie between two calls of make_row_groups().
inline constexpr std::uint64_t kSealsBetweenGroups = 256;

/// Compares all row groups with the header rows. Calls `tell` with what is wrong with one.
void check_row_groups(const KeyValue& database, const std::function<void(std::string)>& tell);

}  // namespace clew::store
