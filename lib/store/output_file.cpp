#include "store/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "store/compress.h"
#include "store/output_records.h"

namespace clew::store {
namespace {

// A skippable frame (RFC 8878, 3.1.2): magic, length 8, content.
constexpr std::string_view kStart(
    "\x50\x2a\x4d\x18\x08\x00\x00\x00"
    "clewout1",
    16);
constexpr std::size_t kLargestContent = 16 * kFrameText;

fs::path with_suffix(const fs::path& path, std::string_view suffix) {
  return fs::path(path) += suffix;
}
fs::path part_of(const fs::path& path) {
  return with_suffix(path, ".part");
}
fs::path last_of(const fs::path& path) {
  return with_suffix(path, ".last");
}

Fd open_new(const fs::path& path) {
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!fd) throw system_error(errno, "create", path.string());
  return fd;
}

std::string read_at(const Fd& file, const fs::path& path, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t done = 0; done < size;) {
    const ssize_t got =
        pread(file.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error(errno, "read", path.string());
    if (got == 0) throw Error(ErrorKind::damaged, concat("'", path.string(), "' ends too early"));
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

void sync_directory(const fs::path& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || fsync(fd.get()) != 0) throw system_error(errno, "sync", path.string());
}

/// Compressed frames in a file without a name.
struct Segment {
  struct Place {
    std::uint64_t offset;
    std::size_t size;
    std::uint64_t text;
  };
  Fd file;
  std::vector<Place> frames;
  std::uint64_t size = 0;
  std::uint64_t text = 0;

  void append(const fs::path& path, std::uint64_t frame_text, std::string_view frame) {
    if (!file) {
      file = open_new(last_of(path));
      unlink(last_of(path).c_str());
    }
    if (const int failure = write_all(file.get(), frame); failure != 0) {
      throw system_error(failure, "write", last_of(path).string());
    }
    frames.push_back({size, frame.size(), frame_text});
    size += frame.size();
    text += frame_text;
  }
};

}  // namespace

struct OutputWriter::State {
  State(fs::path file_path, OutputLimit limit)
      : path(std::move(file_path)),
        first_limit(limit.bytes / 2),
        last_limit(limit.bytes - first_limit) {}

  fs::path path;
  std::uint64_t first_limit;
  std::uint64_t last_limit;
  Fd file;
  Sha256 hash;
  OutputSummary summary;
  OutputFrame frame;
  std::uint64_t total = 0;  ///< bytes of text that were added
  Time first_end = 0;       ///< time of the last record of the first part
  Segment older;
  Segment newer;

  /// Smaller frames for small limits, so that the first and the last part consist of several.
  [[nodiscard]] std::uint64_t frame_limit() const {
    return std::clamp<std::uint64_t>(last_limit / 4, 1, kFrameText);
  }

  void write(std::string_view bytes) {
    if (!file) {
      file = open_new(part_of(path));
      write(kStart);
    }
    if (const int failure = write_all(file.get(), bytes); failure != 0) {
      throw system_error(failure, "write", part_of(path).string());
    }
    hash.add(bytes);
    summary.file_size += bytes.size();
  }

  void end_frame() {
    if (frame.empty()) return;
    const std::uint64_t text = frame.text();
    if (total <= first_limit) return write(frame.finish());
    newer.append(path, text, frame.finish());
    if (newer.text >= last_limit) older = std::exchange(newer, {});
  }

  void add_to_first(model::Stream stream, Time time, std::string_view bytes) {
    frame.add(stream, time, bytes);
    total += bytes.size();
    first_end = time;
    if (frame.text() >= frame_limit() || total == first_limit) end_frame();
  }

  void add_to_last(model::Stream stream, Time time, std::string_view bytes) {
    frame.add(stream, time, bytes);
    total += bytes.size();
    if (frame.text() >= frame_limit()) end_frame();
  }

  /// Moves a frame into the file without its first `drop` bytes of text.
  void move_frame(const Segment& segment, const Segment::Place& place, std::uint64_t drop) {
    const std::string bytes = read_at(segment.file, last_of(path), place.offset, place.size);
    if (drop == 0) return write(bytes);
    bool given = false;
    FrameReader reader([&] { return std::exchange(given, true) ? std::string_view() : bytes; });
    OutputFrame rest;
    model::Stream stream = model::Stream::standard_output;
    const auto content = reader.next(kLargestContent);
    read_records(content.value(), stream, [&](OutputPiece&& piece) {
      const std::size_t cut = std::min<std::size_t>(drop, piece.bytes.size());
      drop -= cut;
      if (cut < piece.bytes.size()) {
        rest.add(piece.stream, piece.time, std::string_view(piece.bytes).substr(cut));
      }
      return true;
    });
    if (!rest.empty()) write(rest.finish());
  }

  void append_last_part() {
    const std::uint64_t limit = first_limit + last_limit;
    summary.left_out = total > limit ? total - limit : 0;
    summary.kept = total - summary.left_out;
    if (summary.left_out > 0) {
      OutputFrame gap;
      gap.add_left_out(first_end, summary.left_out);
      write(gap.finish());
    }
    std::uint64_t drop = summary.left_out > 0 ? older.text + newer.text - last_limit : 0;
    for (const Segment* segment : {&older, &newer}) {
      for (const auto& place : segment->frames) {
        const std::uint64_t dropped = std::min(drop, place.text);
        drop -= dropped;
        if (dropped < place.text) move_frame(*segment, place, dropped);
      }
    }
  }
};

OutputWriter::OutputWriter(fs::path path, OutputLimit limit)
    : state_(std::make_unique<State>(std::move(path), limit)) {}

OutputWriter::~OutputWriter() {
  if (state_->file) unlink(part_of(state_->path).c_str());
}

void OutputWriter::add(model::Stream stream, Time time, std::string_view bytes) {
  State& state = *state_;
  if (state.total == 0) make_directories(state.path.parent_path());
  while (!bytes.empty()) {
    const bool first = state.total < state.first_limit;
    std::uint64_t room = kFrameText - state.frame.text();
    if (first) room = std::min(room, state.first_limit - state.total);
    const auto piece = bytes.substr(0, room);
    if (first) {
      state.add_to_first(stream, time, piece);
    } else {
      state.add_to_last(stream, time, piece);
    }
    bytes.remove_prefix(piece.size());
  }
}

OutputSummary OutputWriter::finish() {
  State& state = *state_;
  if (state.total == 0) return {};
  state.end_frame();
  state.append_last_part();
  if (fsync(state.file.get()) != 0) throw system_error(errno, "sync", part_of(state.path).string());
  state.file.reset();
  if (rename(part_of(state.path).c_str(), state.path.c_str()) != 0) {
    throw system_error(errno, "write", state.path.string());
  }
  sync_directory(state.path.parent_path());
  state.summary.digest = state.hash.finish();
  return state.summary;
}

void remove_output(const fs::path& path) {
  for (const fs::path& file : {path, part_of(path), last_of(path)}) {
    if (unlink(file.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
      throw system_error(errno, "remove", file.string());
    }
  }
}

void read_output(const fs::path& path, std::uint64_t file_size,
                 const std::function<bool(OutputPiece&&)>& visit) {
  const auto damaged = [&](std::string_view why) {
    return Error(ErrorKind::damaged, concat("damaged output '", path.string(), "': ", why));
  };
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) throw damaged("the file is missing");
  if (!file) throw system_error(errno, "open", path.string());
  struct stat status {};
  if (fstat(file.get(), &status) != 0) throw system_error(errno, "read", path.string());
  if (static_cast<std::uint64_t>(status.st_size) != file_size || file_size < kStart.size()) {
    throw damaged("the file has the wrong size");
  }
  if (read_at(file, path, 0, kStart.size()) != kStart)
    throw damaged("it does not begin as it should");

  constexpr std::uint64_t kPart = 128 << 10;
  std::uint64_t offset = kStart.size();
  std::string part;
  FrameReader frames([&] {
    part = read_at(file, path, offset, std::min(kPart, file_size - offset));
    offset += part.size();
    return std::string_view(part);
  });
  model::Stream stream = model::Stream::standard_output;
  try {
    while (const auto content = frames.next(kLargestContent)) {
      if (!read_records(*content, stream, visit)) return;
    }
  } catch (const Error& error) {
    // What the visitor throws goes on as it is, but damage gets the name of the file.
    if (error.kind() != ErrorKind::damaged) throw;
    throw damaged(error.message());
  }
}

}  // namespace clew::store
