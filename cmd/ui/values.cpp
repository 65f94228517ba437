#include "ui/values.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace clew::ui {

namespace {

constexpr Time kSecond = 1'000'000;
constexpr Time kMinute = 60 * kSecond;
constexpr Time kHour = 60 * kMinute;
constexpr Time kDay = 24 * kHour;

std::string hex_escape(unsigned code) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'\\', 'x', digits[code >> 4 & 0xf], digits[code & 0xf]};
}

/// Is the text a C1 control character (U+0080 to U+009F) at `at`? Terminals obey these as well.
bool is_c1(std::string_view text, std::size_t at) {
  return text[at] == '\xc2' && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string out;
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if ((c >= 0 && c < ' ') || c == 0x7f) {
      out += hex_escape(static_cast<unsigned char>(c));
    } else if (is_c1(valid, i)) {
      out += hex_escape(static_cast<unsigned char>(valid[++i]));
    } else {
      out += c;
    }
  }
  return out;
}

std::string value_text(const Json& value) {
  if (value.is_string()) {
    return value.as_string().empty() ? "\"\"" : printable(value.as_string());
  }
  if (value.is_double()) return shortest(value.as_double());
  return printable(dump_json(value));
}

std::string number_text(double value, int digits) {
  const double magnitude = std::fabs(value);
  // From half a unit below on, rounding would reach a power of ten that takes an exponent.
  if (magnitude >= std::pow(10.0, digits) - 0.5 && magnitude < 1e15) {
    return rounded(std::round(value), 15);
  }
  return rounded(value, digits);
}

std::string difference_text(double a, double b) {
  const double difference = b - a;
  if (!std::isfinite(difference)) return std::string(kMissing);
  const std::string text = number_text(difference, 4);
  return difference > 0 ? "+" + text : text;
}

std::string date_time(Time time) {
  std::string text = format_time(time).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string relative_time(Time time, Time now) {
  const Time age = now - time;
  if (age < 0 || age >= 30 * kDay) return date_time(time).substr(0, 10);
  if (age < kMinute) return concat(age / kSecond, "s ago");
  if (age < kHour) return concat(age / kMinute, "m ago");
  if (age < kDay) return concat(age / kHour, "h ago");
  return concat(age / kDay, "d ago");
}

std::string duration_text(const model::Run& run, Time now) {
  if (!run.ended && run.state != model::State::running) return std::string(kMissing);
  return format_duration(std::max<std::int64_t>(run.duration(now), 0));
}

Cell state_cell(model::State state) {
  const std::string name(model::name_of(state));
  switch (state) {
    case model::State::running:
      return {"● " + name, Label::running};
    case model::State::finished:
      return {name, Label::good};
    case model::State::failed:
    case model::State::killed:
      return {name, Label::bad};
    case model::State::interrupted:
      return {name, Label::warning};
  }
  return {name, Label::plain};
}

Cell outcome_cell(const model::Run& run) {
  Cell cell = state_cell(run.state);
  if (run.signal) {
    cell.text += concat(" (", model::signal_name(*run.signal), ')');
  } else if (run.exit_code && *run.exit_code != 0) {
    cell.text += concat(" (exit ", *run.exit_code, ')');
  }
  return cell;
}

std::string command_text(const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  words.reserve(argv.size());
  for (const std::string& word : argv)
    words.push_back(shell_quote(word));
  return printable(join(words, " "));
}

std::string did_you_mean(const std::vector<std::string>& words) {
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += concat('\'', words[i], '\'');
  }
  return text + "?";
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return concat(count, ' ', noun, count == 1 ? "" : "s");
}

}  // namespace clew::ui
