#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clew {

/// A moment in microseconds since 1970-01-01T00:00:00Z, without leap seconds.
using Time = std::int64_t;

/// Where the time of day comes from; a seam for tests. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() = 0;
};

/// The clock of the machine. Never destroyed.
[[nodiscard]] Clock& system_clock();

/// "2026-01-02T03:04:05.123456Z", always with six digits. Years 0000 to 9999 only; others are
/// clamped to them.
[[nodiscard]] std::string format_time(Time time);

/// Reads ISO 8601: a date and time with 'T' or a space between, up to nine digits of fraction
/// (cut to six), and "Z", an offset such as +02:00, or nothing, which means UTC. nullopt where it
/// is not one.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

/// Seconds since the epoch as a Time, rounded to the nearest microsecond; nullopt when not finite
/// or out of range.
[[nodiscard]] std::optional<Time> time_from_seconds(double seconds);

}  // namespace clew
