#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

// The one door to zstd (RFC 8878).

namespace clew::store {

/// One zstd frame at level 3 with its content size and checksum.
[[nodiscard]] std::string compress_frame(std::string_view bytes);

/// Appends bytes in the smaller of two forms: 0, varint length, the bytes; or 1, varint length,
/// varint length of the frame, a zstd frame.
void pack(ByteWriter& out, std::string_view bytes);

/// Reads what pack() wrote. More than `limit` bytes, or bytes that do not decompress, throw
/// Error(damaged).
[[nodiscard]] std::string unpack(ByteReader& in, std::size_t limit);

/// Decompresses a file of several frames one after the other.
class FrameReader {
 public:
  /// `more` returns the next part of the file, and nothing at its end.
  explicit FrameReader(std::function<std::string_view()> more);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// The content of the next frame; nullopt at the end. Throws Error(damaged) where a frame is
  /// broken, ends too early or holds more than `limit` bytes.
  [[nodiscard]] std::optional<std::string> next(std::size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace clew::store
