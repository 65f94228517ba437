#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "import/jsonl.h"
#include "model/series.h"

namespace clew::test {

/// Keeps all that an interchange file says. Runs with a foreign id are numbered from 1.
class Collector : public importer::Receiver {
 public:
  struct Entry {
    model::Run run;
    std::string foreign_id;
    std::vector<model::ParamChange> changes;
    std::map<std::string, model::Series> series;
  };

  RunId begin(model::Run run, const std::string& foreign_id) override {
    const RunId id = run.id == RunId{} ? RunId{runs.size() + 1} : run.id;
    run.id = id;
    runs.push_back({std::move(run), foreign_id, {}, {}});
    return id;
  }
  void point(RunId run, std::string_view name, model::MetricSource source,
             const model::Point& point) override {
    auto& series = of(run).series[std::string(name)];
    series.name = name;
    series.source = source;
    series.points.push_back(point);
  }
  void change(RunId run, model::ParamChange change) override {
    of(run).changes.push_back(std::move(change));
  }

  std::vector<Entry> runs;

 private:
  Entry& of(RunId id) {
    for (auto& entry : runs) {
      if (entry.run.id == id) return entry;
    }
    throw Error(ErrorKind::bug, "no such run");
  }
};

/// Reads the text as lines of a file.
inline Collector read_lines(std::string_view text) {
  Collector collector;
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  std::size_t next = 0;
  importer::read_jsonl(
      [&](std::string& line) {
        if (next == lines.size()) return false;
        line = lines[next++];
        return true;
      },
      collector);
  return collector;
}

}  // namespace clew::test
