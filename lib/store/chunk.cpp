#include "store/chunk.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/bytes.h"
#include "base/error.h"
#include "store/chunk_values.h"
#include "store/compress.h"

namespace clew::store {
namespace {

using model::Point;

enum Steps : std::uint8_t { kNone = 0, kAll = 1, kSome = 2 };

[[noreturn]] void throw_damaged(const char* why) {
  throw Error(ErrorKind::damaged, why);
}

// Differences of differences in unsigned arithmetic: they may not fit into 64 bits, but wrap back
// to the same number.
void write_integers(ByteWriter& out, std::span<const std::int64_t> items) {
  std::string column;
  ByteWriter writer(column);
  std::uint64_t previous = 0;
  std::uint64_t delta = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto item = static_cast<std::uint64_t>(items[i]);
    const std::uint64_t next = item - previous;
    writer.zigzag(static_cast<std::int64_t>(next - delta));
    previous = item;
    delta = i == 0 ? 0 : next;
  }
  pack(out, column);
}

std::vector<std::int64_t> read_integers(ByteReader& in, std::size_t count) {
  const std::string column = unpack(in, count * kLongestVarint);
  ByteReader reader(column);
  std::vector<std::int64_t> items(count);
  std::uint64_t item = 0;
  std::uint64_t delta = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t next = delta + static_cast<std::uint64_t>(reader.zigzag());
    item += next;
    delta = i == 0 ? 0 : next;
    items[i] = static_cast<std::int64_t>(item);
  }
  if (!reader.at_end()) throw_damaged("a stored column is longer than it says");
  return items;
}

void write_steps(ByteWriter& out, std::span<const Point> points) {
  std::vector<std::int64_t> steps;
  std::string presence((points.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i].step) continue;
    steps.push_back(*points[i].step);
    presence[i / 8] = static_cast<char>(presence[i / 8] | 1 << i % 8);
  }
  if (steps.empty()) return out.byte(kNone);
  out.byte(steps.size() == points.size() ? kAll : kSome);
  if (steps.size() != points.size()) pack(out, presence);
  write_integers(out, steps);
}

/// Which of `count` points have a step.
std::vector<std::size_t> read_presence(ByteReader& in, std::size_t count) {
  const std::uint8_t form = in.byte();
  if (form == kNone) return {};
  if (form != kAll && form != kSome) throw_damaged("a stored column has an unknown form");
  std::string presence((count + 7) / 8, '\xff');
  if (form == kSome) {
    const std::size_t size = presence.size();
    presence = unpack(in, size);
    if (presence.size() != size) throw_damaged("a stored column has the wrong size");
  }
  std::vector<std::size_t> stepped;
  for (std::size_t i = 0; i < count; ++i) {
    if ((presence[i / 8] >> i % 8 & 1) != 0) stepped.push_back(i);
  }
  return stepped;
}

void read_steps(ByteReader& in, std::span<Point> points) {
  const auto stepped = read_presence(in, points.size());
  if (stepped.empty()) return;
  const auto steps = read_integers(in, stepped.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    points[stepped[i]].step = steps[i];
}

ChunkInfo summarize(std::span<const Point> points) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  ChunkInfo info{points.size(), 0, kNaN, kNaN, 0};
  for (const Point& point : points) {
    if (std::isnan(point.value)) continue;
    if (info.numbers == 0 || point.value < info.min) info.min = point.value;
    if (info.numbers == 0 || point.value > info.max) info.max = point.value;
    ++info.numbers;
    info.sum += point.value;
  }
  if (info.numbers == 0) info.sum = kNaN;
  return info;
}

ChunkInfo read_info(ByteReader& in) {
  ChunkInfo info;
  info.count = in.varint();
  info.numbers = in.varint();
  if (info.count == 0 || info.count > kChunkPoints || info.numbers > info.count) {
    throw_damaged("a stored chunk of points has an impossible size");
  }
  info.min = in.real();
  info.max = in.real();
  info.sum = in.real();
  return info;
}

}  // namespace

std::string encode_chunk(std::span<const Point> points) {
  const ChunkInfo info = summarize(points);
  std::string payload;
  ByteWriter out(payload);
  out.varint(info.count);
  out.varint(info.numbers);
  out.real(info.min);
  out.real(info.max);
  out.real(info.sum);
  write_steps(out, points);
  std::vector<std::int64_t> times;
  std::vector<double> values;
  times.reserve(points.size());
  values.reserve(points.size());
  for (const Point& point : points) {
    times.push_back(point.time);
    values.push_back(point.value);
  }
  write_integers(out, times);
  write_values(out, values);
  return payload;
}

ChunkInfo read_chunk_info(std::string_view payload) {
  ByteReader in(payload);
  return read_info(in);
}

model::Stretch read_chunk_stretch(std::string_view payload, model::StretchEnds ends) {
  ByteReader in(payload);
  const ChunkInfo info = read_info(in);
  model::Stretch stretch;
  stretch.count = info.count;
  stretch.numbers = info.numbers;
  stretch.min = info.min;
  stretch.max = info.max;
  stretch.sum = info.numbers == 0 ? 0 : info.sum;
  const auto stepped = read_presence(in, info.count);
  if (!stepped.empty()) {
    const auto steps = read_integers(in, stepped.size());
    stretch.first_step = steps.front();
    stretch.last_step = steps.back();
  }
  if (ends == model::StretchEnds::times) {
    const auto times = read_integers(in, info.count);
    stretch.first_time = times.front();
    stretch.last_time = times.back();
  }
  return stretch;
}

namespace {

/// Reads times and values of points whose steps are read.
void read_rest(ByteReader& in, const ChunkInfo& info, std::span<Point> added) {
  const auto times = read_integers(in, info.count);
  std::vector<double> values(info.count);
  read_values(in, values);
  if (!in.at_end()) throw_damaged("a stored chunk of points is longer than it says");
  for (std::size_t i = 0; i < added.size(); ++i) {
    added[i].time = times[i];
    added[i].value = values[i];
  }
}

}  // namespace

void decode_chunk(std::string_view payload, std::vector<Point>& points) {
  ByteReader in(payload);
  const ChunkInfo info = read_info(in);
  const std::size_t before = points.size();
  points.resize(before + info.count);
  const auto added = std::span(points).subspan(before);
  read_steps(in, added);
  read_rest(in, info, added);
}

void decode_chunk_step(std::string_view payload, std::int64_t step, std::vector<Point>& points) {
  ByteReader in(payload);
  const ChunkInfo info = read_info(in);
  std::vector<Point> all(info.count);
  read_steps(in, all);
  const auto wanted = [step](const Point& point) { return point.step == step; };
  if (std::none_of(all.begin(), all.end(), wanted)) return;
  read_rest(in, info, all);
  std::copy_if(all.begin(), all.end(), std::back_inserter(points), wanted);
}

}  // namespace clew::store
