#include "record/follow.h"

#include <variant>

#include "model/encoding.h"

namespace clew::record {

void Follower::Course::add(double value) {
  sum += value;
  if (++count < group) return;
  means.push_back(sum / static_cast<double>(count));
  sum = 0;
  count = 0;
  if (means.size() < kHistory) return;
  for (std::size_t i = 0; i < means.size() / 2; ++i)
    means[i] = (means[2 * i] + means[2 * i + 1]) / 2;
  means.resize(means.size() / 2);
  group *= 2;
}

void Follower::read() {
  spool_.read([this](model::EventType type, std::string_view payload) {
    if (type == model::EventType::output) return true;
    const model::Event event = model::decode_event(type, payload);
    fold_.apply(event);
    if (const auto* points = std::get_if<model::PointsEvent>(&event)) {
      courses_.resize(fold_.series().size());
      for (const auto& [number, point] : points->points) {
        if (number >= courses_.size()) continue;
        courses_[number].add(point.value);
        if (point.step && (!first_step_ || *point.step < *first_step_)) first_step_ = point.step;
      }
    }
    return true;
  });
}

std::vector<double> Follower::history(std::string_view metric) const {
  const Course* found = nullptr;
  for (std::size_t number = 0; number < courses_.size(); ++number) {
    const auto& series = fold_.series()[number];
    if (series.name != metric) continue;
    found = &courses_[number];
    if (series.source == model::MetricSource::api) break;
  }
  if (found == nullptr) return {};
  std::vector<double> values = found->means;
  if (found->count > 0) values.push_back(found->sum / static_cast<double>(found->count));
  return values;
}

}  // namespace clew::record
