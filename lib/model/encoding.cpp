#include "model/encoding.h"
#include "model/encoding_fields.h"

namespace clew::model {
namespace encoding {
namespace {

void write_lost(ByteWriter& out, const LostValue& lost) {
  encode_json(out, lost.value);
  out.byte(static_cast<std::uint8_t>(lost.source));
  out.string(lost.file);
}

LostValue read_lost(ByteReader& in) {
  LostValue lost;
  lost.value = decode_json(in);
  lost.source = read_enum(in, Source::env);
  lost.file = text(in);
  return lost;
}

void write_unstored(ByteWriter& out, const UnstoredFile& file) {
  out.string(file.path);
  out.varint(file.size);
  out.zigzag(file.mtime_ns);
  out.string(file.reason);
  out.string(file.sha256);
}

UnstoredFile read_unstored(ByteReader& in) {
  UnstoredFile file;
  file.path = text(in);
  file.size = in.varint();
  file.mtime_ns = in.zigzag();
  file.reason = text(in);
  file.sha256 = text(in);
  return file;
}

}  // namespace

void write_strings(ByteWriter& out, const std::vector<std::string>& items) {
  write_list(out, items, [&](const std::string& item) { out.string(item); });
}

std::vector<std::string> read_strings(ByteReader& in) {
  return read_list(in, [&] { return text(in); });
}

void write_small(ByteWriter& out, const std::optional<int>& value) {
  write_optional(out, value, [&](int v) { out.zigzag(v); });
}

std::optional<int> read_small(ByteReader& in) {
  return read_optional(in, [&] { return static_cast<int>(in.zigzag()); });
}

void write_param(ByteWriter& out, const Parameter& param) {
  out.string(param.name);
  encode_json(out, param.value);
  out.byte(static_cast<std::uint8_t>(param.source));
  out.string(param.file);
  write_list(out, param.lost, [&](const LostValue& lost) { write_lost(out, lost); });
}

Parameter read_param(ByteReader& in) {
  Parameter param;
  param.name = text(in);
  param.value = decode_json(in);
  param.source = read_enum(in, Source::env);
  param.file = text(in);
  param.lost = read_list(in, [&] { return read_lost(in); });
  return param;
}

void write_note(ByteWriter& out, const Note& note) {
  out.zigzag(note.time);
  out.string(note.text);
}

Note read_note(ByteReader& in) {
  Note note;
  note.time = in.zigzag();
  note.text = text(in);
  return note;
}

void write_code(ByteWriter& out, const Code& code) {
  for (const auto* field : {&code.commit, &code.tree, &code.base, &code.branch})
    out.string(*field);
  out.byte(code.dirty ? 1 : 0);
  out.byte(code.complete ? 1 : 0);
  out.string(code.remote);
  out.string(code.root);
  write_list(out, code.unstored, [&](const UnstoredFile& file) { write_unstored(out, file); });
}

Code read_code(ByteReader& in) {
  Code code;
  for (auto* field : {&code.commit, &code.tree, &code.base, &code.branch})
    *field = text(in);
  code.dirty = in.byte() != 0;
  code.complete = in.byte() != 0;
  code.remote = text(in);
  code.root = text(in);
  code.unstored = read_list(in, [&] { return read_unstored(in); });
  return code;
}

void write_step(ByteWriter& out, const std::optional<std::int64_t>& step) {
  write_optional(out, step, [&](std::int64_t s) { out.zigzag(s); });
}

std::optional<std::int64_t> read_step(ByteReader& in) {
  return read_optional(in, [&] { return in.zigzag(); });
}

}  // namespace encoding

using namespace encoding;

namespace {

constexpr std::uint8_t kRunVersion = 1;

}  // namespace

void encoding::expect_run_version(std::uint8_t version) {
  if (version == kRunVersion) return;
  throw Error(ErrorKind::damaged, concat("a run is stored in version ", version,
                                         " of the layout, which this program cannot read"));
}

void encode_json(ByteWriter& out, const Json& value) {
  if (value.is_null()) {
    out.byte(0);
  } else if (value.is_bool()) {
    out.byte(value.as_bool() ? 2 : 1);
  } else if (value.is_int()) {
    out.byte(3);
    out.zigzag(value.as_int());
  } else if (value.is_double()) {
    out.byte(4);
    out.real(value.as_double());
  } else if (value.is_string()) {
    out.byte(5);
    out.string(value.as_string());
  } else if (value.is_array()) {
    out.byte(6);
    write_list(out, value.as_array(), [&](const Json& item) { encode_json(out, item); });
  } else {
    out.byte(7);
    write_list(out, value.as_object(), [&](const Json::Member& member) {
      out.string(member.first);
      encode_json(out, member.second);
    });
  }
}

namespace {

// The depth is bounded so that damaged bytes cannot exhaust the stack.
Json decode_json_at(ByteReader& in, int depth) {
  if (depth > 300) throw Error(ErrorKind::damaged, "stored value is nested too deeply");
  switch (in.byte()) {
    case 0:
      return {};
    case 1:
      return false;
    case 2:
      return true;
    case 3:
      return in.zigzag();
    case 4:
      return in.real();
    case 5:
      return text(in);
    case 6:
      return read_list(in, [&] { return decode_json_at(in, depth + 1); });
    case 7:
      return read_list(in, [&] {
        std::string key = text(in);
        return Json::Member(std::move(key), decode_json_at(in, depth + 1));
      });
    default:
      throw Error(ErrorKind::damaged, "unknown type of a stored value");
  }
}

}  // namespace

Json decode_json(ByteReader& in) {
  return decode_json_at(in, 0);
}

void encode_metric(ByteWriter& out, const MetricSummary& metric) {
  const Summary& s = metric.summary;
  out.string(metric.name);
  out.byte(static_cast<std::uint8_t>(metric.source));
  out.varint(s.count);
  for (const double value : {s.first, s.last, s.min, s.max, s.sum})
    out.real(value);
  out.varint(s.numbers);
  out.zigzag(s.argmin);
  out.zigzag(s.argmax);
  write_step(out, s.last_step);
  out.zigzag(s.last_time);
}

MetricSummary decode_metric(ByteReader& in) {
  MetricSummary metric;
  metric.name = text(in);
  ByteReader source = in;
  metric.source = read_enum(source, MetricSource::output);
  metric.summary = decode_summary(in);
  return metric;
}

Summary decode_summary(ByteReader& in) {
  Summary s;
  in.byte();  // the source
  s.count = in.varint();
  for (double* value : {&s.first, &s.last, &s.min, &s.max, &s.sum})
    *value = in.real();
  s.numbers = in.varint();
  s.argmin = in.zigzag();
  s.argmax = in.zigzag();
  s.last_step = read_step(in);
  s.last_time = in.zigzag();
  return s;
}

std::string encode_run(const Run& run) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kRunVersion);
  out.fixed64(run.id.bits);
  out.string(run.name);
  out.byte(static_cast<std::uint8_t>(run.state));
  write_small(out, run.exit_code);
  write_small(out, run.signal);
  write_optional(out, run.parent, [&](RunId id) { out.fixed64(id.bits); });
  write_optional(out, run.rerun_of, [&](RunId id) { out.fixed64(id.bits); });
  out.string(run.group);
  write_strings(out, run.argv);
  out.string(run.cwd);
  out.string(run.user);
  out.string(run.host);
  out.zigzag(run.started);
  write_optional(out, run.ended, [&](Time time) { out.zigzag(time); });
  write_list(out, run.params, [&](const Parameter& param) { write_param(out, param); });
  write_list(out, run.metrics, [&](const MetricSummary& metric) { encode_metric(out, metric); });
  write_strings(out, run.tags);
  write_list(out, run.notes, [&](const Note& note) { write_note(out, note); });
  write_code(out, run.code);
  write_strings(out, run.gaps);
  return bytes;
}

Run decode_run(std::string_view bytes) {
  ByteReader in(bytes);
  expect_run_version(in.byte());
  Run run;
  run.id = {in.fixed64()};
  run.name = text(in);
  run.state = read_enum(in, State::interrupted);
  run.exit_code = read_small(in);
  run.signal = read_small(in);
  run.parent = read_optional(in, [&] { return RunId{in.fixed64()}; });
  run.rerun_of = read_optional(in, [&] { return RunId{in.fixed64()}; });
  run.group = text(in);
  run.argv = read_strings(in);
  run.cwd = text(in);
  run.user = text(in);
  run.host = text(in);
  run.started = in.zigzag();
  run.ended = read_optional(in, [&] { return in.zigzag(); });
  run.params = read_list(in, [&] { return read_param(in); });
  run.metrics = read_list(in, [&] { return decode_metric(in); });
  run.tags = read_strings(in);
  run.notes = read_list(in, [&] { return read_note(in); });
  run.code = read_code(in);
  run.gaps = read_strings(in);
  if (!in.at_end()) throw Error(ErrorKind::damaged, "a stored run is longer than it says");
  return run;
}

std::string encode_changes(const std::vector<ParamChange>& changes) {
  std::string bytes;
  ByteWriter out(bytes);
  write_list(out, changes, [&](const ParamChange& change) {
    out.string(change.name);
    encode_json(out, change.old);
    encode_json(out, change.value);
    write_step(out, change.step);
    out.zigzag(change.time);
    out.string(change.cause);
  });
  return bytes;
}

std::vector<ParamChange> decode_changes(std::string_view bytes) {
  ByteReader in(bytes);
  auto changes = read_list(in, [&] {
    ParamChange change;
    change.name = text(in);
    change.old = decode_json(in);
    change.value = decode_json(in);
    change.step = read_step(in);
    change.time = in.zigzag();
    change.cause = text(in);
    return change;
  });
  if (!in.at_end()) throw Error(ErrorKind::damaged, "stored changes are longer than they say");
  return changes;
}

}  // namespace clew::model
