#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/fs.h"
#include "base/hash.h"
#include "store/store.h"

// What a run printed: a file of zstd frames, first a skippable one with the 8 bytes "clewout1".
// Each frame holds at most 256 KiB of text as records that follow one another:
//
//   byte stream (1 stdout, 2 stderr, 3 terminal), zigzag time, varint length, bytes
//   byte 0, zigzag time, varint n          n bytes were left out here
//
// A time is the difference to the record before it in the same frame, of the first one to 0.
// Every frame has zstd's own checksum; the size and the digest of the file are in the run's
// contents row, so that a file cut between two frames is noticed.
//
// The first half of the limit goes to the file as it comes. What follows goes to a second file, and
// when that holds the other half, to a third; whenever the third is full as well, the second is
// dropped and the third takes its place. So the last half is always there, the memory used is one
// frame, and the disk space used is one and a half times the limit at most.

namespace clew::store {

struct OutputSummary {
  std::uint64_t file_size = 0;  ///< 0: nothing was printed and there is no file
  std::uint64_t kept = 0;       ///< bytes of text
  std::uint64_t left_out = 0;
  Digest digest = sha256("");  ///< SHA-256 of the file
};

/// Writes the output of one run to temporary files beside `path`, which exists after finish().
class OutputWriter {
 public:
  OutputWriter(fs::path path, OutputLimit limit);
  ~OutputWriter();
  OutputWriter(const OutputWriter&) = delete;
  OutputWriter& operator=(const OutputWriter&) = delete;

  void add(model::Stream stream, Time time, std::string_view bytes);
  /// Puts the file in its place, on disk. Throws Error(failed).
  [[nodiscard]] OutputSummary finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Removes the output file of a run and what an interrupted writer left beside it.
void remove_output(const fs::path& path);

/// Calls `visit` with each piece until it returns false. What was left out is a piece of its own
/// with `left_out` set. Throws Error(damaged) when the file is not there, is not `file_size` bytes
/// long, or cannot be decoded.
void read_output(const fs::path& path, std::uint64_t file_size,
                 const std::function<bool(OutputPiece&&)>& visit);

}  // namespace clew::store
