#include "prov/xsd.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace clew::prov {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes text apart from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool skip(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// All digits that come, as many as `least` to `most`.
  std::optional<std::string_view> digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count]))
      ++count;
    if (count < least || count > most) return std::nullopt;
    const auto found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }
  /// Exactly two digits of a number from `least` to `most`.
  std::optional<int> two(int least, int most) {
    if (rest_.size() < 2 || !is_digit(rest_[0]) || !is_digit(rest_[1])) return std::nullopt;
    const int value = (rest_[0] - '0') * 10 + (rest_[1] - '0');
    rest_.remove_prefix(2);
    if (value < least || value > most) return std::nullopt;
    return value;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool is_leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(std::int64_t year, int month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// Days from 1970-01-01 in the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

std::optional<std::int64_t> scan_date(Scanner& in) {
  const bool negative = in.skip('-');
  const auto digits = in.digits(4, 9);
  if (!digits || (digits->size() > 4 && digits->front() == '0')) return std::nullopt;
  const auto year = parse_int(*digits).value_or(0) * (negative ? -1 : 1);
  if (!in.skip('-')) return std::nullopt;
  const auto month = in.two(1, 12);
  if (!month || !in.skip('-')) return std::nullopt;
  const auto day = in.two(1, days_in_month(year, *month));
  if (!day) return std::nullopt;
  return days_from_civil(year, *month, *day);
}

/// Seconds since midnight; the fraction goes to `nanoseconds`.
std::optional<std::int64_t> scan_time(Scanner& in, std::int32_t& nanoseconds) {
  const auto hour = in.two(0, 24);
  if (!hour || !in.skip(':')) return std::nullopt;
  const auto minute = in.two(0, 59);
  if (!minute || !in.skip(':')) return std::nullopt;
  const auto second = in.two(0, 59);
  if (!second) return std::nullopt;
  bool whole = true;
  if (in.skip('.')) {
    const auto digits = in.digits(1, std::numeric_limits<std::size_t>::max());
    if (!digits) return std::nullopt;
    whole = digits->find_first_not_of('0') == std::string_view::npos;
    std::int32_t scale = 100'000'000;
    for (const char digit : digits->substr(0, 9)) {
      nanoseconds += (digit - '0') * scale;
      scale /= 10;
    }
  }
  // 24:00:00 is the end of the day, and nothing comes after it.
  if (*hour == 24 && (*minute != 0 || *second != 0 || !whole)) return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *second;
}

/// Seconds to take off the local time; 0 where there is no zone.
std::optional<std::int64_t> scan_zone(Scanner& in, bool& zoned) {
  zoned = true;
  if (in.skip('Z')) return 0;
  const bool east = in.skip('+');
  if (!east && !in.skip('-')) {
    zoned = false;
    return 0;
  }
  const auto hours = in.two(0, 14);
  if (!hours || !in.skip(':')) return std::nullopt;
  const auto minutes = in.two(0, *hours == 14 ? 0 : 59);
  if (!minutes) return std::nullopt;
  return (*hours * 60 + *minutes) * (east ? 60 : -60);
}

bool is_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = parse_int(text);
  return value && *value >= least && *value <= most;
}

bool is_any_integer(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_real(std::string_view text) {
  if (text == "NaN" || text == "INF" || text == "-INF" || text == "+INF") return true;
  Scanner in(text);
  if (!in.skip('-')) in.skip('+');
  const auto whole = in.digits(0, text.size());
  const bool point = in.skip('.');
  const auto fraction = point ? in.digits(0, text.size()) : std::string_view{};
  if (whole->empty() && fraction->empty()) return false;
  if (in.skip('e') || in.skip('E')) {
    if (!in.skip('-')) in.skip('+');
    if (!in.digits(1, text.size())) return false;
  }
  return in.at_end();
}

}  // namespace

std::optional<Moment> parse_date_time(std::string_view text) {
  Scanner in(text);
  Moment moment;
  const auto day = scan_date(in);
  if (!day || !in.skip('T')) return std::nullopt;
  const auto second = scan_time(in, moment.nanoseconds);
  if (!second) return std::nullopt;
  const auto offset = scan_zone(in, moment.zoned);
  if (!offset || !in.at_end()) return std::nullopt;
  moment.seconds = *day * 86'400 + *second - *offset;
  return moment;
}

bool precedes(const Moment& a, const Moment& b) {
  if (a.zoned != b.zoned) return false;
  return a.seconds < b.seconds || (a.seconds == b.seconds && a.nanoseconds < b.nanoseconds);
}

bool differs(const Moment& a, const Moment& b) {
  return precedes(a, b) || precedes(b, a);
}

bool fits_type(std::string_view text, std::string_view type) {
  if (!type.starts_with("xsd:")) return true;
  type.remove_prefix(4);
  using Int = std::numeric_limits<std::int32_t>;
  using Long = std::numeric_limits<std::int64_t>;
  if (type == "dateTime") return parse_date_time(text).has_value();
  if (type == "int") return is_integer(text, Int::min(), Int::max());
  if (type == "long") return is_integer(text, Long::min(), Long::max());
  if (type == "integer") return is_any_integer(text);
  if (type == "double" || type == "float") return is_real(text);
  if (type == "boolean") return text == "true" || text == "false" || text == "1" || text == "0";
  return true;
}

}  // namespace clew::prov
