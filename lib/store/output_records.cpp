#include "store/output_records.h"

#include "base/error.h"
#include "base/text.h"
#include "store/compress.h"

namespace clew::store {

ByteWriter OutputFrame::begin(std::uint8_t stream, Time time) {
  ByteWriter out(records_);
  out.byte(stream);
  // Wraps around rather than overflows, and back again when read.
  out.zigzag(static_cast<std::int64_t>(static_cast<std::uint64_t>(time) -
                                       static_cast<std::uint64_t>(time_)));
  time_ = time;
  return out;
}

std::string OutputFrame::finish() {
  std::string frame = compress_frame(records_);
  *this = {};
  return frame;
}

bool read_records(std::string_view content, model::Stream& stream,
                  const std::function<bool(OutputPiece&&)>& visit) {
  std::uint64_t time = 0;
  for (ByteReader in(content); !in.at_end();) {
    const std::uint8_t code = in.byte();
    if (code > static_cast<std::uint8_t>(model::Stream::terminal)) {
      throw Error(ErrorKind::damaged, "unknown stream in stored output");
    }
    time += static_cast<std::uint64_t>(in.zigzag());
    OutputPiece piece;
    piece.time = static_cast<Time>(time);
    if (code == 0) {
      piece.left_out = in.varint();
      piece.bytes = concat("\n[clew: ", piece.left_out, " bytes of output left out]\n");
    } else {
      stream = static_cast<model::Stream>(code);
      piece.bytes = std::string(in.string());
    }
    piece.stream = stream;
    if (!visit(std::move(piece))) return false;
  }
  return true;
}

}  // namespace clew::store
