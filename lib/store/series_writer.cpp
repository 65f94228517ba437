#include "store/series_writer.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/chunk.h"

namespace clew::store {
namespace {

using model::Point;

std::size_t occupied(const std::vector<Point>& buffer) {
  return buffer.capacity() * sizeof(Point);
}

}  // namespace

void add_to_digest(Sha256& digest, const std::vector<Point>& points) {
  std::string bytes;
  bytes.reserve(points.size() * (1 + 3 * sizeof(std::uint64_t)));
  ByteWriter out(bytes);
  for (const Point& point : points) {
    out.byte(point.step ? 1 : 0);
    out.fixed64(static_cast<std::uint64_t>(point.step.value_or(0)));
    out.fixed64(static_cast<std::uint64_t>(point.time));
    out.real(point.value);
  }
  digest.add(bytes);
}

std::string series_item(std::string_view name, const rows::SeriesEntry& entry) {
  std::string item;
  ByteWriter out(item);
  out.string(name);
  out.byte(static_cast<std::uint8_t>(entry.source));
  out.raw({reinterpret_cast<const char*>(entry.digest.data()), entry.digest.size()});
  return item;
}

SeriesWriter::Series& SeriesWriter::find(std::string_view name, model::MetricSource source) {
  auto found = names_.find(name);
  if (found == names_.end()) found = names_.emplace(name, Sources()).first;
  Sources& sources = found->second;
  Series*& series = source == model::MetricSource::api ? sources.api : sources.output;
  if (series == nullptr) {
    series = &series_.emplace_back();
    series->source = source;
    series->number = static_cast<std::uint32_t>(series_.size() - 1);
    if (sources.api != nullptr && sources.output != nullptr) silence(*sources.output);
  }
  return *series;
}

void SeriesWriter::silence(Series& series) {
  series.silenced = true;
  release(series);
}

void SeriesWriter::add_point(std::string_view name, model::MetricSource source,
                             const Point& point) {
  Series& series = find(name, source);
  if (series.silenced) return;
  series.summary.add(point);
  const std::size_t before = occupied(series.buffer);
  series.buffer.push_back(point);
  buffered_ += occupied(series.buffer) - before;
  if (series.buffer.size() == kChunkPoints) write_chunk(series);
  if (buffered_ > kBudget) relieve();
}

void SeriesWriter::write_chunk(Series& series) {
  add_to_digest(series.digest, series.buffer);
  std::string key = rows::chunk_key(id_, series.number, series.chunks++);
  std::string value = rows::frame(key, encode_chunk(series.buffer));
  batch_.put(std::move(key), std::move(value));
  // A full buffer keeps its memory, since the series goes on; relieve() takes that into account.
  series.buffer.clear();
}

void SeriesWriter::release(Series& series) {
  buffered_ -= occupied(series.buffer);
  series.buffer = {};
}

void SeriesWriter::relieve() {
  const std::size_t half_of_average = buffered_ / series_.size() / 2;
  for (Series& series : series_) {
    if (series.buffer.capacity() == 0 || occupied(series.buffer) < half_of_average) continue;
    if (!series.buffer.empty()) write_chunk(series);
    release(series);
  }
}

void SeriesWriter::erase_chunks(const Series& series) {
  for (std::uint32_t chunk = 0; chunk < series.chunks; ++chunk)
    batch_.erase(rows::chunk_key(id_, series.number, chunk));
}

SeriesWriter::Result SeriesWriter::finish() {
  // In the order of names: that of the header row and of the digest.
  std::vector<std::pair<std::string_view, Series*>> kept;
  for (auto& [name, sources] : names_) {
    if (sources.output != nullptr && sources.output->silenced) erase_chunks(*sources.output);
    kept.emplace_back(name, sources.api != nullptr ? sources.api : sources.output);
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });

  Result result;
  Sha256 section;
  for (const auto& [name, series] : kept) {
    if (!series->buffer.empty()) write_chunk(*series);
    release(*series);
    rows::SeriesEntry entry{series->number, series->source, series->chunks, series->summary.count,
                            series->digest.finish()};
    section.add(series_item(name, entry));
    std::string key = rows::series_key(id_, name);
    std::string value = rows::frame(key, rows::encode_series(entry));
    batch_.put(std::move(key), std::move(value));
    result.metrics.push_back({std::string(name), series->source, series->summary});
  }
  result.contents = {kept.size(), section.finish()};
  return result;
}

}  // namespace clew::store
