#include "record/live.h"

#include <algorithm>

#include "model/encoding.h"
#include "record/fold.h"
#include "record/journal.h"
#include "record/spool.h"

namespace clew::record {
namespace {

/// Adds what others wrote beside the spool while the run was live.
void apply_annotations(const store::Layout& layout, RunId id, model::Run& run) {
  const fs::path path = layout.annotations(id);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  // Annotations hold no points, so the summaries are those that the run had.
  auto metrics = std::move(run.metrics);
  Fold fold;
  fold.apply(model::BeginEvent{std::move(run)});
  read_spool(path, [&](model::EventType type, std::string_view payload) {
    fold.apply(model::decode_event(type, payload));
    return true;
  });
  run = fold.header();
  run.metrics = std::move(metrics);
}

/// Everything of a spool but its output.
std::optional<Fold> fold_spool(const fs::path& path) {
  Fold fold;
  read_spool(path, [&](model::EventType type, std::string_view payload) {
    if (type != model::EventType::output) fold.apply(model::decode_event(type, payload));
    return true;
  });
  if (!fold.begun()) return std::nullopt;
  return fold;
}

}  // namespace

std::vector<model::Run> LiveReader::runs() const {
  std::vector<model::Run> runs;
  std::error_code failure;
  for (fs::directory_iterator entry(layout_.live(), failure), end; entry != end;
       entry.increment(failure)) {
    if (failure) break;
    const auto id = RunId::parse(entry->path().filename().string());
    if (!id) continue;
    const auto head = read_file(layout_.head(*id));
    auto run = head ? decode_head(*head) : std::nullopt;
    const bool unfinished = !run || run->state == model::State::running;
    if (unfinished && try_lock_spool(layout_.spool(*id))) {
      // Its recorder is gone: the head may be a second older than the spool.
      if (auto parts = this->run(*id)) runs.push_back(std::move(parts->run));
      continue;
    }
    if (!run) continue;
    apply_annotations(layout_, *id, *run);
    runs.push_back(std::move(*run));
  }
  std::sort(runs.begin(), runs.end(), [](const model::Run& a, const model::Run& b) {
    return a.started != b.started ? a.started > b.started : a.id > b.id;
  });
  return runs;
}

std::optional<model::RunParts> LiveReader::run(RunId id) const {
  // Asked before reading: a recorder that ends in between has then written its end.
  const bool abandoned = try_lock_spool(layout_.spool(id)).has_value();
  const auto fold = fold_spool(layout_.spool(id));
  if (!fold) return std::nullopt;
  model::RunParts parts = fold->parts();
  if (abandoned && !fold->ended()) {
    mark_interrupted(parts, last_write(layout_.spool(id)));
  }
  apply_annotations(layout_, id, parts.run);
  return parts;
}

std::optional<model::Series> LiveReader::series(RunId id, std::string_view name) const {
  // The API's series wins over the output's of that name, whichever began first.
  model::Series found[2];
  std::vector<int> which;  // by the number of a series: the place in `found`, or -1
  bool seen[2] = {false, false};
  read_spool(layout_.spool(id), [&](model::EventType type, std::string_view payload) {
    if (type == model::EventType::series) {
      const auto event = std::get<model::SeriesEvent>(model::decode_event(type, payload));
      const int place = event.name == name ? static_cast<int>(event.source) : -1;
      which.push_back(place);
      if (place >= 0) {
        seen[place] = true;
        found[place].name = event.name;
        found[place].source = event.source;
      }
    } else if (type == model::EventType::points && (seen[0] || seen[1])) {
      const auto event = std::get<model::PointsEvent>(model::decode_event(type, payload));
      for (const auto& [number, point] : event.points) {
        const int place = number < which.size() ? which[number] : -1;
        if (place >= 0) found[place].points.push_back(point);
      }
    }
    return true;
  });
  for (int place = 0; place < 2; ++place) {
    if (seen[place]) return std::move(found[place]);
  }
  return std::nullopt;
}

void LiveReader::output(RunId id, const std::function<bool(model::OutputEvent&&)>& visit) const {
  read_spool(layout_.spool(id), [&](model::EventType type, std::string_view payload) {
    if (type != model::EventType::output) return true;
    return visit(std::get<model::OutputEvent>(model::decode_event(type, payload)));
  });
}

}  // namespace clew::record
