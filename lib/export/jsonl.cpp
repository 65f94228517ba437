#include <algorithm>
#include <cmath>
#include <queue>

#include "export/chunks.h"
#include "export/exporter.h"
#include "export/fields.h"

namespace clew::exporter {
namespace {

/// Does the value hold a number that JSON writes as a string?
bool has_nonfinite(const Json& value) {
  if (value.is_double()) return !std::isfinite(value.as_double());
  if (value.is_array()) {
    const auto& items = value.as_array();
    return std::any_of(items.begin(), items.end(), has_nonfinite);
  }
  if (!value.is_object()) return false;
  const auto& members = value.as_object();
  return std::any_of(members.begin(), members.end(),
                     [](const auto& member) { return has_nonfinite(member.second); });
}

/// The names of parameters in which "NaN" and its like stand for numbers, not for texts.
Json::Array nonfinite_params(const model::Run& run) {
  Json::Array names;
  for (const auto& param : run.params) {
    const bool found =
        has_nonfinite(param.value) ||
        std::any_of(param.lost.begin(), param.lost.end(),
                    [](const model::LostValue& lost) { return has_nonfinite(lost.value); });
    if (found) names.emplace_back(param.name);
  }
  return names;
}

Json run_line(const model::Run& run) {
  Json::Object out{{"kind", "run"}};
  add_identity(out, run);
  add_times(out, run);
  add_params(out, run);
  if (auto names = nonfinite_params(run); !names.empty()) {
    out.emplace_back("nonfinite", std::move(names));
  }
  add_annotations(out, run);
  out.emplace_back("code", code_to_json(run.code, CodeDetail::full));
  if (!run.gaps.empty()) {
    out.emplace_back("gaps", Json::Array(run.gaps.begin(), run.gaps.end()));
  }
  return out;
}

Json change_line(RunId run, const model::ParamChange& change) {
  Json::Object out{{"kind", "param"}, {"run", run.hex()}};
  add_change(out, change);
  if (has_nonfinite(change.value) || has_nonfinite(change.old)) {
    out.emplace_back("nonfinite", true);
  }
  return out;
}

/// One series on its way into lines.
struct Track {
  std::string key;  // the name as a JSON string
  model::Series series;
  std::size_t next = 0;

  [[nodiscard]] bool done() const { return next == series.points.size(); }
  [[nodiscard]] const model::Point& point() const { return series.points[next]; }
};

/// Merges the series of a run by time; of one time, by the order of the series. Within a series the
/// order of arrival stays, also where its times go back.
class PointLines {
 public:
  PointLines(RunId run, std::vector<Track> tracks, Chunks& chunks)
      : tracks_(std::move(tracks)), chunks_(chunks) {
    begin_ = "{\"kind\":\"metrics\",\"run\":\"" + run.hex() + '"';
    for (std::size_t i = 0; i < tracks_.size(); ++i)
      offer(i);
  }

  void write() {
    while (!heads_.empty()) {
      take_same_time();
      for (auto line = batch_.begin(); line != batch_.end();) {
        const auto end = std::find_if_not(line, batch_.end(), [&](std::size_t track) {
          return !before(*line, track);  // sorted, so that equal ones are neighbours
        });
        write_line(line, end);
        line = end;
      }
      for (const std::size_t track : batch_) {
        ++tracks_[track].next;
        offer(track);
      }
    }
  }

 private:
  using Head = std::pair<Time, std::size_t>;  // the next point's time, the track
  using Place = std::vector<std::size_t>::const_iterator;

  void offer(std::size_t track) {
    if (!tracks_[track].done()) heads_.emplace(tracks_[track].point().time, track);
  }

  /// Fills the batch with the tracks whose next point has the earliest time, sorted so that those
  /// that can share a line are neighbours.
  void take_same_time() {
    batch_.clear();
    const Time time = heads_.top().first;
    while (!heads_.empty() && heads_.top().first == time) {
      batch_.push_back(heads_.top().second);
      heads_.pop();
    }
    std::stable_sort(batch_.begin(), batch_.end(),
                     [&](std::size_t a, std::size_t b) { return before(a, b); });
  }

  [[nodiscard]] bool before(std::size_t a, std::size_t b) const {
    if (tracks_[a].series.source != tracks_[b].series.source) {
      return tracks_[a].series.source < tracks_[b].series.source;
    }
    return tracks_[a].point().step < tracks_[b].point().step;
  }

  void write_line(Place track, Place end) {
    std::string& out = chunks_.text();
    const model::Point& any = tracks_[*track].point();
    out += begin_;
    if (any.step) out += ",\"step\":" + std::to_string(*any.step);
    out += ",\"time\":\"" + format_time(any.time) + '"';
    if (tracks_[*track].series.source == model::MetricSource::output) {
      out += ",\"source\":\"output\"";
    }
    char separator = '{';
    out += ",\"values\":";
    for (; track != end; ++track) {
      out += std::exchange(separator, ',');
      out += tracks_[*track].key;
      out += ':';
      append_json_double(out, tracks_[*track].point().value);
    }
    out += '}';
    out += '}';
    chunks_.end_line();
  }

  std::vector<Track> tracks_;
  Chunks& chunks_;
  std::string begin_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  std::vector<std::size_t> batch_;
};

}  // namespace

void write_jsonl(const model::RunParts& parts, const model::SeriesOf& series, const Out& out) {
  Chunks chunks(out);
  chunks.text() += dump_json(run_line(parts.run));
  chunks.end_line();
  for (const auto& change : parts.changes) {
    chunks.text() += dump_json(change_line(parts.run.id, change));
    chunks.end_line();
  }
  std::vector<Track> tracks;
  for (const auto& metric : parts.run.metrics) {
    Track& track = tracks.emplace_back();
    append_json_string(track.key, metric.name);
    track.series = series(metric.name);
  }
  PointLines(parts.run.id, std::move(tracks), chunks).write();
  chunks.finish();
}

}  // namespace clew::exporter
