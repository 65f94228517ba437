#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "model/series.h"
#include "store/batch_writer.h"
#include "store/rows.h"

namespace clew::store {

/// Adds points to a digest, as clew-store(5) says.
void add_to_digest(Sha256& digest, const std::vector<model::Point>& points);
/// What a series adds to the digest of its section.
[[nodiscard]] std::string series_item(std::string_view name, const rows::SeriesEntry& entry);

/// Writes the series of one run: points gather in a buffer for each series and leave it as chunks
/// (chunk.h). All buffers together stay below a budget, whatever the number of series: when it is
/// used up, every series that holds at least half of the average is written out as a short chunk,
/// which frees half of the budget or more.
class SeriesWriter {
 public:
  static constexpr std::size_t kBudget = 10 << 20;

  /// `batch` must outlive the writer.
  SeriesWriter(BatchWriter& batch, RunId id) : batch_(batch), id_(id) {}

  void add_series(std::string_view name, model::MetricSource source) { find(name, source); }
  void add_point(std::string_view name, model::MetricSource source, const model::Point& point);

  struct Result {
    std::vector<model::MetricSummary> metrics;  ///< sorted by name
    rows::SectionContents contents;
  };
  /// Writes what is buffered and the catalog. Of a name with two sources only the API's series
  /// stays. Nothing may be added afterwards.
  [[nodiscard]] Result finish();

 private:
  struct Series {
    model::MetricSource source = model::MetricSource::api;
    std::uint32_t number = 0;
    std::uint32_t chunks = 0;
    std::vector<model::Point> buffer;
    model::Summary summary;
    Sha256 digest;
    bool silenced = false;
  };
  /// Both series of a name. They live in series_, which never moves them.
  struct Sources {
    Series* api = nullptr;
    Series* output = nullptr;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };

  Series& find(std::string_view name, model::MetricSource source);
  void silence(Series& series);
  void write_chunk(Series& series);
  void release(Series& series);
  void relieve();
  void erase_chunks(const Series& series);

  BatchWriter& batch_;
  RunId id_;
  std::deque<Series> series_;
  std::unordered_map<std::string, Sources, Hash, std::equal_to<>> names_;
  std::size_t buffered_ = 0;  ///< bytes that the buffers occupy
};

}  // namespace clew::store
