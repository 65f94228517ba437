#include "model/encoding.h"
#include "model/encoding_fields.h"

namespace clew::model {
namespace encoding {
namespace {

// One bit each: a file has few of these.
enum StateFlag : std::uint8_t { kSaved = 1, kGone = 2 };

}  // namespace

void write_process(ByteWriter& out, const Process& process) {
  out.zigzag(process.pid);
  write_optional(out, process.parent, [&](std::uint32_t index) { out.varint(index); });
  write_strings(out, process.argv);
  out.string(process.cwd);
  out.string(process.executable);
  out.string(process.executable_sha256);
  out.zigzag(process.started);
  write_step(out, process.ended);
  write_small(out, process.exit_code);
  write_small(out, process.signal);
}

Process read_process(ByteReader& in) {
  Process process;
  process.pid = in.zigzag();
  process.parent = read_optional(in, [&] { return static_cast<std::uint32_t>(in.varint()); });
  process.argv = read_strings(in);
  process.cwd = text(in);
  process.executable = text(in);
  process.executable_sha256 = text(in);
  process.started = in.zigzag();
  process.ended = read_step(in);
  process.exit_code = read_small(in);
  process.signal = read_small(in);
  return process;
}

void write_use(ByteWriter& out, const FileUse& use) {
  out.varint(use.process);
  out.byte(use.modes);
  out.zigzag(use.first);
  out.zigzag(use.last - use.first);
  out.string(use.from);
}

FileUse read_use(ByteReader& in) {
  FileUse use;
  use.process = static_cast<std::uint32_t>(in.varint());
  use.modes = in.byte();
  use.first = in.zigzag();
  use.last = use.first + in.zigzag();
  use.from = text(in);
  return use;
}

void write_state(ByteWriter& out, const FileState& state) {
  out.string(state.path);
  out.byte(static_cast<std::uint8_t>(state.role));
  out.varint(state.size);
  out.zigzag(state.mtime_ns);
  out.string(state.sha256);
  out.byte(static_cast<std::uint8_t>(state.digest));
  out.string(state.before_sha256);
  out.varint(state.before_size);
  out.byte(static_cast<std::uint8_t>((state.saved ? kSaved : 0) | (state.gone ? kGone : 0)));
}

FileState read_state(ByteReader& in) {
  FileState state;
  state.path = text(in);
  state.role = read_enum(in, Role::temporary);
  state.size = in.varint();
  state.mtime_ns = in.zigzag();
  state.sha256 = text(in);
  state.digest = read_enum(in, DigestKind::changing);
  state.before_sha256 = text(in);
  state.before_size = in.varint();
  const std::uint8_t flags = in.byte();
  state.saved = (flags & kSaved) != 0;
  state.gone = (flags & kGone) != 0;
  return state;
}

void write_capture(ByteWriter& out, const Capture& capture) {
  out.string(capture.mechanism);
  out.string(capture.level);
  out.byte(capture.complete ? 1 : 0);
  out.string(capture.root);
  write_strings(out, capture.blind);
  encode_json(out, capture.environment);
  write_strings(out, capture.connections);
}

Capture read_capture(ByteReader& in) {
  Capture capture;
  capture.mechanism = text(in);
  capture.level = text(in);
  capture.complete = in.byte() != 0;
  capture.root = text(in);
  capture.blind = read_strings(in);
  capture.environment = decode_json(in);
  capture.connections = read_strings(in);
  return capture;
}

void write_firing(ByteWriter& out, const Firing& firing) {
  out.string(firing.rule);
  out.string(firing.action);
  out.zigzag(firing.time);
  write_step(out, firing.step);
  encode_json(out, firing.values);
  out.string(firing.result);
}

Firing read_firing(ByteReader& in) {
  Firing firing;
  firing.rule = text(in);
  firing.action = text(in);
  firing.time = in.zigzag();
  firing.step = read_step(in);
  firing.values = decode_json(in);
  firing.result = text(in);
  return firing;
}

}  // namespace encoding

using namespace encoding;

void encode_process(ByteWriter& out, const Process& process) {
  write_process(out, process);
}

Process decode_process(ByteReader& in) {
  return read_process(in);
}

void encode_file(ByteWriter& out, const File& file) {
  write_state(out, file.state);
  // The path stands in the state.
  write_list(out, file.uses, [&](const FileUse& use) { write_use(out, use); });
}

File decode_file(ByteReader& in) {
  File file;
  file.state = read_state(in);
  file.uses = read_list(in, [&] { return read_use(in); });
  for (FileUse& use : file.uses)
    use.path = file.state.path;
  return file;
}

void encode_capture(ByteWriter& out, const Capture& capture) {
  write_capture(out, capture);
}

Capture decode_capture(ByteReader& in) {
  return read_capture(in);
}

void encode_firing(ByteWriter& out, const Firing& firing) {
  write_firing(out, firing);
}

Firing decode_firing(ByteReader& in) {
  return read_firing(in);
}

}  // namespace clew::model
