#include "capture/settings.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "capture/yaml.h"

namespace clew::capture {
namespace {

constexpr std::uint64_t kMaxFile = 1 << 20;
constexpr std::string_view kVariablePrefix = "CLEW_CONFIG_";

using Type = SettingSpec::Type;

Error setting_error(std::string_view what, std::string_view origin,
                    std::vector<std::string> hints = {}) {
  return Error(ErrorKind::usage, concat(what, " (", origin, ')'), std::move(hints));
}

std::vector<std::string> hints_for(std::string_view word, std::vector<std::string> candidates) {
  const auto similar = suggestions(word, candidates);
  if (similar.empty()) return {"clew-config(5) lists the settings"};
  return {concat("did you mean '", join(similar, "' or '"), "'?")};
}

std::vector<std::string> all_keys() {
  std::vector<std::string> keys;
  for (const SettingSpec& spec : setting_specs()) {
    keys.emplace_back(spec.key);
  }
  return keys;
}

std::vector<std::string> all_sections() {
  std::vector<std::string> sections;
  for (const SettingSpec& spec : setting_specs()) {
    std::string section(spec.key.substr(0, spec.key.find('.')));
    if (sections.empty() || sections.back() != section) sections.push_back(std::move(section));
  }
  return sections;
}

std::optional<std::size_t> find_key(std::string_view key) {
  const auto& specs = setting_specs();
  const auto found = std::find_if(specs.begin(), specs.end(),
                                  [key](const SettingSpec& spec) { return spec.key == key; });
  if (found == specs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - specs.begin());
}

std::size_t index_of(std::string_view key, std::string_view origin) {
  if (const auto index = find_key(key)) return *index;
  throw setting_error(concat("unknown setting '", key, "'"), origin, hints_for(key, all_keys()));
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true" || lower == "yes" || lower == "on" || lower == "1") return true;
  if (lower == "false" || lower == "no" || lower == "off" || lower == "0") return false;
  return std::nullopt;
}

/// "4096", "100 MiB", "10MB", "1.5G": units of 1000 with a B and without an i, else of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string unit = to_lower(trim(text.substr(end)));
  const auto number = parse_double(text.substr(0, end));
  if (!number) return std::nullopt;
  double factor = 1;
  if (!unit.empty() && unit != "b") {
    const std::size_t power = std::string_view("kmgt").find(unit[0]);
    const std::string_view rest = std::string_view(unit).substr(1);
    if (power == std::string_view::npos) return std::nullopt;
    if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
    factor = std::pow(rest == "b" ? 1000.0 : 1024.0, static_cast<double>(power + 1));
  }
  const double bytes = *number * factor;
  // Above 2^53 not every number of bytes is a double; nobody means to set one.
  if (!(bytes <= 0x1p53)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string expectation(const SettingSpec& spec) {
  switch (spec.type) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "an integer from 0";
    case Type::size:
      return "a size such as 4096, 10MB or 100 MiB";
    case Type::list:
      return "a list of texts";
    case Type::text:
      break;
  }
  if (spec.choices.empty()) return "a text";
  std::string choices(spec.choices);
  std::replace(choices.begin(), choices.end(), '|', ' ');
  return concat("one of ", choices);
}

Error value_error(const SettingSpec& spec, std::string_view value, std::string_view origin) {
  return setting_error(concat("wrong value '", value, "' for setting '", spec.key, "': expected ",
                              expectation(spec)),
                       origin);
}

bool is_choice(const SettingSpec& spec, std::string_view value) {
  if (spec.choices.empty()) return true;
  const auto choices = split(spec.choices, '|');
  return std::find(choices.begin(), choices.end(), value) != choices.end();
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  for (const std::string_view item : split(text, ',')) {
    if (!trim(item).empty()) items.emplace_back(trim(item));
  }
  return items;
}

template <typename T, typename Values>
const T& typed(const Values& values, std::string_view key) {
  if (const auto index = find_key(key)) {
    if (const T* value = std::get_if<T>(&values[*index])) return *value;
  }
  throw Error(ErrorKind::bug, concat("no setting '", key, "' of the type asked for"));
}

/// One settings file: its name for messages, its directory, and whether it came with the project.
class FileReader {
 public:
  FileReader(Settings& settings, const fs::path& path, bool is_project)
      : settings_(settings), path_(path), name_(path.string()), is_project_(is_project) {}

  void read() {
    const auto content = read_content();
    if (!content) return;
    const YamlNode root = parse_yaml(*content, {name_, ErrorKind::usage});
    if (root.kind == YamlNode::Kind::null) return;
    if (root.kind != YamlNode::Kind::map) throw error("not a map of sections", root.line);
    for (const YamlMember& member : root.members) {
      section(member);
    }
  }

 private:
  [[nodiscard]] std::optional<std::string> read_content() const {
    std::error_code ignored;
    if (fs::exists(path_, ignored) && !fs::is_regular_file(path_, ignored)) {
      throw error("not a regular file", 0);
    }
    try {
      return read_file(path_, kMaxFile);
    } catch (const Error& failure) {
      throw Error(ErrorKind::usage, failure.message(), failure.hints());
    }
  }

  void section(const YamlMember& member) {
    const auto sections = all_sections();
    if (std::find(sections.begin(), sections.end(), member.key) == sections.end()) {
      throw setting_error(concat("unknown section '", member.key, "'"), place(member.line),
                          hints_for(member.key, sections));
    }
    if (member.value.kind == YamlNode::Kind::null) return;
    if (member.value.kind != YamlNode::Kind::map) {
      throw error(concat("section '", member.key, "' is not a map of settings"), member.line);
    }
    for (const YamlMember& setting : member.value.members) {
      set(concat(member.key, '.', setting.key), setting);
    }
  }

  void set(const std::string& key, const YamlMember& member) {
    const std::string origin = place(member.line);
    const SettingSpec& spec = setting_specs()[index_of(key, origin)];
    if (is_project_ && !spec.in_project) {
      throw setting_error(concat("a project file cannot set '", key, "'"), origin,
                          {"set it in ~/.config/clew/config.yaml"});
    }
    const YamlNode& value = member.value;
    if (spec.type == Type::list) {
      settings_.set_list(key, items(spec, value, origin), origin);
    } else if (value.is_scalar()) {
      settings_.set(key, value.text, origin);
    } else {
      throw value_error(spec, kind_name(value), origin);
    }
  }

  std::vector<std::string> items(const SettingSpec& spec, const YamlNode& value,
                                 const std::string& origin) const {
    std::vector<std::string> out;
    if (value.is_scalar()) {
      out.push_back(value.text);
    } else if (value.kind == YamlNode::Kind::list) {
      for (const YamlNode& item : value.items) {
        if (!item.is_scalar()) throw value_error(spec, kind_name(item), place(item.line));
        out.push_back(item.text);
      }
    } else {
      throw value_error(spec, kind_name(value), origin);
    }
    if (spec.key == "params.files") {
      for (std::string& file : out) {
        file = (path_.parent_path() / file).lexically_normal().string();
      }
    }
    return out;
  }

  static std::string_view kind_name(const YamlNode& node) {
    switch (node.kind) {
      case YamlNode::Kind::null:
        return "";
      case YamlNode::Kind::list:
        return "[…]";
      case YamlNode::Kind::map:
        return "{…}";
      default:
        return node.text;
    }
  }

  [[nodiscard]] std::string place(int line) const { return concat(name_, ", line ", line); }
  [[nodiscard]] Error error(std::string_view message, int line) const {
    return TextSource{name_, ErrorKind::usage}.error(message, line);
  }

  Settings& settings_;
  const fs::path& path_;
  std::string name_;
  bool is_project_;
};

/// "CLEW_CONFIG_SNAPSHOT_FILE_LIMIT" for "snapshot.file-limit".
std::string variable_name(std::string_view key) {
  std::string name(kVariablePrefix);
  for (const char c : key) {
    const bool separator = c == '.' || c == '-';
    name += separator ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

void read_variables(Settings& settings, const EnvironmentMap& environment) {
  std::vector<std::string> names;
  for (const std::string& key : all_keys()) {
    names.push_back(variable_name(key));
  }
  for (auto place = environment.lower_bound(kVariablePrefix);
       place != environment.end() && place->first.starts_with(kVariablePrefix); ++place) {
    const auto& [name, value] = *place;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw setting_error(concat("unknown setting '", name, "'"), "environment variable",
                          hints_for(name, names));
    }
    settings.set(setting_specs()[static_cast<std::size_t>(found - names.begin())].key, value, name);
  }
}

}  // namespace

Settings::Settings() {
  for (const SettingSpec& spec : setting_specs()) {
    values_.emplace_back();
    set(spec.key, spec.standard, "built in");
  }
}

bool Settings::boolean(std::string_view key) const {
  return typed<bool>(values_, key);
}
std::int64_t Settings::integer(std::string_view key) const {
  return typed<std::int64_t>(values_, key);
}
std::uint64_t Settings::size(std::string_view key) const {
  return typed<std::uint64_t>(values_, key);
}
const std::string& Settings::text(std::string_view key) const {
  return typed<std::string>(values_, key);
}
const std::vector<std::string>& Settings::list(std::string_view key) const {
  return typed<std::vector<std::string>>(values_, key);
}

void Settings::set(std::string_view key, std::string_view value, std::string_view origin) {
  const std::size_t index = index_of(key, origin);
  const SettingSpec& spec = setting_specs()[index];
  std::optional<Value> parsed;
  switch (spec.type) {
    case Type::boolean:
      parsed = parse_boolean(trim(value));
      break;
    case Type::integer:
      parsed = parse_int(trim(value));
      if (parsed && std::get<std::int64_t>(*parsed) < 0) parsed.reset();
      break;
    case Type::size:
      parsed = parse_size(trim(value));
      break;
    case Type::text:
      if (is_choice(spec, value)) parsed = std::string(value);
      break;
    case Type::list:
      parsed = split_list(value);
      break;
  }
  if (!parsed) throw value_error(spec, value, origin);
  values_[index] = *std::move(parsed);
}

void Settings::set_list(std::string_view key, std::vector<std::string> items,
                        std::string_view origin) {
  const std::size_t index = index_of(key, origin);
  const SettingSpec& spec = setting_specs()[index];
  if (spec.type != Type::list) throw value_error(spec, join(items, ","), origin);
  values_[index] = std::move(items);
}

Settings load_settings(const SettingsRequest& request) {
  Settings settings;
  FileReader(settings, request.user_file, false).read();
  FileReader(settings, request.project_file, true).read();
  FileReader(settings, request.store_file, false).read();
  read_variables(settings, request.environment);
  for (const std::string& text : request.overrides) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) {
      throw Error(ErrorKind::usage, concat("setting '", text, "' has no value"),
                  {"write it as section.key=value, as in -c log.count=50"});
    }
    settings.set(std::string_view(text).substr(0, equals),
                 std::string_view(text).substr(equals + 1), "option -c");
  }
  return settings;
}

}  // namespace clew::capture
