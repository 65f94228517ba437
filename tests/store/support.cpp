#include "store/support.h"

namespace clew::store {

std::map<std::string, std::string> all_rows(const KeyValue& database) {
  std::map<std::string, std::string> rows;
  database.scan("", "", [&](std::string_view key, std::string_view value) {
    rows.emplace(key, value);
    return true;
  });
  return rows;
}

std::unique_ptr<KeyValue> database_of(const std::map<std::string, std::string>& rows) {
  auto database = make_memory_database();
  Batch batch;
  for (const auto& [key, value] : rows)
    batch.put(key, value);
  database->apply(batch, Sync::no);
  return database;
}

WholeRun read_whole(const Reader& reader, RunId id, const std::vector<std::string>& metrics) {
  WholeRun whole;
  whole.run = reader.run(id);
  whole.changes = reader.changes(id);
  whole.environment = reader.environment(id);
  std::vector<std::string> names = metrics;
  if (whole.run) {
    for (const auto& metric : whole.run->metrics)
      names.push_back(metric.name);
  }
  for (const auto& name : names) {
    if (auto series = reader.series(id, name)) whole.series[name] = std::move(series->points);
  }
  for (auto& artifact : reader.artifacts(id))
    whole.artifacts.emplace_back(std::move(artifact.path), artifact.time);
  whole.processes = reader.processes(id);
  whole.files = reader.files(id);
  whole.capture = reader.capture(id);
  whole.firings = reader.firings(id);
  reader.output(id, [&](OutputPiece&& piece) {
    whole.output.emplace_back(piece.time, std::move(piece.bytes));
    return true;
  });
  whole.digest = reader.digest(id);
  return whole;
}

model::Run sample_run(RunId id, Time started) {
  model::Run run;
  run.id = id;
  run.name = "baseline";
  run.state = model::State::failed;
  run.exit_code = 3;
  run.parent = RunId{7};
  run.group = "job-12";
  run.argv = {"python", "train.py", "--lr", "0.1", std::string("\xff\0", 2)};
  run.cwd = "/home/user/project";
  run.user = "user";
  run.host = "node1";
  run.started = started;
  run.ended = started + 12'300'000;
  run.params = {{"depth", 3, model::Source::argv, "", {}},
                {"lr", 0.1, model::Source::argv, "", {{0.2, model::Source::file, "conf.yaml"}}}};
  run.tags = {"paper", "good"};
  run.notes = {{started + 5, "looks fine"}};
  run.code.commit = std::string(40, 'a');
  run.code.unstored = {{"data.bin", 1 << 30, 17, "large", ""}};
  run.gaps = {"the environment of the GPU is not known"};
  return run;
}

std::vector<model::File> sample_files() {
  model::FileTable table;
  table.add({"data/x.csv", 0, model::kRead, 1, 2, ""});
  table.add({"model.pt", 1, model::kRead | model::kWritten, 3, 9, "model.tmp"});
  model::FileState state;
  state.path = "data/x.csv";
  state.size = 3;
  state.sha256 = to_hex(sha256("in"));
  state.digest = model::DigestKind::whole;
  table.set(state);
  state.path = "model.pt";
  state.role = model::Role::output;
  state.sha256 = to_hex(sha256("after"));
  state.before_sha256 = to_hex(sha256("before"));
  state.before_size = 6;
  table.set(state);
  return table.files();
}

void write_sample(KeyValue& database, const Layout& layout, const model::Run& run) {
  RunWriter writer(database, layout, run.id);
  for (int i = 0; i < 5000; ++i) {
    const Time time = run.started + i * 1000;
    writer.add_point("loss", model::MetricSource::api, {i, time, 1.0 / (i + 1)});
    if (i % 10 == 0) writer.add_point("acc", model::MetricSource::output, {{}, time, i * 0.01});
  }
  writer.set_environment(Json(Json::Object{{"os", "Linux"}, {"cpus", 2}}));
  writer.add_change({"lr", 0.1, 0.01, 30, run.started + 7, "scheduler"});
  writer.add_change({"lr", 0.01, 0.001, std::nullopt, run.started + 9, ""});
  writer.add_artifact({"model.pt", run.started + 11});
  for (int i = 0; i < 2; ++i) {
    model::Process process;
    process.pid = 100 + i;
    process.argv = {"python", "train.py"};
    if (i > 0) process.parent = 0;
    writer.add_process(process);
  }
  for (const auto& file : sample_files())
    writer.add_file(file);
  writer.add_firing({"loss < 0.1", "note", run.started + 3, 4, Json::object(), "noted"});
  model::Capture capture;
  capture.mechanism = "unotify";
  capture.level = "files";
  capture.root = "/home/user/project";
  writer.set_capture(capture);
  writer.add_output(model::Stream::standard_output, run.started + 1, "epoch 1\n");
  writer.add_output(model::Stream::standard_error, run.started + 2, "warning\n");
  writer.commit(run);
}

}  // namespace clew::store
