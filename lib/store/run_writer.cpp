#include "base/bytes.h"
#include "base/error.h"
#include "base/text.h"
#include "model/encoding.h"
#include "store/batch_writer.h"
#include "store/file_index.h"
#include "store/output_file.h"
#include "store/remains.h"
#include "store/row_group.h"
#include "store/rows.h"
#include "store/section_writer.h"
#include "store/series_writer.h"
#include "store/store.h"

namespace clew::store {
namespace {

using rows::Section;

void put_framed(Batch& batch, std::string key, std::string_view payload) {
  std::string value = rows::frame(key, payload);
  batch.put(std::move(key), std::move(value));
}

template <typename T>
void add_encoded(SectionWriter& section, const T& value, void (*encode)(ByteWriter&, const T&)) {
  std::string item;
  ByteWriter out(item);
  encode(out, value);
  section.add(item);
}

}  // namespace

struct RunWriter::State {
  State(KeyValue& db, Layout where, RunId run, OutputLimit output_limit)
      : database(db),
        layout(std::move(where)),
        id(run),
        limit(output_limit),
        batch(db),
        series(batch, run),
        changes(batch, run, Section::changes),
        artifacts(batch, run, Section::artifacts),
        processes(batch, run, Section::processes),
        files(batch, run, Section::files),
        firings(batch, run, Section::firings),
        output(layout.output(run), output_limit) {}

  KeyValue& database;
  Layout layout;
  RunId id;
  OutputLimit limit;
  BatchWriter batch;
  SeriesWriter series;
  SectionWriter changes;
  SectionWriter artifacts;
  SectionWriter processes;
  SectionWriter files;
  SectionWriter firings;
  std::uint32_t file_count = 0;
  model::Capture capture;
  OutputWriter output;
  std::string environment;  ///< encoded

  rows::SectionContents write_environment() {
    constexpr std::size_t kItem = 64 << 10;
    SectionWriter writer(batch, id, Section::environment);
    for (std::string_view rest = environment; !rest.empty();) {
      const std::string_view item = rest.substr(0, kItem);
      writer.add(item);
      rest.remove_prefix(item.size());
    }
    return writer.finish();
  }

  rows::SectionContents write_capture() {
    SectionWriter writer(batch, id, Section::capture);
    // Of a run that was not captured there is nothing to say.
    if (!(capture == model::Capture())) add_encoded(writer, capture, model::encode_capture);
    return writer.finish();
  }

  /// Moves the summaries that the header row has no room for into rows of their own.
  std::uint64_t write_further_metrics(std::vector<model::MetricSummary>& metrics) {
    SectionWriter writer(batch, id, Section::metrics);
    for (std::size_t i = rows::kHeaderMetrics; i < metrics.size(); ++i) {
      add_encoded(writer, metrics[i], model::encode_metric);
    }
    if (metrics.size() > rows::kHeaderMetrics) metrics.resize(rows::kHeaderMetrics);
    return writer.finish().rows;
  }

  /// The commit point: all rows that make the run visible, at once and on disk.
  void write_header(const rows::Header& header, rows::Contents contents) {
    rows::LogEntry entry = rows::next_log_entry(database, id);
    entry.digest = contents.digest();
    contents.sequence = entry.sequence;
    const std::string log = rows::encode_log_entry(entry);
    Batch last;
    std::string key = rows::header_key(header.run.started, id);
    std::string value = rows::encode_header(key, header);
    drop_row_group(database, last, key);
    last.put(std::move(key), std::move(value));
    std::string started;
    ByteWriter(started).zigzag(header.run.started);
    put_framed(last, rows::pointer_key(id), started);
    put_framed(last, rows::section_prefix(id, Section::contents), rows::encode_contents(contents));
    put_framed(last, rows::log_key(entry.sequence), log);
    put_framed(last, std::string(rows::kTipKey), log);
    database.apply(last, Sync::yes);
    if (entry.sequence % kSealsBetweenGroups == 0) group_rows();
  }

  /// The run is sealed by now. What is derived from it can be made the next time as well.
  void group_rows() {
    try {
      make_row_groups(database);
    } catch (const Error&) {
      return;
    }
  }
};

RunWriter::RunWriter(KeyValue& database, Layout layout, RunId id, OutputLimit limit) {
  if (rows::read_contents(database, id)) {
    throw Error(ErrorKind::failed, concat("run '", id.hex(), "' is in the store already"));
  }
  remove_remains(database, layout, id);
  state_ = std::make_unique<State>(database, std::move(layout), id, limit);
}

RunWriter::~RunWriter() = default;

void RunWriter::add_series(std::string_view name, model::MetricSource source) {
  state_->series.add_series(name, source);
}

void RunWriter::add_point(std::string_view name, model::MetricSource source,
                          const model::Point& point) {
  state_->series.add_point(name, source, point);
}

void RunWriter::set_environment(const Json& environment) {
  state_->environment.clear();
  ByteWriter out(state_->environment);
  model::encode_json(out, environment);
}

void RunWriter::add_change(const model::ParamChange& change) {
  state_->changes.add(model::encode_changes({change}));
}

void RunWriter::add_artifact(const model::ArtifactEvent& artifact) {
  std::string item;
  static_cast<void>(model::encode_event(item, artifact));
  state_->artifacts.add(item);
}

void RunWriter::add_process(const model::Process& process) {
  add_encoded(state_->processes, process, model::encode_process);
}

void RunWriter::add_file(const model::File& file) {
  add_encoded(state_->files, file, model::encode_file);
  write_file_index(state_->batch, state_->id, state_->file_count++, file);
}

void RunWriter::add_firing(const model::Firing& firing) {
  add_encoded(state_->firings, firing, model::encode_firing);
}

void RunWriter::set_capture(const model::Capture& capture) {
  state_->capture = capture;
}

void RunWriter::add_output(model::Stream stream, Time time, std::string_view bytes) {
  state_->output.add(stream, time, bytes);
}

void RunWriter::commit(model::Run run) {
  State& state = *state_;
  if (run.id != state.id) throw Error(ErrorKind::bug, "a run is committed under another's id");
  rows::Contents contents;
  auto series = state.series.finish();
  contents.series = series.contents;
  contents.changes = state.changes.finish();
  contents.artifacts = state.artifacts.finish();
  contents.environment = state.write_environment();
  contents.processes = state.processes.finish();
  contents.files = state.files.finish();
  contents.capture = state.write_capture();
  contents.firings = state.firings.finish();
  const OutputSummary output = state.output.finish();
  contents.output = output.digest;
  contents.output_size = output.file_size;
  contents.output_kept = output.kept;
  contents.output_left_out = output.left_out;
  if (output.left_out > 0) {
    run.gaps.push_back(concat(output.left_out,
                              " bytes in the middle of the output were left out (limit ",
                              format_size(state.limit.bytes), ")"));
  }
  run.metrics = std::move(series.metrics);
  contents.header = rows::header_digest(run);
  const std::size_t all = run.metrics.size();
  contents.metric_rows = state.write_further_metrics(run.metrics);
  state.batch.flush();
  const std::uint64_t further = all - run.metrics.size();
  state.write_header({std::move(run), further}, contents);
}

}  // namespace clew::store
