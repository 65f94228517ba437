#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/fs.h"
#include "model/event.h"

// A live run is a spool: an append-only file of framed records.
//
//   spool  = "clewspl1" record*
//   record = length:u32le checksum:u32le type:u8 payload        (length counts the payload)
//
// The checksum is CRC-32C over type and payload; types and payloads are those of model/event.h and
// model/encoding.h. Reading ends at the first record that is cut or does not match its checksum:
// all before it counts. One process writes, and holds an exclusive flock on the file for as long as
// it lives, so that "is it still being written?" needs no process id, which a reboot or another
// host would make meaningless.
//
// Measured on two cores: 10 to 12 million points a second through text protocol, checksum and file.
// Rejected: the database itself (one writing process; 6 ms to open), a row per point (44 bytes),
// and SQLite's log (a sync per transaction).

namespace clew::record {

inline constexpr std::string_view kSpoolMagic = "clewspl1";
inline constexpr std::size_t kRecordFrame = 9;         ///< bytes before a payload
inline constexpr std::uint32_t kMaxPayload = 1 << 28;  ///< a longer record is damage

/// Appends one framed record for the event to `out`.
void append_record(std::string& out, const model::Event& event);

/// Appends events to a file through a buffer. A write that fails puts the spool out of use: later
/// calls do nothing, and failure() tells the errno. Not thread-safe.
class SpoolWriter {
 public:
  /// Creates the file, which must not exist, takes its lock and writes the magic. Throws
  /// Error(failed).
  explicit SpoolWriter(const fs::path& path);

  void append(const model::Event& event);
  /// Hands the buffer to the kernel: what was appended then survives the death of this process.
  void flush();
  [[nodiscard]] int failure() const { return failure_; }
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  Fd fd_;
  std::string buffer_;
  int failure_ = 0;
};

using SpoolVisitor = std::function<bool(model::EventType type, std::string_view payload)>;

/// Reads a spool, also one that is still written: each read() goes on where the one before ended.
/// The file stays open, so that it can be read to its end after it was removed. Not thread-safe.
class SpoolReader {
 public:
  explicit SpoolReader(fs::path path) : path_(std::move(path)) {}
  /// As read_spool().
  bool read(const SpoolVisitor& visit);

 private:
  bool open_file();

  fs::path path_;
  Fd fd_;
  std::string buffer_;
  std::size_t at_ = 0;  // of the next record in the buffer; 0 before the magic was read
};

/// Calls `visit` with each whole record of a spool, in order, until it returns false. Returns false
/// when there is no such file or it is no spool. Reads as far as the file goes at the time, in
/// pieces, so that memory does not grow with it. Throws Error(damaged) for a record whose checksum
/// is right and whose payload cannot be read: written by a newer program.
bool read_spool(const fs::path& path, const SpoolVisitor& visit);

/// How many bytes at the front of a spool are its magic and whole records; that of an empty spool
/// when there is none.
[[nodiscard]] std::size_t intact_size(const fs::path& path);

/// When the spool was last written to; 0 when there is none.
[[nodiscard]] Time last_write(const fs::path& path);

/// Takes the lock of a spool's writer; nullopt while that lives, or when there is no spool.
[[nodiscard]] std::optional<Fd> try_lock_spool(const fs::path& path);

}  // namespace clew::record
