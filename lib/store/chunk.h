#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/series.h"
#include "model/stretch.h"

// A chunk: up to 4096 consecutive points of one series, the payload of a row of section 'p'. The
// row's frame carries the checksum, so summary and checksum are read without decoding the columns.
//
//   varint count, varint numbers      points, and those of them whose value is not NaN
//   fixed64 min, max, sum             of the numbers, as float64; NaN where there are none
//   byte steps                        0 no point has a step, 1 every point has one, 2 some have
//   [pack presence]                   only for 2: one bit per point, lowest bit first
//   [pack steps]                      only for 1 and 2
//   pack times
//   byte values, [byte digits], pack values
//
// pack is compress.h's: zstd, or the bytes themselves where that is smaller. Steps and times are
// the first one and then delta-of-delta, as zigzag varints in wrapping arithmetic: a steady pace is
// a row of zeros. Values have one of these forms, whichever is smaller after pack():
//
//   0  float64, split by bytes: all first bytes, all second bytes … (least significant first)
//   1  float32, split likewise, where every value is one exactly (to the bit, NaN included);
//      replaces 0, which then only adds bytes that are as predictable
//   2  decimal: `digits` (0 to 15), then value * 10^digits as integers, as zigzag varints of
//      differences; where each value is exactly integer / 10^digits in float64 and the integer has
//      at most 53 bits. That is what a number printed with so many digits reads back as.
//
// Measured on curves of real trainings, bytes per value: 6.9, 3.0 and 1.7. XOR of neighbours
// (Gorilla, VLDB 8(12), 2015) was rejected: it pays where values repeat, and on noisy losses the
// mantissas have nothing in common. Byte planes put the sign and exponent, which do repeat, side by
// side and leave the rest to zstd.

namespace clew::store {

inline constexpr std::size_t kChunkPoints = 4096;

/// What a chunk says of its points ahead of the columns.
struct ChunkInfo {
  std::uint64_t count = 0;
  std::uint64_t numbers = 0;
  double min = 0;
  double max = 0;
  double sum = 0;
};

/// Encodes 1 to kChunkPoints points.
[[nodiscard]] std::string encode_chunk(std::span<const model::Point> points);

/// Reads the summary only. Throws Error(damaged).
[[nodiscard]] ChunkInfo read_chunk_info(std::string_view payload);

/// The chunk as one stretch, its values not decoded, and its times only where they are asked for.
/// Throws Error(damaged).
[[nodiscard]] model::Stretch read_chunk_stretch(std::string_view payload, model::StretchEnds ends);

/// Appends the points of a chunk, bit for bit as they were. Throws Error(damaged) for what no
/// encoder wrote, whatever the bytes.
void decode_chunk(std::string_view payload, std::vector<model::Point>& points);

/// The same for the points of one step only. Cheap where there are none: times and values are not
/// looked at.
void decode_chunk_step(std::string_view payload, std::int64_t step,
                       std::vector<model::Point>& points);

}  // namespace clew::store
