#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "model/column.h"
#include "model/encoding.h"
#include "model/run_view.h"
#include "store/header_scan.h"
#include "store/row_group.h"
#include "store/rows.h"

namespace clew::store {
namespace {

/// Fewer runs are read from their rows as quickly.
constexpr std::uint32_t kLeast = 512;
constexpr std::uint32_t kNewest = 512;
/// Runs with very many metrics make smaller groups.
constexpr std::size_t kMostBytes = 16 << 20;

/// Gathers header rows, in order, into the rows of a group.
class GroupBuilder {
 public:
  void add(std::string_view key, std::string_view row) {
    if (size_ == 0) first_ = key;
    last_ = key;
    bytes_ += row.size();
    model::RunView run(row);
    std::string id;
    ByteWriter(id).fixed64(run.id.bits);
    add(Column::ids, "", id);
    add(Column::times, "", encode_group_times({run.state, run.started, run.ended}));
    run.params([&](std::string_view name, const model::JsonView& value, model::Source) {
      add(Column::param, name, encoded(value.decode()));
    });
    run.metrics([&](std::string_view name, ByteReader& in) {
      ByteReader begin = in;
      const model::Summary summary = model::decode_summary(in);
      add(Column::summary, name, begin.raw(begin.remaining() - in.remaining()));
      const auto add_part = [&](Column kind, double value) {
        add(kind, name, encoded(summary.count > 0 ? Json(value) : Json()));
      };
      add_part(Column::last, summary.last);
      add_part(Column::first, summary.first);
      add_part(Column::min, summary.min);
      add_part(Column::max, summary.max);
    });
    ++size_;
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == kGroupSize || bytes_ >= kMostBytes; }

  /// The rows of the group: framed values by key.
  [[nodiscard]] std::map<std::string, std::string> rows() const {
    std::map<std::string, std::string> rows;
    const auto put = [&rows](std::string key, std::string_view payload) {
      std::string value = rows::frame(key, payload);
      rows.emplace(std::move(key), std::move(value));
    };
    std::string payload(std::string_view(first_).substr(rows::kHeaderPrefix.size()));
    ByteWriter(payload).varint(size_);
    put(rows::group_key(last_), payload);
    for (const auto& [kind, columns] : columns_) {
      for (const auto& [name, column] : columns)
        put(rows::column_key(last_, static_cast<char>(kind), name), column.finish(size_));
    }
    return rows;
  }

 private:
  using Columns = std::map<std::string, model::ColumnWriter, std::less<>>;

  static std::string encoded(const Json& value) {
    std::string bytes;
    ByteWriter out(bytes);
    model::encode_json(out, value);
    return bytes;
  }

  /// Adds a value of the run at hand to a column.
  void add(Column kind, std::string_view name, std::string_view value) {
    Columns& columns = columns_[kind];
    auto column = columns.find(name);
    if (column == columns.end()) column = columns.try_emplace(std::string(name)).first;
    column->second.add(size_, value);
  }

  std::string first_;
  std::string last_;
  std::uint32_t size_ = 0;
  std::size_t bytes_ = 0;
  std::map<Column, Columns> columns_;
};

/// Header rows that are in no group: keys from `from` on and before `end` (empty: to the last).
struct Gap {
  std::string from;
  std::string end;
};

std::vector<Gap> gaps(const KeyValue& database) {
  std::vector<Gap> gaps = {{std::string(rows::kHeaderPrefix), ""}};
  for (const RowGroup& group : row_groups(database)) {
    gaps.back().end = group.first();
    gaps.push_back({key_behind(group.last()), ""});
  }
  return gaps;
}

void write_group(KeyValue& database, GroupBuilder& builder) {
  Batch batch;
  for (auto& [key, value] : builder.rows())
    batch.put(key, std::move(value));
  database.apply(batch, Sync::no);
  builder = {};
}

/// Makes groups of the rows of a gap but for the first `skip` ones.
void fill_gap(KeyValue& database, const Gap& gap, std::uint32_t skip) {
  GroupBuilder builder;
  std::uint32_t seen = 0;
  scan_headers(database, gap.from, gap.end, [&](std::string_view key, std::string_view row) {
    if (seen++ < skip) return true;
    builder.add(key, row);
    if (builder.full()) write_group(database, builder);
    return true;
  });
  if (builder.size() >= kLeast) write_group(database, builder);
}

std::uint32_t rows_in(const KeyValue& database, const Gap& gap) {
  std::uint32_t count = 0;
  database.scan(rows::kHeaderPrefix, gap.from, [&](std::string_view key, std::string_view) {
    if (!gap.end.empty() && key >= gap.end) return false;
    ++count;
    return true;
  });
  return count;
}

}  // namespace

void make_row_groups(KeyValue& database) {
  bool newest = true;
  for (const Gap& gap : gaps(database)) {
    const std::uint32_t count = rows_in(database, gap);
    std::uint32_t skip = 0;
    if (std::exchange(newest, false)) {
      // Whole groups only, from the oldest on: what is left grows until it fills one.
      const std::uint32_t grouped = (count - std::min(count, kNewest)) / kGroupSize * kGroupSize;
      skip = count - grouped;
    }
    if (count - skip < kLeast) continue;
    try {
      fill_gap(database, gap, skip);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::damaged) throw;
    }
  }
}

namespace {

/// The rows of a group as they are.
std::map<std::string, std::string> stored_rows(const KeyValue& database, const RowGroup& group) {
  std::map<std::string, std::string> rows;
  const std::string group_key = rows::group_key(group.last());
  const std::string columns = rows::columns_prefix(group.last());
  const auto put = [&](std::string_view key, std::string_view value) {
    rows.emplace(key, value);
    return true;
  };
  database.scan(group_key, group_key, put);
  database.scan(columns, columns, put);
  return rows;
}

}  // namespace

void check_row_groups(const KeyValue& database, const std::function<void(std::string)>& tell) {
  std::uint64_t columns = 0;
  std::string behind;
  for (const RowGroup& group : row_groups(database)) {
    const auto stored = stored_rows(database, group);
    columns += stored.size() - 1;
    GroupBuilder builder;
    bool fits = group.first() >= behind;
    behind = key_behind(group.last());
    scan_headers(database, group.first(), behind, [&](std::string_view key, std::string_view row) {
      builder.add(key, row);
      fits = fits && builder.size() <= kGroupSize;
      return fits;
    });
    if (!fits || builder.rows() != stored) {
      tell(concat("the columns of a group of ", group.size(),
                  " runs are not those of their headers"));
    }
  }
  database.scan(rows::kColumnPrefix, rows::kColumnPrefix, [&](std::string_view, std::string_view) {
    --columns;
    return true;
  });
  if (columns != 0) tell("there are columns that belong to no group");
}

}  // namespace clew::store
