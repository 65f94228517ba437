#include "store/compress.h"

#include <zstd.h>

#include "base/error.h"

namespace clew::store {
namespace {

constexpr int kLevel = 3;
// A frame costs 10 bytes or so by itself.
constexpr std::size_t kWorthwhile = 32;

enum Form : std::uint8_t { kStored = 0, kCompressed = 1 };

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Contexts are costly to make (hundreds of KiB to clear), so each thread keeps one of each.
ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  return context.get();
}
ZSTD_DCtx* decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  return context.get();
}

enum class Checksum { no, yes };

std::string compress(std::string_view bytes, Checksum checksum) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* context = compressor();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum == Checksum::yes ? 1 : 0);
  const std::size_t size =
      ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size)) throw Error(ErrorKind::bug, "cannot compress data");
  out.resize(size);
  return out;
}

[[noreturn]] void throw_damaged() {
  throw Error(ErrorKind::damaged, "compressed data is damaged");
}

}  // namespace

std::string compress_frame(std::string_view bytes) {
  return compress(bytes, Checksum::yes);
}

void pack(ByteWriter& out, std::string_view bytes) {
  if (bytes.size() >= kWorthwhile) {
    // The rows around it have a checksum already.
    const std::string frame = compress(bytes, Checksum::no);
    if (frame.size() < bytes.size()) {
      out.byte(kCompressed);
      out.varint(bytes.size());
      out.string(frame);
      return;
    }
  }
  out.byte(kStored);
  out.string(bytes);
}

std::string unpack(ByteReader& in, std::size_t limit) {
  const std::uint8_t form = in.byte();
  if (form == kStored) {
    const std::string_view bytes = in.string();
    if (bytes.size() > limit) throw_damaged();
    return std::string(bytes);
  }
  const std::uint64_t size = in.varint();
  const std::string_view frame = in.string();
  if (form != kCompressed || size > limit ||
      ZSTD_getFrameContentSize(frame.data(), frame.size()) != size) {
    throw_damaged();
  }
  std::string bytes(size, '\0');
  const std::size_t got =
      ZSTD_decompressDCtx(decompressor(), bytes.data(), bytes.size(), frame.data(), frame.size());
  if (ZSTD_isError(got) || got != size) throw_damaged();
  return bytes;
}

struct FrameReader::State {
  std::function<std::string_view()> more;
  std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
  std::string_view part;
  bool ended = false;
};

FrameReader::FrameReader(std::function<std::string_view()> more)
    : state_(std::make_unique<State>()) {
  state_->more = std::move(more);
}
FrameReader::~FrameReader() = default;

std::optional<std::string> FrameReader::next(std::size_t limit) {
  State& state = *state_;
  std::string content;
  std::string room(ZSTD_DStreamOutSize(), '\0');
  bool begun = false;
  while (true) {
    if (state.part.empty() && !state.ended) {
      state.part = state.more();
      state.ended = state.part.empty();
    }
    if (state.part.empty() && !begun) return std::nullopt;
    ZSTD_inBuffer in{state.part.data(), state.part.size(), 0};
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    const std::size_t left = ZSTD_decompressStream(state.context.get(), &out, &in);
    if (ZSTD_isError(left)) throw_damaged();
    state.part.remove_prefix(in.pos);
    content.append(room, 0, out.pos);
    if (content.size() > limit) throw_damaged();
    if (left == 0) return content;
    begun = true;
    if (state.ended && in.pos == 0 && out.pos == 0) throw_damaged();
  }
}

}  // namespace clew::store
