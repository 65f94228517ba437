#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"

namespace clew {

/// Appends integers, doubles and strings to a byte string in clew's encoding: varints are LEB128,
/// signed ones zigzag first (Protocol Buffers' rules); fixed-width numbers are little-endian;
/// a string is a varint length and its bytes.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value) | 0x80);
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void fixed32(std::uint32_t value) { fixed(value); }
  void fixed64(std::uint64_t value) { fixed(value); }
  void real(double value) { fixed(std::bit_cast<std::uint64_t>(value)); }
  void raw(std::string_view bytes) { out_.append(bytes); }
  void string(std::string_view bytes) {
    varint(bytes.size());
    raw(bytes);
  }

 private:
  template <typename T>
  void fixed(T value) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
  }
  std::string& out_;
};

/// Reads what ByteWriter wrote. Views point into the bytes given, which must outlive them.
/// Reading past the end or a malformed varint throws Error(damaged).
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  std::uint8_t byte() { return static_cast<std::uint8_t>(raw(1)[0]); }
  std::uint64_t varint() {
    // Most numbers take one byte, and listings read millions of them.
    if (!rest_.empty() && static_cast<std::uint8_t>(rest_.front()) < 0x80) [[likely]] {
      return static_cast<std::uint8_t>(raw(1).front());
    }
    return long_varint();
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::uint32_t fixed32() { return fixed<std::uint32_t>(); }
  std::uint64_t fixed64() { return fixed<std::uint64_t>(); }
  double real() { return std::bit_cast<double>(fixed64()); }
  std::string_view raw(std::size_t count) {
    if (count > rest_.size()) [[unlikely]] {
      throw_too_short();
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  std::string_view string() { return raw(varint()); }
  /// A count of items that take at least `least` bytes each; more than can follow is damage, so
  /// that a damaged count never leads to a huge allocation.
  std::size_t count(std::size_t least = 1) {
    const std::uint64_t n = varint();
    if (n > rest_.size() / least) throw_too_short();
    return n;
  }

 private:
  // Out of the way, so that the rest is small enough to be inlined.
  [[noreturn, gnu::cold]] static void throw_too_short() {
    throw Error(ErrorKind::damaged, "stored data ends too early");
  }
  [[gnu::noinline]] std::uint64_t long_varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw Error(ErrorKind::damaged, "malformed number in stored data");
  }
  template <typename T>
  T fixed() {
    T value;
    std::memcpy(&value, raw(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view rest_;
};

}  // namespace clew
