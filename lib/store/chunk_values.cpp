#include "store/chunk_values.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "store/compress.h"

namespace clew::store {
namespace {

enum ValueForm : std::uint8_t { kFloat64 = 0, kFloat32 = 1, kDecimal = 2 };

// All exact in float64, so that a division by one is rounded once, like the reading of a decimal.
constexpr std::array<double, 16> kPowers{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr double kLargest = 9007199254740992;  // 2^53

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// The integer m with value == m / 10^digits to the bit, if there is one.
std::optional<std::int64_t> scaled(double value, std::size_t digits) {
  const double product = value * kPowers[digits];
  if (!(std::fabs(product) <= kLargest)) return std::nullopt;
  const auto integer = static_cast<std::int64_t>(std::nearbyint(product));
  if (!same_bits(static_cast<double>(integer) / kPowers[digits], value)) return std::nullopt;
  return integer;
}

/// The fewest digits that do for all values.
std::optional<std::size_t> digits_of(std::span<const double> values) {
  std::size_t digits = 0;
  for (const double value : values) {
    while (!scaled(value, digits)) {
      if (++digits == kPowers.size()) return std::nullopt;
    }
  }
  return digits;
}

std::optional<std::string> as_decimals(std::span<const double> values) {
  const auto digits = digits_of(values);
  if (!digits) return std::nullopt;
  std::string column;
  ByteWriter out(column);
  std::int64_t previous = 0;
  for (const double value : values) {
    // With the digits that a later value needed, an earlier one may have grown too large.
    const auto integer = scaled(value, *digits);
    if (!integer) return std::nullopt;
    out.zigzag(*integer - previous);
    previous = *integer;
  }
  std::string bytes;
  ByteWriter packed(bytes);
  packed.byte(kDecimal);
  packed.byte(static_cast<std::uint8_t>(*digits));
  pack(packed, column);
  return bytes;
}

template <typename Bits>
std::string split_bytes(std::span<const Bits> items) {
  std::string column(items.size() * sizeof(Bits), '\0');
  for (std::size_t plane = 0; plane < sizeof(Bits); ++plane) {
    char* out = column.data() + plane * items.size();
    for (const Bits item : items)
      *out++ = static_cast<char>(item >> (8 * plane));
  }
  return column;
}

template <typename Bits>
std::vector<Bits> join_bytes(std::string_view column, std::size_t count) {
  if (column.size() != count * sizeof(Bits)) {
    throw Error(ErrorKind::damaged, "a stored column has the wrong size");
  }
  std::vector<Bits> items(count);
  for (std::size_t i = 0; i < column.size(); ++i) {
    items[i % count] |= static_cast<Bits>(static_cast<std::uint8_t>(column[i]))
                        << (8 * (i / count));
  }
  return items;
}

bool are_float32(std::span<const double> values) {
  for (const double value : values) {
    // Converting a double beyond the range of float is undefined, NaN and infinities aside.
    if (std::isfinite(value) && std::fabs(value) > std::numeric_limits<float>::max()) return false;
    if (!same_bits(static_cast<double>(static_cast<float>(value)), value)) return false;
  }
  return true;
}

std::string as_floats(std::span<const double> values) {
  std::string bytes;
  ByteWriter out(bytes);
  if (are_float32(values)) {
    std::vector<std::uint32_t> items;
    items.reserve(values.size());
    for (const double value : values)
      items.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    out.byte(kFloat32);
    pack(out, split_bytes<std::uint32_t>(items));
  } else {
    std::vector<std::uint64_t> items;
    items.reserve(values.size());
    for (const double value : values)
      items.push_back(std::bit_cast<std::uint64_t>(value));
    out.byte(kFloat64);
    pack(out, split_bytes<std::uint64_t>(items));
  }
  return bytes;
}

void read_decimals(ByteReader& in, std::span<double> values) {
  const std::uint8_t digits = in.byte();
  if (digits >= kPowers.size()) {
    throw Error(ErrorKind::damaged, "a stored column has an impossible scale");
  }
  const std::string column = unpack(in, values.size() * kLongestVarint);
  ByteReader rest(column);
  std::uint64_t integer = 0;
  for (double& value : values) {
    integer += static_cast<std::uint64_t>(rest.zigzag());
    value = static_cast<double>(static_cast<std::int64_t>(integer)) / kPowers[digits];
  }
  if (!rest.at_end()) throw Error(ErrorKind::damaged, "a stored column is longer than it says");
}

}  // namespace

void write_values(ByteWriter& out, std::span<const double> values) {
  std::string best = as_floats(values);
  if (const auto decimals = as_decimals(values); decimals && decimals->size() < best.size()) {
    best = *decimals;
  }
  out.raw(best);
}

void read_values(ByteReader& in, std::span<double> values) {
  const std::size_t count = values.size();
  switch (in.byte()) {
    case kFloat64: {
      const auto items = join_bytes<std::uint64_t>(unpack(in, 8 * count), count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = std::bit_cast<double>(items[i]);
      return;
    }
    case kFloat32: {
      const auto items = join_bytes<std::uint32_t>(unpack(in, 4 * count), count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<double>(std::bit_cast<float>(items[i]));
      return;
    }
    case kDecimal:
      return read_decimals(in, values);
    default:
      throw Error(ErrorKind::damaged, "a stored column has an unknown form");
  }
}

}  // namespace clew::store
