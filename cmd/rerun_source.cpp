#include "rerun_source.h"

#include <map>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "capture/file_policy.h"
#include "prov_file.h"
#include "query/catalog.h"
#include "replay_view.h"
#include "run_code.h"

namespace clew::cmd {

namespace {

using SeriesByName = std::map<std::string, model::Series>;

model::SeriesOf series_from(SeriesByName all) {
  const auto shared = std::make_shared<SeriesByName>(std::move(all));
  return [shared](const std::string& name) {
    const auto found = shared->find(name);
    return found == shared->end() ? model::Series() : found->second;
  };
}

/// Everything is read before the command starts: a process with an open store must not fork.
RerunSource from_store(const Session& session, const std::string& word) {
  const query::Catalog catalog = query::Catalog::open(session.layout());
  RerunSource source;
  source.parts = catalog.full(catalog.find(word).id);
  SeriesByName series;
  for (const model::MetricSummary& metric : source.parts.run.metrics) {
    if (model::is_system_metric(metric.name)) continue;
    series.emplace(metric.name, catalog.series(source.parts.run.id, metric.name));
  }
  source.series = series_from(std::move(series));
  source.origin = replay_places(session, source.parts).origin;
  return source;
}

/// The points as series_text() of prov/run_template.h writes them. Where a document leaves them out
/// the series is empty, and the check says so.
model::Series read_points(const prov::DescribedSeries& described) {
  model::Series series;
  series.name = described.name;
  if (described.points.empty()) return series;
  const Json json = parse_json(described.points);
  const Json* steps = json.find("steps");
  const Json* times = json.find("times");
  const Json* values = json.find("values");
  if (steps == nullptr || times == nullptr || values == nullptr) return series;
  for (std::size_t i = 0; i < values->as_array().size(); ++i) {
    model::Point point;
    const Json& step = steps->as_array().at(i);
    const Json& value = values->as_array().at(i);
    if (step.is_int()) point.step = step.as_int();
    point.time = times->as_array().at(i).as_int();
    point.value =
        value.is_string() ? parse_double(value.as_string()).value_or(0) : value.as_double();
    series.points.push_back(point);
  }
  return series;
}

RerunSource from_document(const Session& session, const std::string& word) {
  prov::DescribedRun described = read_described_run(session, word);
  RerunSource source;
  source.origin = capture::top_of_tree(session.directory);
  SeriesByName series;
  for (const prov::DescribedSeries& one : described.series)
    series.emplace(one.name, read_points(one));
  source.series = series_from(std::move(series));
  source.parts = std::move(described.parts);
  // Of an anonymous document only places relative to the top are known.
  if (record::root_of(source.parts).empty()) {
    source.parts.run.code.root = source.origin.string();
    source.parts.run.cwd = (source.origin / described.cwd_in_tree).lexically_normal().string();
  }
  return source;
}

}  // namespace

RerunSource find_rerun_source(const Session& session, const std::string& word, bool here) {
  RerunSource source =
      names_document(word) ? from_document(session, word) : from_store(session, word);
  if (source.parts.run.argv.empty()) {
    throw Error(ErrorKind::usage,
                concat("the run '", source.parts.run.id.short_hex(), "' has no command"),
                {"a run that was imported cannot be run again"});
  }
  if (here) {
    source.code = open_code(session, source.parts.run);
  } else {
    source.code = require_code(session, source.parts.run);
  }
  return source;
}

}  // namespace clew::cmd
