#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fs.h"

namespace clew::capture {

/// One setting that clew knows: the source of checks, documents and completion.
struct SettingSpec {
  enum class Type { boolean, integer, size, text, list };  ///< integers are not negative
  std::string_view key;                                    ///< "section.key"
  Type type;
  std::string_view standard;  ///< the built-in value, as text; list items separated by ','
  std::string_view help;
  std::string_view choices = {};  ///< the texts that are allowed, separated by '|'; empty for any
  /// May it stand in clew.yaml? A file that comes with a repository must not choose a program.
  bool in_project = true;
};
[[nodiscard]] std::string_view name_of(SettingSpec::Type type);
/// All settings, sorted by key.
[[nodiscard]] const std::vector<SettingSpec>& setting_specs();

/// Where settings come from, weakest first: built in < user file < project file < store file <
/// variables CLEW_CONFIG_<SECTION>_<KEY> < overrides "section.key=value". A list replaces the list
/// of a weaker source. Files are YAML, a map of sections that are maps of keys.
struct SettingsRequest {
  fs::path user_file;     ///< ~/.config/clew/config.yaml; a missing file is no error, as below
  fs::path project_file;  ///< clew.yaml at the top of the work tree
  fs::path store_file;    ///< config.yaml of the store
  EnvironmentMap environment;
  std::vector<std::string> overrides;
};

/// The merged settings. Asking for an unknown key or the wrong type is a bug in the caller.
class Settings {
 public:
  Settings();  ///< the built-in values
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] std::uint64_t size(std::string_view key) const;  ///< bytes; "100 MiB" is read
  [[nodiscard]] const std::string& text(std::string_view key) const;
  [[nodiscard]] const std::vector<std::string>& list(std::string_view key) const;
  /// Sets a key from text; list items are separated by ','. Throws Error(usage) for an unknown key,
  /// with suggestions, or a wrong value; `origin` says where it stands ("clew.yaml, line 3").
  void set(std::string_view key, std::string_view value, std::string_view origin);
  /// Sets a list whose items may hold any text. Throws as `set` does.
  void set_list(std::string_view key, std::vector<std::string> items, std::string_view origin);

 private:
  using Value =
      std::variant<bool, std::int64_t, std::uint64_t, std::string, std::vector<std::string>>;
  std::vector<Value> values_;  // in the order of setting_specs()
};

/// Reads and merges all sources. Relative items of params.files in a settings file become relative
/// to the directory of that file. Throws Error(usage) for a file that does not parse, an unknown
/// key or a wrong value, naming file and line.
[[nodiscard]] Settings load_settings(const SettingsRequest& request);

}  // namespace clew::capture
