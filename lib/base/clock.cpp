#include "base/clock.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/text.h"

namespace clew {
namespace {

constexpr Time kSecond = 1'000'000;
constexpr Time kDay = 86'400 * kSecond;

class SystemClock final : public Clock {
 public:
  Time now() override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
};

std::chrono::sys_days date(int year, unsigned month, unsigned day) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

Time days_since_epoch(std::chrono::sys_days days) {
  return days.time_since_epoch().count();
}

/// Puts a number in the place of `width` characters.
void put_digits(char* place, std::uint32_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10)
    place[i] = static_cast<char>('0' + value % 10);
}

/// Takes exactly `width` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Time> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  Time micros = 0;
  int digits = 0;
  for (; digits < 9 && !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits) {
    if (digits < 6) micros = micros * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits)
    micros *= 10;
  return micros;
}

/// The offset from UTC at the end of a time, in microseconds.
std::optional<Time> take_offset(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0;
  const bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  take(text, ':');
  const auto minutes = text.empty() ? std::optional<int>(0) : take_digits(text, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Time offset = (*hours * Time{60} + *minutes) * 60 * kSecond;
  return west ? -offset : offset;
}

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

std::string format_time(Time time) {
  static const Time first = days_since_epoch(date(0, 1, 1)) * kDay;
  static const Time last = days_since_epoch(date(9999, 12, 31)) * kDay + kDay - 1;
  time = std::clamp(time, first, last);
  const Time day = time >= 0 ? time / kDay : -((-time + kDay - 1) / kDay);
  const Time rest = time - day * kDay;
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{day}}};
  const auto seconds = static_cast<std::uint32_t>(rest / kSecond);
  std::string out = "0000-00-00T00:00:00.000000Z";
  put_digits(&out[0], static_cast<std::uint32_t>(static_cast<int>(ymd.year())), 4);
  put_digits(&out[5], static_cast<unsigned>(ymd.month()), 2);
  put_digits(&out[8], static_cast<unsigned>(ymd.day()), 2);
  put_digits(&out[11], seconds / 3600, 2);
  put_digits(&out[14], seconds / 60 % 60, 2);
  put_digits(&out[17], seconds % 60, 2);
  put_digits(&out[20], static_cast<std::uint32_t>(rest % kSecond), 6);
  return out;
}

std::optional<Time> parse_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || (!take(text, 'T') && !take(text, ' '))) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                        std::chrono::month{static_cast<unsigned>(*month)},
                                        std::chrono::day{static_cast<unsigned>(*day)}};
  const auto hour = take_digits(text, 2);
  if (!ymd.ok() || !hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const Time seconds = (*hour * Time{60} + *minute) * 60 + *second;
  return days_since_epoch(ymd) * kDay + seconds * kSecond + *fraction - *offset;
}

std::optional<Time> time_from_seconds(double seconds) {
  const double micros = seconds * 1e6;
  if (!std::isfinite(micros) || std::abs(micros) > 9e18) return std::nullopt;
  return static_cast<Time>(std::llround(micros));
}

}  // namespace clew
