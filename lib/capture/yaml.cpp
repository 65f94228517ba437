#include "capture/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>

#include "base/text.h"
#include "capture/parameter_values.h"

namespace clew::capture {
namespace {

constexpr int kMaxDepth = 100;
constexpr int kMaxNodes = 100'000;

/// Copies yaml-cpp's nodes. Aliases share nodes there, so a short text may stand for any number of
/// them and even contain itself: the copy counts what it makes.
class Copier {
 public:
  explicit Copier(const TextSource& source) : source_(source) {}

  YamlNode copy(const YAML::Node& node, int depth = 0) {
    const YAML::Mark mark = node.Mark();
    YamlNode out;
    out.line = mark.line + 1;
    out.column = mark.column + 1;
    if (depth > kMaxDepth) throw source_.error("nested too deeply", out.line, out.column);
    if (++nodes_ > kMaxNodes) throw source_.error("too many values", out.line, out.column);
    if (node.IsScalar()) {
      const bool plain = node.Tag() != "!" && node.Tag() != "tag:yaml.org,2002:str";
      out.kind = plain ? YamlNode::Kind::plain : YamlNode::Kind::quoted;
      out.text = node.Scalar();
    } else if (node.IsSequence()) {
      out.kind = YamlNode::Kind::list;
      for (const auto& item : node) {
        out.items.push_back(copy(item, depth + 1));
      }
    } else if (node.IsMap()) {
      out.kind = YamlNode::Kind::map;
      copy_members(node, out, depth);
    }
    return out;
  }

 private:
  using Index = std::unordered_map<std::string, std::size_t>;

  void copy_members(const YAML::Node& node, YamlNode& out, int depth) {
    Index index;
    std::vector<YamlNode> merged;
    for (const auto& pair : node) {
      if (pair.first.IsScalar() && pair.first.Tag() == "?" && pair.first.Scalar() == "<<") {
        merged.push_back(copy(pair.second, depth + 1));
        continue;
      }
      YamlMember member = key_of(pair.first);
      member.value = copy(pair.second, depth + 1);
      const auto [place, is_new] = index.try_emplace(member.key, out.members.size());
      if (is_new) {
        out.members.push_back(std::move(member));
      } else {
        out.members[place->second] = std::move(member);
      }
    }
    for (YamlNode& value : merged) {
      merge(value, out, index);
    }
  }

  YamlMember key_of(const YAML::Node& key) {
    const int line = key.Mark().line + 1;
    const int column = key.Mark().column + 1;
    if (!key.IsScalar() && !key.IsNull()) {
      throw source_.error("a key must be a scalar", line, column);
    }
    return {key.IsNull() ? "null" : key.Scalar(), line, column, {}};
  }

  /// A merge key gives a map, or a list of maps of which the first with a key counts, for the keys
  /// that are not there (https://yaml.org/type/merge.html).
  void merge(YamlNode& value, YamlNode& out, Index& index) {
    if (value.kind == YamlNode::Kind::list) {
      for (YamlNode& item : value.items) {
        if (item.kind != YamlNode::Kind::map) {
          throw source_.error("a merge key must name maps", item.line, item.column);
        }
        merge(item, out, index);
      }
      return;
    }
    if (value.kind != YamlNode::Kind::map) {
      throw source_.error("a merge key must name a map", value.line, value.column);
    }
    for (YamlMember& member : value.members) {
      if (index.try_emplace(member.key, out.members.size()).second) {
        out.members.push_back(std::move(member));
      }
    }
  }

  const TextSource& source_;
  int nodes_ = 0;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// 0x1F and 0o17; nullopt for other texts and above int64.
std::optional<std::int64_t> based_integer(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0 || text.size() < 3 || text[2] == '-') return std::nullopt;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + 2, end, value, base);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return value;
}

Json plain_value(std::string_view text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return std::numeric_limits<double>::quiet_NaN();
  if (const auto value = based_integer(text)) return *value;

  const bool negative = text.starts_with('-');
  std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (is_one_of(digits, {".inf", ".Inf", ".INF"})) {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  // The core schema allows leading zeros, which JSON's grammar does not.
  while (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
    digits.remove_prefix(1);
  }
  if (digits.starts_with('-')) return text;
  if (auto number = number_from_word(concat(negative ? "-" : "", digits))) return *number;
  return text;
}

}  // namespace

Error TextSource::error(std::string_view message, int line, int column) const {
  std::string place;
  if (line > 0) place = concat("line ", line, ", ");
  if (line > 0 && column > 0) place += concat("column ", column, ", ");
  if (!place.empty()) place.replace(place.size() - 2, 1, ":");
  return Error(kind, concat("cannot read '", name, "': ", place, message));
}

YamlNode parse_yaml(std::string_view text, const TextSource& source) {
  try {
    return Copier(source).copy(YAML::Load(std::string(text)));
  } catch (const YAML::DeepRecursion& error) {
    throw source.error("nested too deeply", error.mark.line + 1, error.mark.column + 1);
  } catch (const YAML::Exception& error) {
    throw source.error(error.msg, error.mark.line + 1, error.mark.column + 1);
  }
}

Json yaml_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return nullptr;
    case YamlNode::Kind::plain:
      return plain_value(node.text);
    case YamlNode::Kind::quoted:
      return node.text;
    case YamlNode::Kind::list: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) {
        list.push(yaml_value(item));
      }
      return list;
    }
    case YamlNode::Kind::map:
      break;
  }
  Json::Object map;
  for (const YamlMember& member : node.members) {
    map.emplace_back(member.key, yaml_value(member.value));
  }
  return map;
}

}  // namespace clew::capture
