#include "capture/file_policy.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "base/text.h"

namespace clew::capture {
namespace {

// A data set may lie in a million directories.
constexpr std::size_t kMaxRemembered = 200'000;

constexpr model::FileModes kChanging =
    model::kWritten | model::kCreated | model::kRenamed | model::kDeleted;

std::string_view last_component(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? path.substr(0, 1) : path.substr(0, slash);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  return path;
}

}  // namespace

FilePolicy::FilePolicy(const FilePlaces& places, const FilePatterns& patterns)
    : root_(without_slash(places.root.lexically_normal().string())) {
  for (const auto& [path, kind] : kSystemPlaces) {
    places_[std::string(path)] = {kind == PlaceKind::system ? Ground::system : Ground::noise, {}};
  }
  for (const fs::path& path : {fs::path("/tmp"), fs::path("/var/tmp"), places.temporary})
    add_place(path, {Ground::data, {false, Corner::temporary}});
  if (!places.home.empty()) add_home(places);
  add_place(places.store, {Ground::noise, {}});
  add_place(places.client, {Ground::noise, {}});
  add_place(root_, {Ground::data, {true, Corner::none}});
  add_rules(kInputs, patterns.inputs, places.home);
  add_rules(kOutputs, patterns.outputs, places.home);
  add_rules(kIgnored, patterns.ignored, places.home);
  add_rules(kSaved, patterns.saved, places.home);
}

/// The path as it is, and without symbolic links.
void FilePolicy::add_place(const fs::path& path, const Place& place) {
  if (!path.is_absolute()) return;
  std::error_code failure;
  const fs::path real = fs::weakly_canonical(path, failure);
  for (const fs::path& form : {path.lexically_normal(), failure ? path : real}) {
    const std::string text = without_slash(form.string());
    places_[text] = place;
    if (!place.within.below_root) continue;
    const std::string below = text == "/" ? text : text + '/';
    if (std::find(roots_.begin(), roots_.end(), below) == roots_.end()) roots_.push_back(below);
  }
}

void FilePolicy::add_home(const FilePlaces& places) {
  add_place(places.home, {Ground::data, {false, Corner::home}});
  for (const std::string_view name : kToolDirectories)
    places_[(places.home / name).lexically_normal().string()] = {Ground::system, {}};
  const fs::path cache = places.cache.empty() ? places.home / ".cache" : places.cache;
  add_place(cache, {Ground::noise, {}});
  for (const std::string_view name : kDataCaches)
    places_[(cache / name).lexically_normal().string()] = {Ground::data, {}};
}

void FilePolicy::add_rules(List list, const std::vector<std::string>& patterns,
                           const fs::path& home) {
  for (std::string_view text : patterns) {
    Rule rule;
    if (text.starts_with('!')) {
      rule.negated = true;
      text.remove_prefix(1);
    }
    if (text.starts_with("\\!")) text.remove_prefix(1);
    while (text.starts_with("./"))
      text.remove_prefix(2);
    while (text.size() > 1 && text.ends_with('/')) {
      rule.directory = true;
      text.remove_suffix(1);
    }
    if (text.empty()) continue;
    if (text.starts_with("~/") && !home.empty()) {
      rule.pattern = (home / text.substr(2)).string();
    } else if (text.starts_with("../")) {
      rule.pattern = (root_ / text).lexically_normal().string();
    } else {
      rule.pattern = text;
    }
    rule.absolute = rule.pattern.starts_with('/');
    rule.any_depth = rule.pattern.find('/') == std::string::npos && rule.pattern != "**";
    rules_[list].push_back(std::move(rule));
  }
}

bool FilePolicy::matches(const Rule& rule, std::string_view path, std::string_view name,
                         bool is_directory) const {
  if (rule.directory && !is_directory) return false;
  if (rule.any_depth) return glob_match(rule.pattern, last_component(path));
  if (rule.absolute) return glob_match(rule.pattern, path);
  return !name.starts_with('/') && glob_match(rule.pattern, name);
}

/// Notes for each list the last rule that matches the path itself, where it comes after the one
/// that is noted.
void FilePolicy::match(std::string_view path, bool is_directory, Directory& into) const {
  std::string name;
  bool named = false;
  for (std::size_t list = 0; list < kLists; ++list) {
    const std::vector<Rule>& rules = rules_[list];
    for (int i = static_cast<int>(rules.size()) - 1; i > into.matched[list]; --i) {
      if (!named) name = this->name(path);
      named = true;
      if (!matches(rules[static_cast<std::size_t>(i)], path, name, is_directory)) continue;
      into.matched[list] = i;
      break;
    }
  }
}

const FilePolicy::Rule* FilePolicy::decided(List list, const Directory& facts) const {
  const int which = facts.matched[list];
  if (which < 0) return nullptr;
  const Rule& rule = rules_[list][static_cast<std::size_t>(which)];
  return rule.negated ? nullptr : &rule;
}

FilePolicy::Directory FilePolicy::examine(std::string_view path, const Directory& parent) const {
  Directory facts = parent;
  facts.within.corner = Corner::none;
  if (const auto place = places_.find(path); place != places_.end()) {
    facts.ground = place->second.ground;
    facts.within = place->second.within;
  } else {
    const PlaceKind kind = kind_of_directory(path, parent.within);
    if (kind == PlaceKind::noise) facts.ground = Ground::noise;
    if (kind == PlaceKind::system && facts.ground == Ground::data) facts.ground = Ground::system;
    // Packages among the system's own files are packages all the same.
    if (kind == PlaceKind::packages && facts.ground != Ground::noise) {
      facts.ground = Ground::packages;
    }
  }
  match(path, true, facts);
  return facts;
}

const FilePolicy::Directory& FilePolicy::directory(std::string_view path) {
  if (const auto known = directories_.find(path); known != directories_.end()) return known->second;
  const Directory parent = path == "/" ? Directory() : directory(parent_of(path));
  if (directories_.size() >= kMaxRemembered) directories_.clear();
  return directories_.emplace(path, examine(path, parent)).first->second;
}

/// What is known of the directory, with the rules that match the file in it.
FilePolicy::Directory FilePolicy::facts(std::string_view path) {
  Directory facts = directory(parent_of(path));
  match(path, false, facts);
  return facts;
}

FilePolicy::Verdict FilePolicy::judge(std::string_view path, model::FileModes modes) {
  if (!path.starts_with('/')) return Verdict::ignored;
  const Directory facts = this->facts(path);
  if (decided(kIgnored, facts) != nullptr) return Verdict::ignored;
  // A pattern for any depth is meant for the work tree: "*.json" does not ask for each of Python's.
  for (const List list : {kInputs, kOutputs, kSaved}) {
    const Rule* rule = decided(list, facts);
    if (rule != nullptr && (!rule->any_depth || facts.within.below_root)) return Verdict::listed;
  }
  switch (facts.ground) {
    case Ground::noise:
      return Verdict::ignored;
    case Ground::packages:
      return Verdict::environment;
    case Ground::system:
      return (modes & kChanging) != 0 ? Verdict::listed : Verdict::environment;
    case Ground::data:
      break;
  }
  const PlaceKind kind = kind_of_file(path, facts.within);
  if (kind == PlaceKind::noise) return Verdict::ignored;
  const bool changed = (modes & kChanging) != 0;
  if (kind == PlaceKind::packages || (kind == PlaceKind::system && !changed)) {
    return Verdict::environment;
  }
  const bool program = (modes & model::kExecuted) != 0 && !is_source_name(last_component(path));
  return program && !facts.within.below_root && !changed ? Verdict::environment : Verdict::listed;
}

std::string FilePolicy::name(std::string_view path) const {
  for (const std::string& root : roots_) {
    if (path.size() > root.size() && path.starts_with(root)) {
      return std::string(path.substr(root.size()));
    }
  }
  return std::string(path);
}

fs::path FilePolicy::path(std::string_view name) const {
  return root_ / name;
}

std::optional<model::Role> FilePolicy::role(const model::File& file) {
  const Directory facts = this->facts(path(file.state.path).native());
  const bool input = decided(kInputs, facts) != nullptr;
  const bool output = decided(kOutputs, facts) != nullptr;
  if (input && output) return file.written() ? model::Role::output : model::Role::input;
  if (input) return model::Role::input;
  if (output) return model::Role::output;
  return std::nullopt;
}

std::vector<fs::path> FilePolicy::declared_places() const {
  std::set<std::string> places;  // each ends in '/', so that what lies in another follows it
  for (const List list : {kInputs, kOutputs}) {
    for (const Rule& rule : rules_[list]) {
      if (rule.negated) continue;
      std::string place = root_.string() + '/';
      if (rule.absolute) {
        place = rule.pattern.substr(0, rule.pattern.find_first_of("*?[\\"));
        std::error_code ignored;
        if (place == rule.pattern && fs::is_directory(place, ignored)) place += '/';
        place.resize(place.rfind('/') + 1);
      }
      places.insert(std::move(place));
    }
  }
  std::vector<fs::path> outermost;
  for (const std::string& place : places) {
    if (outermost.empty() || !place.starts_with(outermost.back().native()))
      outermost.emplace_back(place);
  }
  return outermost;
}

bool FilePolicy::saves(std::string_view name) {
  return saves_any() && decided(kSaved, facts(path(name).native())) != nullptr;
}

fs::path top_of_tree(const fs::path& directory) {
  std::error_code ignored;
  for (fs::path place = directory;; place = place.parent_path()) {
    if (fs::exists(place / ".git", ignored)) return place;
    if (place == place.parent_path()) return directory;
  }
}

std::optional<std::string> source_of_compiled(std::string_view path) {
  constexpr std::string_view kCache = "__pycache__/";
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || !path.ends_with(".pyc")) return std::nullopt;
  const std::string_view directory = path.substr(0, slash + 1);
  const std::string_view name = path.substr(slash + 1);
  // The module, the interpreter's tag, and the ending at least.
  const std::size_t point = name.find('.');
  if (!directory.ends_with(kCache) || point == 0 || point == name.rfind('.')) return std::nullopt;
  return concat(directory.substr(0, directory.size() - kCache.size()), name.substr(0, point),
                ".py");
}

}  // namespace clew::capture
