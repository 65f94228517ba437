#include "capture/output_rule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "capture/output_number.h"
#include "capture/output_words.h"
#include "capture/protocol_parts.h"

namespace clew::capture {
namespace {

using std::string_view_literals::operator""sv;

/// A set of characters, for tests in loops over whole lines.
class CharSet {
 public:
  explicit constexpr CharSet(std::string_view chars) {
    for (const char c : chars)
      in_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool operator()(char c) const {
    return in_[static_cast<unsigned char>(c)];
  }

 private:
  std::array<bool, 256> in_{};
};

constexpr CharSet in_word("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789./@-+");
/// May a word that counts begin behind this character? Not inside of paths, options and URLs.
constexpr CharSet begins_word(" \t,;|:([{'\">");
constexpr CharSet begins_wrapper("'\"tna");
/// A number, nan, inf, or what may stand around them.
constexpr CharSet may_begin_value("0123456789+-.nNiI'\"ta[(#");

bool is_set(std::string_view word) {
  return word.size() == 3 && (word[0] == 's' || word[0] == 'S') && to_lower(word) == "set";
}

/// Reads one line from left to right, once.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}

  PrintedMetrics read();

 private:
  /// "name: 1", "name=1" or "name 1".
  struct Pair {
    std::string_view section;
    std::array<std::string_view, 3> qualifiers;  // in the order of the line, the empty ones first
    std::string_view name;
    double value;
    bool metric;    // the name is a metric word
    bool hard;      // by ':' or '='
    bool fraction;  // more than a whole number
  };
  /// The words that stand before the present one, with nothing but blanks between.
  struct Phrase {
    struct Word {
      std::string_view text;
      bool possessive = false;
    };
    std::array<Word, 3> last;  // the newest at the back; fewer than three are at the back too
    std::size_t count = 0;

    void clear() { count = 0; }
    void push(Word word) {
      last = {last[1], last[2], word};
      ++count;
    }
  };
  struct Separator {
    std::size_t value;  // offset of what follows it
    bool hard;
    bool glued;
  };

  void read_word();
  void skip_number();
  bool read_marker(Marker marker, std::string_view word, const Separator& separator);
  bool read_pair(std::string_view word, const Separator& separator);
  bool add_pair(std::string_view word, const Separator& separator, const PrintedNumber& number);
  bool begins_section(std::string_view word, std::size_t end) const;
  void read_bracketed_step();
  [[nodiscard]] std::optional<Separator> separator_behind(std::size_t end) const;
  [[nodiscard]] std::optional<PrintedNumber> value_at(const Separator& separator,
                                                      std::string_view word) const;
  [[nodiscard]] bool counts() const;
  [[nodiscard]] std::string name_of(const Pair& pair) const;

  std::string_view line_;
  std::size_t at_ = 0;
  Phrase phrase_;
  std::string_view section_;  // the split that the pairs from here on belong to
  std::uint64_t calls_ = 0;   // a bit for each open parenthesis: does it belong to a call?
  std::vector<Pair> pairs_;
  std::optional<std::int64_t> bracketed_step_;
  bool marked_ = false;
  bool global_step_ = false;
  PrintedMetrics out_;
};

PrintedMetrics LineReader::read() {
  read_bracketed_step();
  while (at_ < line_.size()) {
    const char c = line_[at_];
    if (is_letter(c)) {
      read_word();
    } else if (is_digit(c)) {
      skip_number();
    } else {
      if (c == '(') {
        const char before = at_ == 0 ? ' ' : line_[at_ - 1];
        calls_ = calls_ << 1 | (is_letter(before) || is_digit(before) ? 1U : 0U);
      } else if (c == ')') {
        calls_ >>= 1;
      }
      if (c != ' ') phrase_.clear();
      ++at_;
    }
  }
  if (!counts()) return std::move(out_);
  for (const Pair& pair : pairs_) {
    if (!pair.hard && !pair.fraction && !marked_) continue;
    std::string name = name_of(pair);
    if (name.size() > kMaxName) continue;
    const auto same = std::find_if(out_.values.begin(), out_.values.end(),
                                   [&](const auto& value) { return value.name == name; });
    if (same == out_.values.end()) {
      out_.values.push_back({std::move(name), pair.value});
    } else {
      same->value = pair.value;
    }
  }
  if (!out_.step && !out_.epoch) out_.step = bracketed_step_;
  return std::move(out_);
}

/// A line counts that has a marker and a pair, or a metric word with more than a whole number.
bool LineReader::counts() const {
  return std::any_of(pairs_.begin(), pairs_.end(), [this](const Pair& pair) {
    return marked_ || (pair.metric && pair.fraction);
  });
}

std::string LineReader::name_of(const Pair& pair) const {
  std::string name;
  for (const std::string_view qualifier : pair.qualifiers) {
    if (!qualifier.empty()) name.append(qualifier).append("_");
  }
  name += pair.name;
  if (!pair.section.empty() && !has_split(name)) name = concat(pair.section, '_', name);
  return name;
}

/// "[12]<tab>train-rmse:0.1", as gradient boosting libraries print their rounds.
void LineReader::read_bracketed_step() {
  const std::size_t close = line_.find("]\t");
  if (line_.empty() || line_.front() != '[' || close == std::string_view::npos) return;
  bracketed_step_ = parse_int(line_.substr(1, close - 1));
}

/// Steps over a word that begins with a digit: "45/45", "12ms/step", "2026-01-02".
void LineReader::skip_number() {
  while (at_ < line_.size() && (in_word(line_[at_]) || line_[at_] == '%'))
    ++at_;
  phrase_.clear();
}

void LineReader::read_word() {
  const char before = at_ == 0 ? ' ' : line_[at_ - 1];
  std::size_t end = at_;
  while (end < line_.size() && in_word(line_[end]))
    ++end;
  const std::string_view word = line_.substr(at_, end - at_);
  const std::string_view tail = line_.substr(end);
  at_ = end;
  if (!begins_word(before) || calls_ != 0 || !(is_letter(word.back()) || is_digit(word.back()))) {
    phrase_.clear();
    return;
  }
  if (tail.starts_with("'s ")) {  // "valid_0's auc"
    phrase_.push({word, true});
    at_ += 2;
    return;
  }
  const bool quoted = (before == '\'' || before == '"') && tail.starts_with(before);
  if (quoted) ++end;
  if (const auto separator = separator_behind(end)) {
    const Marker marker = marker_of(word);
    if (marker != Marker::none && read_marker(marker, word, *separator)) return;
    if (read_pair(word, *separator)) return;
  }
  if (begins_section(word, end)) section_ = word;
  phrase_.push({word});
}

/// Where the value of a name that ends at `end` has to begin.
std::optional<LineReader::Separator> LineReader::separator_behind(std::size_t end) const {
  const std::size_t sign = skip_blanks(line_, end);
  const char c = char_at(line_, sign);
  Separator separator{sign, c == ':' || c == '=', false};
  if (separator.hard) {
    separator.value = skip_blanks(line_, sign + 1);
    separator.glued = sign == end && separator.value == sign + 1;
  } else if (sign == end || line_[end - 1] == '\'' || line_[end - 1] == '"') {
    return std::nullopt;
  }
  if (!may_begin_value(char_at(line_, separator.value))) return std::nullopt;
  return separator;
}

/// "epoch 3", "Epoch: [3/100]", "step=7", "'epoch': 0.5".
bool LineReader::read_marker(Marker marker, std::string_view word, const Separator& separator) {
  std::size_t at = separator.value;
  while (at < line_.size() && std::string_view("[(#'\" ").find(line_[at]) != std::string_view::npos)
    ++at;
  const auto number = number_at(line_, at);
  if (!number) return false;
  const char c = char_at(line_, number->end);
  const std::size_t behind = skip_blanks(line_, number->end);
  const bool ratio = number->integer && char_at(line_, behind) == '/' &&
                     is_digit(char_at(line_, skip_blanks(line_, behind + 1)));
  const bool dash = c == '-' && is_blank(char_at(line_, number->end + 1));
  if (!ratio && !dash && !number_ends(line_, number->end)) return false;
  const auto count = whole(number->value);
  if (marker == Marker::epoch) {
    if (!count && (!separator.hard || !std::isfinite(number->value))) return false;
    if (!out_.epoch) out_.epoch = number->value;
    const bool training = phrase_.count == 1 && is_split(phrase_.last.back().text);
    if (count && (ratio || phrase_.count == 0 || training)) out_.epoch_from_here = count;
  } else {
    if (!count) return false;
    const bool global = word.starts_with("global") || word.starts_with("Global");
    if (!out_.step || (global && !global_step_)) out_.step = count;
    global_step_ = global_step_ || global;
  }
  marked_ = true;
  at_ = number->end;
  phrase_.clear();
  return true;
}

/// The number behind a name, with quotes or the name of a tensor around it.
std::optional<PrintedNumber> LineReader::value_at(const Separator& separator,
                                                  std::string_view word) const {
  std::size_t at = separator.value;
  if (separator.hard && begins_wrapper(char_at(line_, at))) {
    const std::string_view rest = line_.substr(at);
    for (const std::string_view wrapper :
         {"'"sv, "\""sv, "tensor("sv, "np.float32("sv, "np.float64("sv, "array("sv}) {
      if (rest.starts_with(wrapper)) {
        at += wrapper.size();
        break;
      }
    }
  }
  auto number = number_at(line_, at);
  if (!number) return std::nullopt;
  std::size_t end = number->end;
  if (char_at(line_, end) == '%') {
    number->end = ++end;
    number->integer = false;
    if (char_at(line_, end) == '|') return std::nullopt;  // a progress bar
  } else if (char_at(line_, end) == '/' && number->integer && is_accuracy(word)) {
    const auto whole_part = number_at(line_, end + 1);
    if (!whole_part || !whole_part->integer || whole_part->value <= 0) return std::nullopt;
    number = PrintedNumber{number->value / whole_part->value, whole_part->end, false};
    end = number->end;
  }
  if (!number_ends(line_, end)) return std::nullopt;
  return number;
}

bool LineReader::read_pair(std::string_view word, const Separator& separator) {
  const auto number = value_at(separator, word);
  if (!number || !add_pair(word, separator, *number)) return false;
  at_ = number->end;
  phrase_.clear();
  return true;
}

bool LineReader::add_pair(std::string_view word, const Separator& separator,
                          const PrintedNumber& number) {
  Pair pair{section_,       {}, word, number.value, is_metric_word(word), separator.hard,
            !number.integer};
  const bool known = pair.metric || is_companion(word);
  std::size_t taken = 0;
  for (; taken < std::min(phrase_.count, phrase_.last.size()); ++taken) {
    const std::size_t i = phrase_.last.size() - 1 - taken;
    const auto& [text, possessive] = phrase_.last[i];
    if (!possessive && !is_qualifier(text)) break;
    pair.qualifiers[i] = text;
  }
  if (!known) {
    const std::size_t behind = skip_blanks(line_, number.end);
    const std::size_t unit_end = std::min(line_.find_first_of(" \t,;|)]}", behind), line_.size());
    if (!separator.hard || taken < phrase_.count || is_ignored(word) ||
        (separator.glued && line_[separator.value - 1] == ':') ||
        is_unit(line_.substr(behind, unit_end - behind))) {
      return false;
    }
  }
  if (!separator.hard && number.integer && is_plain_error(word)) return false;
  pairs_.push_back(pair);
  return true;
}

/// "Train: ", "[val] ", "Test set: ".
bool LineReader::begins_section(std::string_view word, std::size_t end) const {
  const std::string_view rest = line_.substr(end);
  if (rest.starts_with(' ') && is_set(rest.substr(1, 3))) end += 4;
  const char c = char_at(line_, skip_blanks(line_, end));
  return (c == ':' || c == ']' || c == ')' || c == '|') && is_split(word);
}

/// Is there a chance of a nan or inf in the line?
bool has_named_number(std::string_view line) {
  const auto holds = [line](std::string_view word) {
    return line.find(word) != std::string_view::npos;
  };
  return holds("nan") || holds("NaN") || holds("NAN") || holds("inf") || holds("Inf") ||
         holds("INF");
}

}  // namespace

PrintedMetrics read_printed_line(std::string_view line) {
  const bool may_count = std::any_of(line.begin(), line.end(), is_digit) || has_named_number(line);
  return may_count ? LineReader(line).read() : PrintedMetrics();
}

}  // namespace clew::capture
