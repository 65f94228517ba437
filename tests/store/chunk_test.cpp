#include "store/chunk.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "store/rows.h"
#include "store/support.h"

namespace clew::store {
namespace {

using model::Point;
using Points = std::vector<Point>;

Points decoded(std::string_view payload) {
  Points points;
  decode_chunk(payload, points);
  return points;
}

/// Checks that the points survive, and returns the bytes per point.
double survives(const Points& points) {
  const std::string payload = encode_chunk(points);
  REQUIRE(decoded(payload) == points);
  return static_cast<double>(payload.size()) / static_cast<double>(points.size());
}

Points with_values(const std::vector<double>& values) {
  Points points;
  for (const double value : values)
    points.push_back({static_cast<std::int64_t>(points.size()), 1'700'000'000'000'000, value});
  return points;
}

/// A column of values of one of several kinds.
double random_value(std::mt19937_64& random, int kind) {
  const auto bits = random();
  const double uniform = std::ldexp(static_cast<double>(bits >> 11), -53);
  switch (kind) {
    case 0:
      return std::bit_cast<double>(bits);
    case 1:
      return static_cast<double>(static_cast<float>(uniform));
    case 2:
      return std::round(uniform * 1e4) / 1e4;
    case 3:
      return static_cast<double>(static_cast<std::int64_t>(bits % 2000) - 1000);
    case 4:
      return bits % 7 == 0 ? std::numeric_limits<double>::quiet_NaN() : uniform;
    default:
      return 0.25;
  }
}

Points random_points(std::mt19937_64& random) {
  Points points(1 + random() % (random() % 4 == 0 ? kChunkPoints : 64));
  const int values = static_cast<int>(random() % 6);
  const int steps = static_cast<int>(random() % 4);
  const int times = static_cast<int>(random() % 3);
  Time time = 1'700'000'000'000'000;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (steps == 1 || (steps == 2 && random() % 2 == 0)) points[i].step = i;
    if (steps == 3) points[i].step = static_cast<std::int64_t>(random());
    time += times == 0 ? 1000 : static_cast<Time>(random() % 100'000);
    points[i].time = times == 2 ? static_cast<Time>(random()) : time;
    points[i].value = random_value(random, values);
  }
  return points;
}

}  // namespace

TEST_CASE("every value survives in a chunk bit for bit") {
  using Limits = std::numeric_limits<double>;
  const double signalling = std::bit_cast<double>(0x7ff0000000000001ULL);
  const double payload = std::bit_cast<double>(0xfff8dead00beef01ULL);
  const std::vector<double> odd{0.0,
                                -0.0,
                                Limits::infinity(),
                                -Limits::infinity(),
                                Limits::quiet_NaN(),
                                payload,
                                signalling,
                                Limits::denorm_min(),
                                Limits::max(),
                                Limits::lowest(),
                                Limits::epsilon(),
                                9007199254740992.0,
                                9007199254740993.5,
                                -9007199254740992.0,
                                1e300,
                                0.1,
                                1.0 / 3.0,
                                1e-15,
                                3.4028234663852886e38,
                                3.4028235677973366e38,
                                static_cast<double>(0.1F)};
  survives(with_values(odd));
  for (const double value : odd) {
    survives(with_values({value}));
    survives(with_values({value, 1.5, value}));
    survives(with_values({0.1, value, 0.25}));
  }
}

TEST_CASE("every step and time survives in a chunk") {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  survives({{kMin, kMax, 1}, {kMax, kMin, 2}, {0, 0, 3}, {kMin, kMin, 4}, {-1, 1, 5}});
  survives({{{}, 5, 1}});
  survives({{{}, 5, 1}, {{}, 4, 1}});
  survives({{0, 5, 1}, {{}, 5, 1}, {7, 5, 1}});
  survives({{{}, 5, 1}, {3, 5, 1}, {3, 5, 1}, {2, 5, 1}});
}

TEST_CASE("random chunks survive") {
  std::mt19937_64 random(20260102);
  for (int i = 0; i < 300; ++i)
    survives(random_points(random));
}

TEST_CASE("chunks are appended to what was decoded before") {
  Points points = with_values({1, 2});
  decode_chunk(encode_chunk(with_values({3})), points);
  REQUIRE(points.size() == 3);
  CHECK(points[1].value == 2);
  CHECK(points[2].value == 3);
}

TEST_CASE("the kinds of values take no more room than promised") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise;
  Points full;
  Points single;
  Points printed;
  for (std::int64_t i = 0; i < 4096; ++i) {
    const double value = 2.0 / (1.0 + 0.001 * static_cast<double>(i)) + 0.01 * noise(random);
    const Time time = 1'700'000'000'000'000 + 5000 * i;
    full.push_back({i, time, value});
    single.push_back({i, time, static_cast<double>(static_cast<float>(value))});
    printed.push_back({i, time, std::round(value * 1e4) / 1e4});
  }
  CHECK(survives(full) < 7.2);
  CHECK(survives(single) < 3.4);
  CHECK(survives(printed) < 2.0);
  CHECK(survives(Points(4096, Point{1, 1, 0.5})) < 0.1);
}

TEST_CASE("a chunk says what it holds ahead of its columns") {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  const auto info = read_chunk_info(encode_chunk(with_values({2, kNaN, -1, 5})));
  CHECK(info.count == 4);
  CHECK(info.numbers == 3);
  CHECK(info.min == -1);
  CHECK(info.max == 5);
  CHECK(info.sum == 6);
  const auto none = read_chunk_info(encode_chunk(with_values({kNaN})));
  CHECK(none.numbers == 0);
  CHECK(std::isnan(none.min));
  CHECK(std::isnan(none.max));
  CHECK(std::isnan(none.sum));
}

TEST_CASE("a chunk's row that is cut or changed anywhere is damaged") {
  std::mt19937_64 random(3);
  const std::string key = rows::chunk_key(RunId{1}, 2, 3);
  for (int i = 0; i < 12; ++i) {
    Points points = random_points(random);
    if (points.size() > 100) points.resize(100);
    const std::string row = rows::frame(key, encode_chunk(points));
    const auto read = [&](const std::string& bytes) {
      return kind_of_error([&] { decoded(rows::unframe(key, bytes)); });
    };
    REQUIRE(read(row) == std::nullopt);
    bool all_damaged = true;
    for (std::size_t size = 0; size < row.size(); ++size) {
      all_damaged &= read(row.substr(0, size)) == ErrorKind::damaged;
    }
    for (std::size_t at = 0; at < row.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string flipped = row;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
        all_damaged &= read(flipped) == ErrorKind::damaged;
      }
    }
    CHECK(all_damaged);
    CHECK(kind_of_error([&] { return rows::unframe(rows::chunk_key(RunId{1}, 2, 4), row); }) ==
          ErrorKind::damaged);
  }
}

TEST_CASE("no bytes crash the decoder, whether or not a checksum guards them") {
  std::mt19937_64 random(11);
  const auto harmless = [](const std::string& bytes) {
    try {
      decoded(bytes);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::damaged;
    }
    return true;
  };
  bool all_harmless = true;
  for (int i = 0; i < 40; ++i) {
    Points points = random_points(random);
    if (points.size() > 60) points.resize(60);
    const std::string payload = encode_chunk(points);
    for (std::size_t size = 0; size < payload.size(); ++size) {
      all_harmless &=
          kind_of_error([&] { decoded(payload.substr(0, size)); }) == ErrorKind::damaged;
    }
    for (int change = 0; change < 200; ++change) {
      std::string changed = payload;
      for (std::uint64_t n = 1 + random() % 3; n > 0; --n)
        changed[random() % changed.size()] = static_cast<char>(random());
      all_harmless &= harmless(changed);
    }
    all_harmless &= kind_of_error([&] { decoded(payload + '\0'); }) == ErrorKind::damaged;
  }
  CHECK(all_harmless);
}

}  // namespace clew::store
