#include "record/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/bytes.h"
#include "base/hash.h"
#include "model/encoding.h"

namespace clew::record {
namespace {

constexpr std::size_t kBuffer = 1 << 18;

std::uint32_t record_checksum(model::EventType type, std::string_view payload) {
  const char type_byte = static_cast<char>(type);
  return crc32c(payload, crc32c({&type_byte, 1}));
}

/// Reads more of a file behind what is in the buffer; false at its end.
bool read_more(int fd, std::string& buffer, std::size_t wanted) {
  while (buffer.size() < wanted) {
    const std::size_t old = buffer.size();
    buffer.resize(std::max(wanted, old + kBuffer));
    const ssize_t got = read(fd, buffer.data() + old, buffer.size() - old);
    buffer.resize(old + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0 || (got < 0 && errno != EINTR)) return false;
  }
  return true;
}

}  // namespace

void append_record(std::string& out, const model::Event& event) {
  const std::size_t frame = out.size();
  out.append(kRecordFrame, '\0');
  const model::EventType type = model::encode_event(out, event);
  const std::string_view payload = std::string_view(out).substr(frame + kRecordFrame);
  std::string header;
  ByteWriter writer(header);
  writer.fixed32(static_cast<std::uint32_t>(payload.size()));
  writer.fixed32(record_checksum(type, payload));
  writer.byte(static_cast<std::uint8_t>(type));
  out.replace(frame, kRecordFrame, header);
}

SpoolWriter::SpoolWriter(const fs::path& path)
    : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644)),
      buffer_(kSpoolMagic) {
  if (!fd_) throw system_error(errno, "create", path.string());
  if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) throw system_error(errno, "lock", path.string());
}

void SpoolWriter::append(const model::Event& event) {
  if (failure_ != 0) return;
  append_record(buffer_, event);
  if (buffer_.size() >= kBuffer) flush();
}

void SpoolWriter::flush() {
  if (failure_ != 0 || buffer_.empty()) return;
  failure_ = write_all(fd_.get(), buffer_);
  buffer_.clear();
}

bool SpoolReader::open_file() {
  if (!fd_) {
    fd_.reset(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd_) return false;
  }
  if (at_ > 0) return true;
  if (!read_more(fd_.get(), buffer_, kSpoolMagic.size()) || !buffer_.starts_with(kSpoolMagic)) {
    return false;
  }
  at_ = kSpoolMagic.size();
  return true;
}

bool SpoolReader::read(const SpoolVisitor& visit) {
  if (!open_file()) return false;
  while (true) {
    if (at_ > kBuffer) {
      buffer_.erase(0, at_ - 1);
      at_ = 1;  // 0 means that the magic has not been read
    }
    if (!read_more(fd_.get(), buffer_, at_ + kRecordFrame)) return true;
    ByteReader frame(std::string_view(buffer_).substr(at_, kRecordFrame));
    const std::uint32_t length = frame.fixed32();
    const std::uint32_t checksum = frame.fixed32();
    const auto type = static_cast<model::EventType>(frame.byte());
    if (length > kMaxPayload || !read_more(fd_.get(), buffer_, at_ + kRecordFrame + length)) {
      return true;
    }
    const auto payload = std::string_view(buffer_).substr(at_ + kRecordFrame, length);
    if (record_checksum(type, payload) != checksum) return true;
    if (!visit(type, payload)) return true;
    at_ += kRecordFrame + length;
  }
}

bool read_spool(const fs::path& path, const SpoolVisitor& visit) {
  return SpoolReader(path).read(visit);
}

std::size_t intact_size(const fs::path& path) {
  std::size_t size = kSpoolMagic.size();
  read_spool(path, [&](model::EventType, std::string_view payload) {
    size += kRecordFrame + payload.size();
    return true;
  });
  return size;
}

Time last_write(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return 0;
  return status.st_mtim.tv_sec * Time{1'000'000} + status.st_mtim.tv_nsec / 1000;
}

std::optional<Fd> try_lock_spool(const fs::path& path) {
  Fd fd(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
  return fd;
}

}  // namespace clew::record
