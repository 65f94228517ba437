#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "capture/sink.h"

/// A sink that keeps what it is told, for tests to look at.
class RecordingSink : public clew::capture::Sink {
 public:
  struct NamedPoint {
    std::string name;
    clew::model::MetricSource source;
    clew::model::Point point;
  };

  void point(std::string_view name, clew::model::MetricSource source,
             const clew::model::Point& point) override {
    points.push_back({std::string(name), source, point});
  }
  void param(const clew::model::ParamEvent& event) override { params.push_back(event); }
  void tag(std::string tag) override { tags.push_back(std::move(tag)); }
  void note(clew::model::Note note) override { notes.push_back(std::move(note)); }
  void artifact(std::string path, clew::Time time) override {
    artifacts.emplace_back(std::move(path), time);
  }
  void stop(clew::capture::StopRequest request) override { stops.push_back(std::move(request)); }

  [[nodiscard]] bool empty() const {
    return points.empty() && params.empty() && tags.empty() && notes.empty() && artifacts.empty() &&
           stops.empty();
  }

  std::vector<NamedPoint> points;
  std::vector<clew::model::ParamEvent> params;
  std::vector<std::string> tags;
  std::vector<clew::model::Note> notes;
  std::vector<std::pair<std::string, clew::Time>> artifacts;
  std::vector<clew::capture::StopRequest> stops;
};
