#pragma once

#include <string>
#include <string_view>
#include <vector>

// Internal to the snapshot layer: the rules of .gitignore files, as gitignore(5) has them.
// libgit2's own function for one path reads the rules of all directories above it anew for each
// question, which is too slow for a tree with many ignored files.

namespace clew::snapshot {

/// The rules of one file, or of several where the later ones win.
class IgnoreRules {
 public:
  /// `base` is the directory that the patterns are relative to, with a trailing '/'; empty for the
  /// top.
  explicit IgnoreRules(std::string base) : base_(std::move(base)) {}

  /// Adds the lines of an ignore file. Never fails: a line that means nothing matches nothing.
  void add(std::string_view text);
  [[nodiscard]] bool empty() const { return rules_.empty(); }

  enum class Verdict { none, ignored, wanted };
  enum class Kind { file, directory };
  /// What the last rule that matches says. `path` is relative to the top and lies below the base.
  [[nodiscard]] Verdict judge(std::string_view path, Kind kind) const;

 private:
  struct Rule {
    std::string pattern;
    bool negated = false;
    bool directories_only = false;
    bool anchored = false;  ///< matched against the path below the base, else against the last name
    bool literal = false;   ///< holds no special character
    bool suffix = false;    ///< is '*' and a literal, which `pattern` holds
  };
  [[nodiscard]] static bool matches(const Rule& rule, std::string_view below_base);

  std::string base_;
  std::vector<Rule> rules_;
};

/// Does a pattern match a whole path, with '*', '?' and [...] within a component and `**` as a
/// component of its own for any number of them?
[[nodiscard]] bool path_match(std::string_view pattern, std::string_view path);

}  // namespace clew::snapshot
