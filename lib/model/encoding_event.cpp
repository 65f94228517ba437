#include "model/encoding.h"
#include "model/encoding_fields.h"

namespace clew::model {

using namespace encoding;

namespace {

// Points come thousands to a record: times and steps as differences, a byte of flags in front.
enum PointFlag : std::uint8_t { kHasStep = 1, kSameTime = 2 };

void write_points(ByteWriter& out, const std::vector<NumberedPoint>& points) {
  out.varint(points.size());
  std::int64_t step = 0;
  Time time = 0;
  for (const auto& [series, point] : points) {
    out.byte(static_cast<std::uint8_t>((point.step ? kHasStep : 0) |
                                       (point.time == time ? kSameTime : 0)));
    out.varint(series);
    if (point.step) {
      // Unsigned arithmetic: a difference may not fit, but wraps back to the same step.
      out.zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(*point.step) -
                                           static_cast<std::uint64_t>(step)));
      step = *point.step;
    }
    if (point.time != time) {
      out.zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(point.time) -
                                           static_cast<std::uint64_t>(time)));
    }
    time = point.time;
    out.real(point.value);
  }
}

std::vector<NumberedPoint> read_points(ByteReader& in) {
  std::vector<NumberedPoint> points(in.count(10));
  std::uint64_t step = 0;
  std::uint64_t time = 0;
  for (auto& [series, point] : points) {
    const std::uint8_t flags = in.byte();
    series = static_cast<std::uint32_t>(in.varint());
    if ((flags & kHasStep) != 0) {
      step += static_cast<std::uint64_t>(in.zigzag());
      point.step = static_cast<std::int64_t>(step);
    }
    if ((flags & kSameTime) == 0) time += static_cast<std::uint64_t>(in.zigzag());
    point.time = static_cast<Time>(time);
    point.value = in.real();
  }
  return points;
}

struct EventWriter {
  ByteWriter out;
  std::string& bytes;

  EventType operator()(const BeginEvent& event) {
    bytes += encode_run(event.run);
    return EventType::begin;
  }
  EventType operator()(const CodeEvent& event) {
    write_code(out, event.code);
    return EventType::code;
  }
  EventType operator()(const EnvironmentEvent& event) {
    encode_json(out, event.environment);
    return EventType::environment;
  }
  EventType operator()(const ParamEvent& event) {
    write_param(out, event.param);
    write_step(out, event.step);
    out.zigzag(event.time);
    out.string(event.cause);
    return EventType::param;
  }
  EventType operator()(const SeriesEvent& event) {
    out.string(event.name);
    out.byte(static_cast<std::uint8_t>(event.source));
    return EventType::series;
  }
  EventType operator()(const PointsEvent& event) {
    write_points(out, event.points);
    return EventType::points;
  }
  EventType operator()(const TagEvent& event) {
    out.string(event.tag);
    out.byte(event.remove ? 1 : 0);
    return EventType::tag;
  }
  EventType operator()(const NoteEvent& event) {
    write_note(out, event.note);
    return EventType::note;
  }
  EventType operator()(const ArtifactEvent& event) {
    out.string(event.path);
    out.zigzag(event.time);
    return EventType::artifact;
  }
  EventType operator()(const OutputEvent& event) {
    out.byte(static_cast<std::uint8_t>(event.stream));
    out.zigzag(event.time);
    out.raw(event.bytes);
    return EventType::output;
  }
  EventType operator()(const GapEvent& event) {
    out.raw(event.text);
    return EventType::gap;
  }
  EventType operator()(const EndEvent& event) {
    out.byte(static_cast<std::uint8_t>(event.state));
    write_small(out, event.exit_code);
    write_small(out, event.signal);
    out.zigzag(event.time);
    return EventType::end;
  }
  EventType operator()(const SpawnEvent& event) {
    out.zigzag(event.pid);
    out.zigzag(event.time);
    return EventType::spawn;
  }
  EventType operator()(const ProcessEvent& event) {
    out.varint(event.index);
    write_process(out, event.process);
    return EventType::process;
  }
  EventType operator()(const FileUseEvent& event) {
    out.string(event.use.path);
    write_use(out, event.use);
    return EventType::file_use;
  }
  EventType operator()(const FileStateEvent& event) {
    write_state(out, event.state);
    return EventType::file_state;
  }
  EventType operator()(const CaptureEvent& event) {
    write_capture(out, event.capture);
    return EventType::capture;
  }
  EventType operator()(const FiringEvent& event) {
    write_firing(out, event.firing);
    return EventType::firing;
  }
};

ParamEvent read_param_event(ByteReader& in) {
  ParamEvent event;
  event.param = read_param(in);
  event.step = read_step(in);
  event.time = in.zigzag();
  event.cause = text(in);
  return event;
}

OutputEvent read_output_event(ByteReader& in) {
  OutputEvent event;
  const std::uint8_t stream = in.byte();
  if (stream < 1 || stream > 3) throw Error(ErrorKind::damaged, "unknown stream in stored data");
  event.stream = static_cast<Stream>(stream);
  event.time = in.zigzag();
  event.bytes = std::string(in.raw(in.remaining()));
  return event;
}

EndEvent read_end_event(ByteReader& in) {
  EndEvent event;
  event.state = read_enum(in, State::interrupted);
  event.exit_code = read_small(in);
  event.signal = read_small(in);
  event.time = in.zigzag();
  return event;
}

FileUseEvent read_use_event(ByteReader& in) {
  std::string path = text(in);
  FileUseEvent event{read_use(in)};
  event.use.path = std::move(path);
  return event;
}

Event read_event(EventType type, ByteReader& in) {
  switch (type) {
    case EventType::begin:
      return BeginEvent{decode_run(in.raw(in.remaining()))};
    case EventType::code:
      return CodeEvent{read_code(in)};
    case EventType::environment:
      return EnvironmentEvent{decode_json(in)};
    case EventType::param:
      return read_param_event(in);
    case EventType::series: {
      std::string name = text(in);
      return SeriesEvent{std::move(name), read_enum(in, MetricSource::output)};
    }
    case EventType::points:
      return PointsEvent{read_points(in)};
    case EventType::tag: {
      std::string tag = text(in);
      return TagEvent{std::move(tag), in.byte() != 0};
    }
    case EventType::note:
      return NoteEvent{read_note(in)};
    case EventType::artifact: {
      std::string path = text(in);
      return ArtifactEvent{std::move(path), in.zigzag()};
    }
    case EventType::output:
      return read_output_event(in);
    case EventType::gap:
      return GapEvent{std::string(in.raw(in.remaining()))};
    case EventType::end:
      return read_end_event(in);
    case EventType::spawn: {
      const std::int64_t pid = in.zigzag();
      return SpawnEvent{pid, in.zigzag()};
    }
    case EventType::process: {
      const auto index = static_cast<std::uint32_t>(in.varint());
      return ProcessEvent{index, read_process(in)};
    }
    case EventType::file_use:
      return read_use_event(in);
    case EventType::file_state:
      return FileStateEvent{read_state(in)};
    case EventType::capture:
      return CaptureEvent{read_capture(in)};
    case EventType::firing:
      return FiringEvent{read_firing(in)};
  }
  throw Error(ErrorKind::damaged, "unknown type of a record");
}

}  // namespace

EventType encode_event(std::string& out, const Event& event) {
  return std::visit(EventWriter{ByteWriter(out), out}, event);
}

Event decode_event(EventType type, std::string_view payload) {
  ByteReader in(payload);
  Event event = read_event(type, in);
  if (!in.at_end()) throw Error(ErrorKind::damaged, "a record is longer than it says");
  return event;
}

}  // namespace clew::model
