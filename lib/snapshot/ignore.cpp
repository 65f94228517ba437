#include "snapshot/ignore.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/text.h"

namespace clew::snapshot {
namespace {

constexpr std::string_view kSpecial = "*?[\\";

bool name_match(std::string_view pattern, std::string_view name) {
  return fnmatch(std::string(pattern).c_str(), std::string(name).c_str(), 0) == 0;
}

using Components = std::vector<std::string_view>;

bool match_components(const Components& pattern, std::size_t p, const Components& path,
                      std::size_t t) {
  for (; p < pattern.size(); ++p, ++t) {
    if (pattern[p] == "**") {
      // At the end it stands for what lies inside, so for one component at least.
      if (p + 1 == pattern.size()) return t < path.size();
      for (std::size_t skip = t; skip < path.size(); ++skip) {
        if (match_components(pattern, p + 1, path, skip)) return true;
      }
      return false;
    }
    if (t == path.size() || !name_match(pattern[p], path[t])) return false;
  }
  return t == path.size();
}

// Trailing spaces do not count unless a backslash stands before them.
std::string_view without_trailing_spaces(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == ' ') {
      continue;
    }
    end = std::min(i + 1, line.size());
  }
  return line.substr(0, end);
}

}  // namespace

bool path_match(std::string_view pattern, std::string_view path) {
  return match_components(split(pattern, '/'), 0, split(path, '/'), 0);
}

void IgnoreRules::add(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  for (std::string_view line : split(text, '\n')) {
    if (line.starts_with('#')) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = without_trailing_spaces(line);
    Rule rule;
    if (line.starts_with('!')) {
      rule.negated = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      rule.directories_only = true;
      line.remove_suffix(1);
    }
    rule.anchored = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) continue;
    rule.literal = line.find_first_of(kSpecial) == std::string_view::npos;
    if (!rule.anchored && line[0] == '*' &&
        line.find_first_of(kSpecial, 1) == std::string_view::npos) {
      rule.suffix = true;
      line.remove_prefix(1);
    }
    rule.pattern = line;
    rules_.push_back(std::move(rule));
  }
}

bool IgnoreRules::matches(const Rule& rule, std::string_view below_base) {
  if (rule.anchored) {
    return rule.literal ? below_base == rule.pattern : path_match(rule.pattern, below_base);
  }
  const std::string_view name = below_base.substr(below_base.rfind('/') + 1);
  if (rule.suffix) return name.ends_with(rule.pattern);
  return rule.literal ? name == rule.pattern : name_match(rule.pattern, name);
}

IgnoreRules::Verdict IgnoreRules::judge(std::string_view path, Kind kind) const {
  const std::string_view below_base = path.substr(base_.size());
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directories_only && kind != Kind::directory) continue;
    if (matches(*rule, below_base)) return rule->negated ? Verdict::wanted : Verdict::ignored;
  }
  return Verdict::none;
}

}  // namespace clew::snapshot
