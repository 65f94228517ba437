#include "export/fields.h"

#include <algorithm>

#include "base/text.h"

namespace clew::exporter {
namespace {

template <typename Number>
Json number_or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json();
}

Json list_of(const std::vector<std::string>& texts) {
  return Json::Array(texts.begin(), texts.end());
}

std::string source_to_text(model::Source source, const std::string& file) {
  if (source == model::Source::file) return concat("file:", file);
  return std::string(model::name_of(source));
}

Json lost_to_json(const std::vector<model::LostValue>& lost) {
  Json::Array values;
  for (const auto& [value, source, file] : lost) {
    values.emplace_back(Json::Object{{"value", value}, {"source", source_to_text(source, file)}});
  }
  return values;
}

Json unstored_to_json(const std::vector<model::UnstoredFile>& files) {
  Json::Array list;
  for (const auto& file : files) {
    list.emplace_back(Json::Object{{"path", file.path},
                                   {"size", file.size},
                                   {"mtime_ns", file.mtime_ns},
                                   {"reason", file.reason},
                                   {"sha256", text_or_null(file.sha256)}});
  }
  return list;
}

}  // namespace

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json step_or_null(const std::optional<std::int64_t>& step) {
  return number_or_null(step);
}

void add_argv(Json::Object& out, const std::vector<std::string>& argv) {
  out.emplace_back("argv", list_of(argv));
  if (std::all_of(argv.begin(), argv.end(), is_valid_utf8)) return;
  Json::Array bytes;
  for (const auto& word : argv)
    bytes.emplace_back(base64(word));
  out.emplace_back("argv_base64", std::move(bytes));
}

void add_identity(Json::Object& out, const model::Run& run) {
  out.emplace_back("id", run.id.hex());
  out.emplace_back("name", text_or_null(run.name));
  out.emplace_back("state", model::name_of(run.state));
  out.emplace_back("exit_code", number_or_null(run.exit_code));
  out.emplace_back("signal", run.signal ? Json(model::signal_name(*run.signal)) : Json());
  out.emplace_back("parent", run.parent ? Json(run.parent->hex()) : Json());
  out.emplace_back("group", text_or_null(run.group));
  add_argv(out, run.argv);
  out.emplace_back("cwd", text_or_null(run.cwd));
  out.emplace_back("user", text_or_null(run.user));
  out.emplace_back("host", text_or_null(run.host));
}

void add_times(Json::Object& out, const model::Run& run) {
  out.emplace_back("started", format_time(run.started));
  out.emplace_back("ended", run.ended ? Json(format_time(*run.ended)) : Json());
}

void add_params(Json::Object& out, const model::Run& run) {
  Json::Object values, sources, lost;
  for (const auto& param : run.params) {
    values.emplace_back(param.name, param.value);
    sources.emplace_back(param.name, source_to_text(param.source, param.file));
    if (!param.lost.empty()) lost.emplace_back(param.name, lost_to_json(param.lost));
  }
  out.emplace_back("params", std::move(values));
  out.emplace_back("param_sources", std::move(sources));
  if (!lost.empty()) out.emplace_back("param_lost", std::move(lost));
}

void add_annotations(Json::Object& out, const model::Run& run) {
  Json::Array notes;
  for (const auto& note : run.notes) {
    notes.emplace_back(Json::Object{{"time", format_time(note.time)}, {"text", note.text}});
  }
  out.emplace_back("tags", list_of(run.tags));
  out.emplace_back("notes", std::move(notes));
}

Json code_to_json(const model::Code& code, CodeDetail detail) {
  if (code == model::Code()) return nullptr;
  Json::Object out{{"commit", text_or_null(code.commit)},
                   {"tree", text_or_null(code.tree)},
                   {"base", text_or_null(code.base)},
                   {"branch", text_or_null(code.branch)},
                   {"dirty", code.dirty},
                   {"complete", code.complete},
                   {"remote", text_or_null(code.remote)}};
  if (detail == CodeDetail::full) {
    out.emplace_back("root", text_or_null(code.root));
    out.emplace_back("unstored", unstored_to_json(code.unstored));
  }
  return out;
}

void add_change(Json::Object& out, const model::ParamChange& change) {
  out.emplace_back("name", change.name);
  out.emplace_back("value", change.value);
  out.emplace_back("old", change.old);
  out.emplace_back("step", step_or_null(change.step));
  out.emplace_back("time", format_time(change.time));
  out.emplace_back("cause", text_or_null(change.cause));
}

}  // namespace clew::exporter
