#include "record/fold.h"

#include <algorithm>

namespace clew::record {
namespace {

/// One summary per name: a series from the API silences the output source of that name.
std::vector<model::MetricSummary> audible(std::vector<model::MetricSummary> series) {
  std::sort(series.begin(), series.end(), [](const auto& a, const auto& b) {
    return a.name != b.name ? a.name < b.name : a.source < b.source;
  });
  const auto end =
      std::unique(series.begin(), series.end(),
                  [](const auto& kept, const auto& next) { return kept.name == next.name; });
  series.erase(end, series.end());
  return series;
}

/// Indexes come in order; one far off is damage that must not take all memory.
void set_process(std::vector<model::Process>& processes, const model::ProcessEvent& event) {
  if (event.index > processes.size()) return;
  if (event.index == processes.size()) processes.emplace_back();
  processes[event.index] = event.process;
}

}  // namespace

std::optional<model::ParamChange> Fold::apply(const model::Event& event) {
  using namespace model;
  Run& run = parts_.run;
  if (const auto* begin = std::get_if<BeginEvent>(&event)) {
    run = begin->run;
    begun_ = true;
  } else if (const auto* code = std::get_if<CodeEvent>(&event)) {
    run.code = code->code;
  } else if (const auto* environment = std::get_if<EnvironmentEvent>(&event)) {
    parts_.environment = environment->environment;
  } else if (const auto* param = std::get_if<ParamEvent>(&event)) {
    return apply_param(*param);
  } else if (const auto* series = std::get_if<SeriesEvent>(&event)) {
    series_.push_back({series->name, series->source, {}});
  } else if (const auto* points = std::get_if<PointsEvent>(&event)) {
    for (const auto& [number, point] : points->points)
      add_point(number, point);
  } else if (const auto* tag = std::get_if<TagEvent>(&event)) {
    if (tag->remove) {
      std::erase(run.tags, tag->tag);
    } else {
      add_tag(run.tags, tag->tag);
    }
  } else if (const auto* note = std::get_if<NoteEvent>(&event)) {
    run.notes.push_back(note->note);
  } else if (const auto* artifact = std::get_if<ArtifactEvent>(&event)) {
    parts_.artifacts.push_back(*artifact);
  } else if (const auto* process = std::get_if<ProcessEvent>(&event)) {
    set_process(parts_.processes, *process);
  } else if (const auto* use = std::get_if<FileUseEvent>(&event)) {
    files_.add(use->use);
  } else if (const auto* state = std::get_if<FileStateEvent>(&event)) {
    files_.set(state->state);
  } else if (const auto* capture = std::get_if<CaptureEvent>(&event)) {
    parts_.capture = capture->capture;
  } else if (const auto* firing = std::get_if<FiringEvent>(&event)) {
    parts_.firings.push_back(firing->firing);
  } else if (const auto* spawn = std::get_if<SpawnEvent>(&event)) {
    run.started = spawn->time;  // the snapshot before it is not the command's time
  } else if (const auto* gap = std::get_if<GapEvent>(&event)) {
    run.gaps.push_back(gap->text);
  } else if (const auto* end = std::get_if<EndEvent>(&event)) {
    run.state = end->state;
    run.exit_code = end->exit_code;
    run.signal = end->signal;
    run.ended = end->time;
    ended_ = true;
  }
  return std::nullopt;
}

std::optional<model::ParamChange> Fold::apply_param(const model::ParamEvent& event) {
  const model::Parameter* known = parts_.run.param(event.param.name);
  // Of a stronger source, the value is what the parameter was all along, unless the event says that
  // it belongs to a moment of the run.
  const bool belongs_to_moment = event.step.has_value() || !event.cause.empty();
  const bool change = known != nullptr && event.param.source <= known->source &&
                      (event.param.source == known->source || belongs_to_moment ||
                       changed_.contains(event.param.name));
  if (!change) {
    model::set_parameter(parts_.run.params, event.param);
    return std::nullopt;
  }
  const Json& old = *current_value(event.param.name);
  if (old == event.param.value) return std::nullopt;
  model::ParamChange entry{event.param.name, old,        event.param.value,
                           event.step,       event.time, event.cause};
  changed_[entry.name] = entry.value;
  parts_.changes.push_back(entry);
  return entry;
}

void Fold::add_point(std::uint32_t series, const model::Point& point) {
  if (series < series_.size()) series_[series].summary.add(point);
}

model::RunParts Fold::parts() const {
  model::RunParts parts = parts_;
  parts.run.metrics = audible(series_);
  parts.files = files_.files();
  return parts;
}

model::Run Fold::header() const {
  model::Run run = parts_.run;
  run.metrics = audible(series_);
  return run;
}

const Json* Fold::current_value(std::string_view param) const {
  if (const auto found = changed_.find(param); found != changed_.end()) return &found->second;
  const model::Parameter* known = parts_.run.param(param);
  return known == nullptr ? nullptr : &known->value;
}

void mark_interrupted(model::RunParts& parts, Time last_write) {
  parts.run.state = model::State::interrupted;
  parts.run.ended = std::max(parts.run.started, last_write);
  if (parts.capture.mechanism == "none") return;
  parts.capture.complete = false;
  parts.capture.blind.emplace_back(
      "the recorder was killed before the run ended: processes and files from then on are not "
      "recorded");
}

}  // namespace clew::record
