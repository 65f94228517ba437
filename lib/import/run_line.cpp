#include "import/run_line.h"

#include <algorithm>

#include "base/text.h"

namespace clew::importer {
namespace {

struct ReadSource {
  model::Source source = model::Source::api;
  std::string file;
};

ReadSource read_source(const Json& value, const std::string& param) {
  if (value.is_string()) {
    const std::string& text = value.as_string();
    if (text.starts_with("file:")) return {model::Source::file, text.substr(5)};
    if (const auto source = model::source_from_name(text)) return {*source, {}};
  }
  throw Malformed{concat("unknown source of the parameter '", param, '\'')};
}

std::vector<model::LostValue> read_lost(const Json* values, const std::string& param) {
  std::vector<model::LostValue> lost;
  if (values == nullptr) return lost;
  if (!values->is_array()) throw Malformed{concat("lost values of '", param, "' are not a list")};
  for (const auto& item : values->as_array()) {
    if (!item.is_object())
      throw Malformed{concat("a lost value of '", param, "' is not an object")};
    const Fields fields(item.as_object(), "lost value");
    fields.allow_only({"value", "source"});
    const Json* value = item.find("value");
    if (value == nullptr) throw Malformed{concat("a lost value of '", param, "' has no value")};
    auto [source, file] = read_source(fields.need("source"), param);
    lost.push_back({*value, source, std::move(file)});
  }
  return lost;
}

void mark_nonfinite(model::Parameter& param) {
  param.value = with_nonfinite(std::move(param.value));
  for (auto& lost : param.lost)
    lost.value = with_nonfinite(std::move(lost.value));
}

model::Parameter& find_param(std::vector<model::Parameter>& params, const std::string& name) {
  for (auto& param : params) {
    if (param.name == name) return param;
  }
  throw Malformed{concat("no value for the parameter '", name, '\'')};
}

std::vector<model::Parameter> read_params(const Fields& line) {
  std::vector<model::Parameter> params;
  for (const auto& [key, member] : line.map("params")) {
    for (auto& [name, value] : model::flatten(key, member)) {
      params.push_back({name, std::move(value), model::Source::api, {}, {}});
    }
  }
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(params.begin(), params.end(), by_name);
  for (std::size_t i = 1; i < params.size(); ++i) {
    if (params[i - 1].name == params[i].name) {
      throw Malformed{concat("parameter '", params[i].name, "' is given twice")};
    }
  }
  const auto find = [&](const std::string& name) -> model::Parameter& {
    return find_param(params, name);
  };
  for (const auto& [name, source] : line.map("param_sources")) {
    model::Parameter& param = find(name);
    auto read = read_source(source, name);
    param.source = read.source;
    param.file = std::move(read.file);
  }
  for (const auto& [name, lost] : line.map("param_lost"))
    find(name).lost = read_lost(&lost, name);
  for (const auto& name : line.texts("nonfinite"))
    mark_nonfinite(find(name));
  return params;
}

std::vector<std::string> read_argv(const Fields& line) {
  if (line.find("argv_base64") == nullptr) return line.texts("argv");
  std::vector<std::string> argv;
  for (const auto& word : line.texts("argv_base64")) {
    auto bytes = from_base64(word);
    if (!bytes) throw Malformed{"field 'argv_base64' of a run is not base64"};
    argv.push_back(std::move(*bytes));
  }
  return argv;
}

/// Notes are objects with a time, or only texts, which are then as old as the run.
std::vector<model::Note> read_notes(const Fields& line, Time started) {
  std::vector<model::Note> notes;
  for (const auto& item : line.list("notes")) {
    if (item.is_string()) {
      notes.push_back({started, item.as_string()});
      continue;
    }
    if (!item.is_object()) throw Malformed{"a note is neither a string nor an object"};
    const Fields note(item.as_object(), "note");
    note.allow_only({"time", "text"});
    notes.push_back({note.time("time").value_or(started), note.need_text("text")});
  }
  return notes;
}

std::uint64_t read_size(const Fields& file) {
  const auto size = file.integer("size").value_or(0);
  if (size < 0) throw Malformed{"the size of a file is negative"};
  return static_cast<std::uint64_t>(size);
}

model::Code read_code(const Fields& line) {
  model::Code code;
  if (line.find("code") == nullptr) return code;
  const Fields fields(line.map("code"), "code");
  fields.allow_only(
      {"commit", "tree", "base", "branch", "dirty", "complete", "remote", "root", "unstored"});
  code.commit = fields.text("commit");
  code.tree = fields.text("tree");
  code.base = fields.text("base");
  code.branch = fields.text("branch");
  code.dirty = fields.boolean("dirty", false);
  code.complete = fields.boolean("complete", true);
  code.remote = fields.text("remote");
  code.root = fields.text("root");
  for (const auto& item : fields.list("unstored")) {
    if (!item.is_object()) throw Malformed{"a file that is not stored is not an object"};
    const Fields file(item.as_object(), "file");
    file.allow_only({"path", "size", "mtime_ns", "reason", "sha256"});
    code.unstored.push_back({file.need_text("path"), read_size(file),
                             file.integer("mtime_ns").value_or(0), file.text("reason"),
                             file.text("sha256")});
  }
  return code;
}

model::State read_state(const Fields& line) {
  if (line.find("state") != nullptr && line.find("status") != nullptr) {
    throw Malformed{"a run has both 'state' and 'status'"};
  }
  const std::string& word = line.need_text(line.find("status") != nullptr ? "status" : "state");
  const auto state = model::state_from_name(word);
  if (!state) {
    throw Malformed{concat("unknown state '", word,
                           "' of a run: running, finished, failed, killed or interrupted")};
  }
  // What goes on elsewhere does not go on here, and its end is not known.
  return *state == model::State::running ? model::State::interrupted : *state;
}

std::optional<int> read_signal(const Fields& line) {
  if (line.find("signal") == nullptr) return std::nullopt;
  const std::string& name = line.need_text("signal");
  const auto signal = model::signal_from_name(name);
  if (!signal) throw Malformed{concat("unknown signal '", name, '\'')};
  return signal;
}

std::optional<RunId> read_parent(const Fields& line, const RunOf& known) {
  if (line.find("parent") == nullptr) return std::nullopt;
  const std::string& text = line.need_text("parent");
  if (const auto id = known(text)) return id;
  const auto id = RunId::parse(text);
  if (!id) throw Malformed{concat("unknown parent '", text, "' of a run")};
  return id;
}

}  // namespace

model::Run read_run_line(const Json::Object& object, const RunOf& known) {
  const Fields line(object, "run");
  line.allow_only({"kind",       "id",        "name",    "state", "status",      "exit_code",
                   "signal",     "parent",    "group",   "argv",  "argv_base64", "cwd",
                   "user",       "host",      "started", "ended", "params",      "param_sources",
                   "param_lost", "nonfinite", "tags",    "notes", "code",        "gaps"});
  model::Run run;
  run.name = line.text("name");
  run.state = read_state(line);
  run.exit_code = line.small("exit_code");
  run.signal = read_signal(line);
  run.parent = read_parent(line, known);
  run.group = line.text("group");
  run.argv = read_argv(line);
  run.cwd = line.text("cwd");
  run.user = line.text("user");
  run.host = line.text("host");
  run.started = line.need_time("started");
  run.ended = line.time("ended");
  run.params = read_params(line);
  for (auto& tag : line.texts("tags"))
    model::add_tag(run.tags, std::move(tag));
  run.notes = read_notes(line, run.started);
  run.code = read_code(line);
  run.gaps = line.texts("gaps");
  return run;
}

}  // namespace clew::importer
