#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace clew::capture {

/// The name of a text that is read, and the kind of error that a fault in it is.
struct TextSource {
  std::string_view name;
  ErrorKind kind = ErrorKind::failed;

  /// "cannot read 'NAME': MESSAGE", with "line L, column C: " before the message where they are
  /// known (from 1; 0 when not).
  [[nodiscard]] Error error(std::string_view message, int line = 0, int column = 0) const;
};

struct YamlMember;

/// A YAML document with the places of its nodes. Aliases are resolved, merge keys ("<<") applied;
/// of a repeated key the last value counts.
struct YamlNode {
  enum class Kind { null, plain, quoted, list, map };
  Kind kind = Kind::null;
  std::string text;  ///< of a plain or quoted scalar
  std::vector<YamlNode> items;
  std::vector<YamlMember> members;
  int line = 0;  ///< from 1
  int column = 0;

  [[nodiscard]] bool is_scalar() const { return kind == Kind::plain || kind == Kind::quoted; }
};
struct YamlMember {
  std::string key;
  int line = 0;  ///< of the key
  int column = 0;
  YamlNode value;
};

/// Reads the first document of a YAML text; a null node when there is none. Throws Error of the
/// source's kind, with line and column, for what does not parse, keys that are no scalars, nesting
/// deeper than 100, and more than 100,000 nodes after aliases are resolved.
[[nodiscard]] YamlNode parse_yaml(std::string_view text, const TextSource& source);

/// The node as a value, plain scalars typed by the core schema of YAML 1.2.2 (section 10.3.2): 1e-3
/// is a double, "yes" a string. An integer outside int64 stays the exact text.
[[nodiscard]] Json yaml_value(const YamlNode& node);

}  // namespace clew::capture
