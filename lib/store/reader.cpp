#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "store/chunk.h"
#include "store/header_scan.h"
#include "store/output_file.h"
#include "store/row_group.h"
#include "store/rows.h"
#include "store/section_writer.h"
#include "store/store.h"

namespace clew::store {
namespace {

using rows::Section;

/// A section whose items are values of one kind. Nothing when the run is not here.
template <typename T, typename Decode>
std::vector<T> read_items(const KeyValue& database, RunId id, Section section,
                          rows::SectionContents rows::Contents::*of, Decode decode) {
  std::vector<T> items;
  const auto contents = rows::read_contents(database, id);
  if (!contents) return items;
  read_section(database, id, section, ((*contents).*of).rows, [&](std::string_view item) {
    ByteReader in(item);
    items.push_back(decode(in));
    if (!in.at_end()) {
      throw rows::damaged(rows::section_prefix(id, section), "an item is longer than it says");
    }
  });
  return items;
}

/// The payload of a chunk that must be there.
std::string read_chunk(const KeyValue& database, RunId id, std::uint32_t series,
                       std::uint32_t chunk) {
  const std::string key = rows::chunk_key(id, series, chunk);
  auto payload = rows::get(database, key);
  if (!payload) throw rows::damaged(key, "it is missing");
  return std::move(*payload);
}

/// The least id that begins with these hex digits, and the greatest; nullopt for another text.
std::optional<std::pair<RunId, RunId>> range_of(std::string_view hex) {
  constexpr std::size_t kDigits = 16;
  if (hex.size() > kDigits) return std::nullopt;
  std::string low(hex);
  std::string high(hex);
  low.resize(kDigits, '0');
  high.resize(kDigits, 'f');
  const auto first = RunId::parse(low);
  const auto last = RunId::parse(high);
  if (!first || !last) return std::nullopt;
  return std::pair(*first, *last);
}

/// No groups where they are damaged: the rows have everything.
std::vector<RowGroup> usable_groups(const KeyValue& database) {
  try {
    return row_groups(database);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::damaged) throw;
    return {};
  }
}

}  // namespace

Reader::Reader(const KeyValue& database, Layout layout)
    : database_(database), layout_(std::move(layout)) {}

void Reader::runs(const std::function<bool(model::Run&&)>& visit) const {
  database_.scan(rows::kHeaderPrefix, rows::kHeaderPrefix,
                 [&](std::string_view key, std::string_view value) {
                   return visit(complete(database_, rows::decode_header(key, value)));
                 });
}

void Reader::header_rows(const std::function<bool(std::string_view)>& visit) const {
  scan_headers(database_, rows::kHeaderPrefix, "",
               [&](std::string_view, std::string_view row) { return visit(row); });
}

void Reader::header_rows(const std::function<bool(std::string_view)>& visit,
                         const std::function<bool(const RowGroup&)>& take) const {
  const auto visit_row = [&](std::string_view, std::string_view row) { return visit(row); };
  std::string from(rows::kHeaderPrefix);
  for (const RowGroup& group : usable_groups(database_)) {
    if (!scan_headers(database_, from, group.first(), visit_row)) return;
    from = key_behind(group.last());
    if (!take(group) && !scan_headers(database_, group.first(), from, visit_row)) return;
  }
  scan_headers(database_, from, "", visit_row);
}

std::vector<std::string> Reader::header_page(std::string& position, std::size_t count) const {
  std::vector<std::string> page;
  const std::string from = position.empty() ? std::string(rows::kHeaderPrefix) : position;
  scan_headers(database_, from, "", [&](std::string_view key, std::string_view row) {
    page.emplace_back(row);
    position = key_behind(key);
    return page.size() < count;
  });
  return page;
}

std::optional<Time> Reader::start_of(RunId id) const {
  if (const auto known = starts_.find(id); known != starts_.end()) return known->second;
  const auto started = rows::find_start(database_, id);
  if (started) starts_.emplace(id, *started);
  return started;
}

std::optional<model::Run> Reader::run(RunId id) const {
  const auto started = start_of(id);
  if (!started) return std::nullopt;
  const std::string key = rows::header_key(*started, id);
  const auto value = database_.get(key);
  if (!value) throw rows::damaged(key, "it is missing");
  return complete(database_, rows::decode_header(key, *value));
}

std::vector<RunId> Reader::with_prefix(std::string_view hex, std::size_t limit) const {
  std::vector<RunId> ids;
  const auto range = range_of(hex);
  if (!range || limit == 0) return ids;
  database_.scan(rows::kPointerPrefix, rows::pointer_key(range->first),
                 [&](std::string_view key, std::string_view) {
                   const RunId id = rows::id_of_pointer(key);
                   if (id > range->second) return false;
                   ids.push_back(id);
                   return ids.size() < limit;
                 });
  return ids;
}

std::vector<model::ParamChange> Reader::changes(RunId id) const {
  std::vector<model::ParamChange> changes;
  const auto contents = rows::read_contents(database_, id);
  if (!contents) return changes;
  read_section(database_, id, Section::changes, contents->changes.rows, [&](std::string_view item) {
    auto some = model::decode_changes(item);
    std::move(some.begin(), some.end(), std::back_inserter(changes));
  });
  return changes;
}

Json Reader::environment(RunId id) const {
  const auto contents = rows::read_contents(database_, id);
  if (!contents || contents->environment.rows == 0) return Json::object();
  std::string bytes;
  read_section(database_, id, Section::environment, contents->environment.rows,
               [&](std::string_view item) { bytes += item; });
  ByteReader in(bytes);
  Json environment = model::decode_json(in);
  if (!in.at_end()) {
    throw rows::damaged(rows::section_prefix(id, Section::environment),
                        "it is longer than it says");
  }
  return environment;
}

bool Reader::chunks(RunId id, std::string_view name,
                    const std::function<void(const rows::SeriesEntry&)>& begin,
                    const std::function<void(std::string_view payload)>& visit) const {
  if (!rows::read_contents(database_, id)) return false;
  const std::string entry_key = rows::series_key(id, name);
  const auto payload = rows::get(database_, entry_key);
  if (!payload) {
    const auto header = run(id);
    if (header && header->metric(name) != nullptr) throw rows::damaged(entry_key, "it is missing");
    return false;
  }
  const rows::SeriesEntry entry = rows::decode_series(*payload);
  begin(entry);
  std::uint32_t next = 0;
  const std::string prefix = rows::points_prefix(id, entry.number);
  database_.scan(prefix, prefix, [&](std::string_view key, std::string_view value) {
    if (key != rows::chunk_key(id, entry.number, next++)) {
      throw rows::damaged(key, "a chunk before it is missing");
    }
    visit(rows::unframe(key, value));
    return true;
  });
  if (next != entry.chunks) throw rows::damaged(entry_key, "points of this series are missing");
  return true;
}

std::optional<model::Series> Reader::series(RunId id, std::string_view name) const {
  model::Series series{std::string(name), {}, {}};
  std::uint64_t expected = 0;
  const bool found = chunks(
      id, name,
      [&](const rows::SeriesEntry& entry) {
        series.source = entry.source;
        expected = entry.points;
      },
      [&](std::string_view payload) { decode_chunk(payload, series.points); });
  if (!found) return std::nullopt;
  if (series.points.size() != expected) {
    throw rows::damaged(rows::series_key(id, name), "points of this series are missing");
  }
  return series;
}

std::vector<model::Point> Reader::points_at(RunId id, std::string_view name,
                                            std::int64_t step) const {
  std::vector<model::Point> points;
  const auto payload = rows::get(database_, rows::series_key(id, name));
  if (!payload) return points;
  const rows::SeriesEntry entry = rows::decode_series(*payload);
  for (std::uint32_t chunk = 0; chunk < entry.chunks; ++chunk) {
    decode_chunk_step(read_chunk(database_, id, entry.number, chunk), step, points);
  }
  return points;
}

bool Reader::chunk(RunId id, std::string_view name, std::uint32_t chunk,
                   std::vector<model::Point>& points) const {
  const auto payload = rows::get(database_, rows::series_key(id, name));
  if (!payload) return false;
  const rows::SeriesEntry entry = rows::decode_series(*payload);
  if (chunk >= entry.chunks) return false;
  decode_chunk(read_chunk(database_, id, entry.number, chunk), points);
  return true;
}

std::optional<std::vector<model::Stretch>> Reader::stretches(RunId id, std::string_view name,
                                                             std::size_t most,
                                                             model::StretchEnds ends) const {
  most = std::max<std::size_t>(most, 1);
  std::vector<model::Stretch> whole;
  std::optional<model::Stretcher> groups;
  std::vector<model::Point> points;
  const bool found = chunks(
      id, name,
      [&](const rows::SeriesEntry& entry) {
        // Chunks that are fewer than the stretches wanted would be too coarse.
        if (entry.chunks < most) groups.emplace((entry.points + most - 1) / most);
      },
      [&](std::string_view payload) {
        if (!groups) {
          whole.push_back(read_chunk_stretch(payload, ends));
          return;
        }
        points.clear();
        decode_chunk(payload, points);
        for (const model::Point& point : points)
          groups->add(point);
      });
  if (!found) return std::nullopt;
  return groups ? groups->take() : std::move(whole);
}

std::vector<model::ArtifactEvent> Reader::artifacts(RunId id) const {
  std::vector<model::ArtifactEvent> artifacts;
  const auto contents = rows::read_contents(database_, id);
  if (!contents) return artifacts;
  read_section(database_, id, Section::artifacts, contents->artifacts.rows,
               [&](std::string_view item) {
                 auto event = model::decode_event(model::EventType::artifact, item);
                 artifacts.push_back(std::get<model::ArtifactEvent>(std::move(event)));
               });
  return artifacts;
}

std::vector<model::Process> Reader::processes(RunId id) const {
  return read_items<model::Process>(database_, id, Section::processes, &rows::Contents::processes,
                                    model::decode_process);
}

std::vector<model::File> Reader::files(RunId id) const {
  return read_items<model::File>(database_, id, Section::files, &rows::Contents::files,
                                 model::decode_file);
}

std::vector<model::Firing> Reader::firings(RunId id) const {
  return read_items<model::Firing>(database_, id, Section::firings, &rows::Contents::firings,
                                   model::decode_firing);
}

model::Capture Reader::capture(RunId id) const {
  auto items = read_items<model::Capture>(database_, id, Section::capture, &rows::Contents::capture,
                                          model::decode_capture);
  return items.empty() ? model::Capture() : std::move(items.front());
}

void Reader::output(RunId id, const std::function<bool(OutputPiece&&)>& visit) const {
  const auto contents = rows::read_contents(database_, id);
  if (!contents || contents->output_size == 0) return;
  read_output(layout_.output(id), contents->output_size, visit);
}

std::optional<Digest> Reader::digest(RunId id) const {
  const auto contents = rows::read_contents(database_, id);
  if (!contents) return std::nullopt;
  return contents->digest();
}

}  // namespace clew::store
