#include "export/files_json.h"

#include <algorithm>

#include "base/text.h"
#include "export/fields.h"
#include "model/run.h"

namespace clew::exporter {
namespace {

Json file_to_json(const model::File& file) {
  const model::FileState& state = file.state;
  const model::FileModes modes = file.modes();
  const auto has = [&](model::FileMode mode) { return (modes & mode) != 0; };
  const bool hashed = state.digest != model::DigestKind::none;
  Json::Array processes;
  std::string from;
  Time first = 0;
  Time last = 0;
  for (const auto& use : file.uses) {
    processes.emplace_back(std::int64_t{use.process});
    first = first == 0 ? use.first : std::min(first, use.first);
    last = std::max(last, use.last);
    if (!use.from.empty()) from = use.from;
  }
  Json::Object out{{"path", state.path},
                   {"role", model::name_of(state.role)},
                   {"read", has(model::kRead) || has(model::kExecuted)},
                   {"written", has(model::kWritten) || has(model::kCreated)},
                   {"created", has(model::kCreated)},
                   {"deleted", has(model::kDeleted)},
                   {"renamed_from", text_or_null(from)},
                   {"gone", state.gone},
                   {"sha256", text_or_null(state.sha256)},
                   {"digest", model::name_of(state.digest)},
                   {"size", hashed ? Json(state.size) : Json()},
                   {"saved", state.saved}};
  if (!state.before_sha256.empty()) {
    out.emplace_back("before",
                     Json::Object{{"sha256", state.before_sha256}, {"size", state.before_size}});
  }
  out.emplace_back("first", first == 0 ? Json() : Json(format_time(first)));
  out.emplace_back("last", last == 0 ? Json() : Json(format_time(last)));
  out.emplace_back("processes", std::move(processes));
  return out;
}

}  // namespace

Json processes_to_json(const std::vector<model::Process>& processes) {
  Json::Array list;
  list.reserve(processes.size());
  for (const auto& process : processes) {
    Json::Object out{{"index", list.size()}, {"pid", process.pid}};
    out.emplace_back("parent", process.parent ? Json(std::int64_t{*process.parent}) : Json());
    add_argv(out, process.argv);
    out.emplace_back("cwd", text_or_null(process.cwd));
    out.emplace_back("executable", text_or_null(process.executable));
    out.emplace_back("executable_sha256", text_or_null(process.executable_sha256));
    out.emplace_back("started", format_time(process.started));
    out.emplace_back("ended", process.ended ? Json(format_time(*process.ended)) : Json());
    out.emplace_back("exit_code", process.exit_code ? Json(*process.exit_code) : Json());
    out.emplace_back("signal", process.signal ? Json(model::signal_name(*process.signal)) : Json());
    list.emplace_back(std::move(out));
  }
  return list;
}

Json files_to_json(const std::vector<model::File>& files) {
  Json::Array list;
  list.reserve(files.size());
  for (const auto& file : files)
    list.push_back(file_to_json(file));
  return list;
}

Json capture_to_json(const model::Capture& capture) {
  if (capture == model::Capture()) return nullptr;
  return Json::Object{
      {"mechanism", capture.mechanism},
      {"level", capture.level},
      {"complete", capture.complete},
      {"root", text_or_null(capture.root)},
      {"blind", Json::Array(capture.blind.begin(), capture.blind.end())},
      {"environment", capture.environment},
      {"connections", Json::Array(capture.connections.begin(), capture.connections.end())}};
}

Json firings_to_json(const std::vector<model::Firing>& firings) {
  Json::Array list;
  for (const auto& firing : firings) {
    list.emplace_back(Json::Object{{"rule", firing.rule},
                                   {"action", firing.action},
                                   {"time", format_time(firing.time)},
                                   {"step", step_or_null(firing.step)},
                                   {"values", firing.values},
                                   {"result", text_or_null(firing.result)}});
  }
  return list;
}

}  // namespace clew::exporter
