#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "model/event.h"
#include "store/store.h"

// The records inside a frame of an output file; see output_file.h.

namespace clew::store {

inline constexpr std::size_t kFrameText = 256 << 10;

/// Builds the content of one frame.
class OutputFrame {
 public:
  void add(model::Stream stream, Time time, std::string_view bytes) {
    begin(static_cast<std::uint8_t>(stream), time).string(bytes);
    text_ += bytes.size();
  }
  void add_left_out(Time time, std::uint64_t count) { begin(0, time).varint(count); }
  [[nodiscard]] std::size_t text() const { return text_; }
  [[nodiscard]] bool empty() const { return records_.empty(); }
  /// The frame, compressed. Empties this.
  [[nodiscard]] std::string finish();

 private:
  ByteWriter begin(std::uint8_t stream, Time time);

  std::string records_;
  Time time_ = 0;
  std::size_t text_ = 0;
};

/// Calls `visit` with each record of a frame's content until it returns false; true when it never
/// did. `stream` is the stream of the last record before, which one of left out text takes.
bool read_records(std::string_view content, model::Stream& stream,
                  const std::function<bool(OutputPiece&&)>& visit);

}  // namespace clew::store
