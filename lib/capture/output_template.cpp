#include "capture/output_template.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.h"
#include "base/text.h"
#include "capture/output_number.h"

namespace clew::capture {
namespace {

[[noreturn]] void wrong(std::string_view text, std::size_t at, std::string_view why) {
  throw Error(ErrorKind::usage,
              concat("wrong metric template '", text, "': ", why, " in column ", at + 1),
              {"a template is text with fields such as {step}, {epoch}, {loss} and {} in it"});
}

/// The end of a word that may be skipped from `at` on: as short as the part behind it allows.
std::size_t skipped_word_end(std::string_view line, std::size_t at, std::string_view next) {
  std::size_t end = at;
  while (end < line.size() && !is_blank(line[end]))
    ++end;
  if (next.empty()) return end;
  return std::min(end, line.find(next, std::min(at + 1, line.size())));
}

}  // namespace

MetricTemplate::MetricTemplate(std::string_view text) {
  bool after_field = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool doubled = (c == '{' || c == '}') && char_at(text, at + 1) == c;
    if (c == '}' && !doubled) wrong(text, at, "a '}' without its '{'");
    if (c == '{' && !doubled) {
      const std::size_t close = text.find('}', at);
      if (close == std::string_view::npos) wrong(text, at, "a '{' without its '}'");
      if (after_field) wrong(text, at, "two fields with nothing between them");
      const std::string_view name = text.substr(at + 1, close - at - 1);
      if (name.find_first_of("{ \t=") != std::string_view::npos || name.size() > kMaxName)
        wrong(text, at, concat("'", excerpt(name), "' is no name"));
      if (!name.empty() && std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
            return part.kind > Part::Kind::blanks && part.text == name;
          })) {
        wrong(text, at, concat("a second field '", name, "'"));
      }
      add_field(name);
      after_field = true;
      at = close;
      continue;
    }
    after_field = false;
    if (doubled) ++at;
    const auto kind = is_blank(c) ? Part::Kind::blanks : Part::Kind::text;
    if (parts_.empty() || parts_.back().kind != kind) parts_.push_back({kind, {}});
    if (kind == Part::Kind::text) parts_.back().text.push_back(c);
  }
  if (std::none_of(parts_.begin(), parts_.end(),
                   [](const Part& part) { return part.kind == Part::Kind::metric; })) {
    wrong(text, text.size(), "no field for a metric up to its end");
  }
}

void MetricTemplate::add_field(std::string_view name) {
  using Kind = Part::Kind;
  Kind kind = Kind::metric;
  if (name.empty()) kind = Kind::skip;
  if (name == "step") kind = Kind::step;
  if (name == "epoch") kind = Kind::epoch;
  parts_.push_back({kind, std::string(name)});
}

bool MetricTemplate::match(std::string_view line, MetricsLine& out) const {
  const Part& first = parts_.front();
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (first.kind == Part::Kind::text) {
      at = line.find(first.text, at);
      if (at == std::string_view::npos) return false;
    } else if (at > 0 && !is_blank(line[at - 1])) {
      continue;  // a field begins with a word
    }
    if (match_at(line, at, out)) return true;
  }
  return false;
}

bool MetricTemplate::match_at(std::string_view line, std::size_t at, MetricsLine& out) const {
  out.clear();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    if (part.kind == Part::Kind::text) {
      if (line.substr(at, part.text.size()) != part.text) return false;
      at += part.text.size();
    } else if (part.kind == Part::Kind::blanks) {
      const std::size_t end = skip_blanks(line, at);
      if (end == at && at != 0 && at != line.size()) return false;
      at = end;
    } else if (part.kind == Part::Kind::skip) {
      const bool text_follows = i + 1 < parts_.size() && parts_[i + 1].kind == Part::Kind::text;
      const std::size_t end =
          skipped_word_end(line, at, text_follows ? parts_[i + 1].text : std::string_view());
      if (end == at) return false;
      at = end;
    } else {
      // Numbers are often padded: "[  7]".
      const auto number = number_at(line, skip_blanks(line, at));
      if (!number) return false;
      at = number->end;
      if (part.kind == Part::Kind::metric) {
        out.values.push_back({part.text, number->value});
      } else if (part.kind == Part::Kind::step) {
        out.step = whole(number->value);
        if (!out.step) return false;
      } else {
        if (!std::isfinite(number->value)) return false;
        out.epoch = number->value;
      }
    }
  }
  return true;
}

}  // namespace clew::capture
