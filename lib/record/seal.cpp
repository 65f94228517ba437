#include "record/seal.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "record/fold.h"
#include "record/live.h"
#include "record/spool.h"

namespace clew::record {
namespace {

/// Streams the spool into the writer; memory does not grow with its length.
Fold stream_spool(const fs::path& path, store::RunWriter& writer) {
  Fold fold;
  read_spool(path, [&](model::EventType type, std::string_view payload) {
    const model::Event event = model::decode_event(type, payload);
    if (const auto* output = std::get_if<model::OutputEvent>(&event)) {
      writer.add_output(output->stream, output->time, output->bytes);
    } else if (const auto* points = std::get_if<model::PointsEvent>(&event)) {
      for (const auto& [number, point] : points->points) {
        if (number >= fold.series().size()) continue;
        const auto& series = fold.series()[number];
        writer.add_point(series.name, series.source, point);
      }
    } else {
      if (const auto change = fold.apply(event)) writer.add_change(*change);
      if (const auto* series = std::get_if<model::SeriesEvent>(&event)) {
        writer.add_series(series->name, series->source);
      } else if (const auto* artifact = std::get_if<model::ArtifactEvent>(&event)) {
        writer.add_artifact(*artifact);
      }
    }
    return true;
  });
  return fold;
}

}  // namespace

void seal(store::Store& store, RunId id, store::OutputLimit limit) {
  const store::Layout& layout = store.layout();
  if (!store.reader().run(id)) {
    store::RunWriter writer = store.write_run(id, limit);
    Fold fold = stream_spool(layout.spool(id), writer);
    if (!fold.begun()) {
      throw Error(ErrorKind::damaged, concat("cannot read '", layout.spool(id).string(), '\''));
    }
    read_spool(layout.annotations(id), [&](model::EventType type, std::string_view payload) {
      fold.apply(model::decode_event(type, payload));
      return true;
    });
    model::RunParts parts = fold.parts();
    if (!fold.ended()) mark_interrupted(parts, last_write(layout.spool(id)));
    writer.set_environment(parts.environment);
    for (const auto& process : parts.processes)
      writer.add_process(process);
    for (const auto& file : parts.files)
      writer.add_file(file);
    for (const auto& firing : parts.firings)
      writer.add_firing(firing);
    writer.set_capture(parts.capture);
    writer.commit(std::move(parts.run));
  }
  std::error_code ignored;
  fs::remove_all(layout.live(id), ignored);
}

}  // namespace clew::record
