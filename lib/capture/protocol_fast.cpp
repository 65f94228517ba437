#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "capture/protocol_parts.h"

namespace clew::capture {
namespace {

/// Reads JSON tokens from left to right. Every method returns false where the text is not exactly
/// what it reads; the position is then of no use.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t'))
      ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    skip_space();
    if (!std::string_view(at_, end_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool at_end() {
    skip_space();
    return at_ == end_;
  }
  /// A string of printable ASCII without escapes.
  bool text(std::string_view& out) {
    if (!take('"')) return false;
    const char* start = at_;
    while (at_ != end_ && *at_ >= ' ' && *at_ < 0x7f && *at_ != '"' && *at_ != '\\')
      ++at_;
    out = std::string_view(start, at_);
    return take('"');
  }
  /// A JSON number; `integer` tells whether it has neither fraction nor exponent.
  bool number(std::string_view& out, bool& integer) {
    skip_space();
    const char* start = at_;
    if (at_ != end_ && *at_ == '-') ++at_;
    const char* first = at_;
    if (!digits() || (*first == '0' && at_ - first > 1)) return false;
    integer = true;
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      integer = false;
      if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      integer = false;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    out = std::string_view(start, at_);
    return true;
  }

 private:
  bool digits() {
    const char* start = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9')
      ++at_;
    return at_ != start;
  }
  const char* at_;
  const char* end_;
};

template <typename T>
bool convert(std::string_view text, T& out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

/// A value of a metric: a number, or one of the names of those that JSON has no number for, which
/// some writers leave without quotes.
bool read_value(Cursor& in, double& out) {
  std::string_view text;
  bool integer = false;
  Cursor ahead = in;
  if (ahead.number(text, integer)) {
    in = ahead;
    return convert(text, out);
  }
  const bool quoted = in.take('"');
  const bool negative = in.take("-Infinity");
  if (negative || in.take("Infinity")) {
    out = negative ? -std::numeric_limits<double>::infinity()
                   : std::numeric_limits<double>::infinity();
  } else if (in.take("NaN")) {
    out = std::numeric_limits<double>::quiet_NaN();
  } else {
    return false;
  }
  return !quoted || in.take('"');
}

/// Does a name stand twice? In JSON the last one of them counts, which is left to parse_json.
bool has_duplicates(const std::vector<MetricsLine::Value>& values) {
  constexpr std::size_t kFew = 16;
  if (values.size() <= kFew) {
    for (std::size_t i = 1; i < values.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (values[i].name == values[j].name) return true;
      }
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(values.size());
  for (const auto& value : values)
    names.push_back(value.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

bool read_values(Cursor& in, MetricsLine& out) {
  if (!out.values.empty() || !in.take('{')) return false;
  if (in.take('}')) return true;
  do {
    MetricsLine::Value value{};
    if (!in.text(value.name) || value.name.empty() || value.name.size() > kMaxName) return false;
    if (!in.take(':') || !read_value(in, value.value)) return false;
    out.values.push_back(value);
  } while (in.take(','));
  return in.take('}') && !has_duplicates(out.values);
}

bool read_step(Cursor& in, std::optional<std::int64_t>& out) {
  std::string_view text;
  bool integer = false;
  std::int64_t step = 0;
  if (out || !in.number(text, integer) || !integer || !convert(text, step)) return false;
  out = step;
  return true;
}

bool read_real(Cursor& in, std::optional<double>& out) {
  std::string_view text;
  bool integer = false;
  double value = 0;
  if (out || !in.number(text, integer) || !convert(text, value)) return false;
  out = value;
  return true;
}

bool read_time(Cursor& in, std::optional<Time>& out) {
  Cursor ahead = in;
  std::string_view text;
  if (out) return false;
  if (ahead.text(text)) {
    in = ahead;
    out = parse_time(text);
  } else {
    std::optional<double> seconds;
    if (!read_real(in, seconds)) return false;
    out = time_from_seconds(*seconds);
  }
  return out.has_value();
}

}  // namespace

bool read_metrics_fast(std::string_view line, MetricsLine& out) {
  Cursor in(line);
  bool is_metrics = false;
  std::string_view text;
  if (!in.take('{')) return false;
  do {
    std::string_view key;
    if (!in.text(key) || !in.take(':')) return false;
    bool read = false;
    if (key == "kind") {
      read = in.text(text) && text == "metrics" && !is_metrics;
      is_metrics = true;
    } else if (key == "values") {
      read = read_values(in, out);
    } else if (key == "step") {
      read = read_step(in, out.step);
    } else if (key == "epoch") {
      read = read_real(in, out.epoch);
    } else if (key == "time") {
      read = read_time(in, out.time);
    } else if (key == "run") {
      read = in.text(text);
    }
    if (!read) return false;
  } while (in.take(','));
  return in.take('}') && in.at_end() && is_metrics && !out.values.empty();
}

}  // namespace clew::capture
