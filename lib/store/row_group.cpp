#include "store/row_group.h"

#include "base/bytes.h"
#include "base/text.h"
#include "model/column.h"
#include "store/header_scan.h"
#include "store/rows.h"

namespace clew::store {
namespace {

/// The key of the last header row of the group with this key.
std::string header_of(std::string_view group) {
  return concat(rows::kHeaderPrefix, group.substr(rows::kGroupPrefix.size()));
}

RowGroup open_group(const KeyValue& database, std::string_view key, std::string_view value) {
  ByteReader in(rows::unframe(key, value));
  const std::string_view first = in.raw(key.size() - rows::kGroupPrefix.size());
  const std::size_t size = in.varint();
  if (!in.at_end() || size > kGroupSize) throw rows::damaged(key, "it is longer than it says");
  return {database, concat(rows::kHeaderPrefix, first), header_of(key),
          static_cast<std::uint32_t>(size)};
}

/// Does the group begin before the header row `key`? One that is damaged is better dropped.
bool reaches(const KeyValue& database, std::string_view group, std::string_view value,
             std::string_view key) {
  try {
    return open_group(database, group, value).first() <= key;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::damaged) throw;
    return true;
  }
}

}  // namespace

std::string encode_group_times(const GroupTimes& times) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(static_cast<std::uint8_t>(times.state));
  out.zigzag(times.started);
  out.byte(times.ended ? 1 : 0);
  if (times.ended) out.zigzag(*times.ended);
  return bytes;
}

GroupTimes decode_group_times(ByteReader& in) {
  GroupTimes times;
  const std::uint8_t state = in.byte();
  if (state > static_cast<std::uint8_t>(model::State::interrupted)) {
    throw Error(ErrorKind::damaged, "a row group has a run of an unknown state");
  }
  times.state = static_cast<model::State>(state);
  times.started = in.zigzag();
  if (in.byte() != 0) times.ended = in.zigzag();
  return times;
}

RowGroup::RowGroup(const KeyValue& database, std::string first, std::string last,
                   std::uint32_t size)
    : database_(database), first_(std::move(first)), last_(std::move(last)), size_(size) {}

bool RowGroup::is_before(Time started, RunId id) const {
  return last_ < rows::header_key(started, id);
}

std::vector<RunId> RowGroup::ids() const {
  std::vector<RunId> ids;
  ids.reserve(size_);
  if (const auto bytes = column(Column::ids, "")) {
    model::read_column(*bytes, size_,
                       [&](std::uint32_t, ByteReader& in) { ids.push_back({in.fixed64()}); });
  }
  if (ids.size() != size_) {
    throw rows::damaged(rows::column_key(last_, static_cast<char>(Column::ids), ""),
                        "runs are missing");
  }
  return ids;
}

std::optional<std::string> RowGroup::column(Column kind, std::string_view name) const {
  return rows::get(database_, rows::column_key(last_, static_cast<char>(kind), name));
}

std::vector<RowGroup> row_groups(const KeyValue& database) {
  std::vector<RowGroup> groups;
  database.scan(rows::kGroupPrefix, rows::kGroupPrefix,
                [&](std::string_view key, std::string_view value) {
                  groups.push_back(open_group(database, key, value));
                  return true;
                });
  return groups;
}

void drop_row_group(const KeyValue& database, Batch& batch, std::string_view key) {
  std::string found;
  database.scan(rows::kGroupPrefix, rows::group_key(key),
                [&](std::string_view group, std::string_view value) {
                  if (reaches(database, group, value, key)) found = header_of(group);
                  return false;
                });
  if (found.empty()) return;
  const std::string columns = rows::columns_prefix(found);
  database.scan(columns, columns, [&](std::string_view column, std::string_view) {
    batch.erase(std::string(column));
    return true;
  });
  batch.erase(rows::group_key(found));
}

}  // namespace clew::store
