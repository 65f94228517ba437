#include "capture/package_census.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace clew::capture {
namespace {

using Packages = std::map<std::string, std::optional<std::string>>;

constexpr std::uint64_t kMaxMetadata = 4 << 20;
// What a run can make this remember has a bound.
constexpr std::size_t kMaxNames = 100'000;

/// Directories whose entries are packages, and what a package is known by there.
constexpr std::array<std::string_view, 2> kPython{"site-packages", "dist-packages"};

std::string read(const fs::path& path) {
  try {
    return read_file(path, kMaxMetadata).value_or("");
  } catch (const Error&) {
    return {};
  }
}

/// The value of the first line "KEY: value" of a header as in mail.
std::string header_field(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) break;
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ':') {
      return std::string(trim(line.substr(key.size() + 1)));
    }
  }
  return {};
}

/// As PEP 503 compares the names of projects, with underscores for dashes, as in file names.
std::string normal(std::string_view name) {
  std::string out;
  for (const char c : to_lower(name)) {
    const bool separator = c == '-' || c == '_' || c == '.';
    if (!separator) {
      out += c;
    } else if (!out.ends_with('_')) {
      out += '_';
    }
  }
  return out;
}

/// A distribution of Python packages, as pip and Debian leave its metadata beside them.
struct Distribution {
  fs::path metadata;
  std::string name;
  std::string version;
};

/// From the name alone: "numpy-1.24.2.dist-info", "numpy-1.24.2-py3.11.egg-info".
std::optional<Distribution> distribution_of(const fs::path& path) {
  const std::string whole = path.filename().string();
  std::string_view name = whole;
  const bool info = name.ends_with(".dist-info") || name.ends_with(".egg-info");
  if (!info) return std::nullopt;
  name.remove_suffix(10);
  const std::size_t dash = name.find('-');
  Distribution found{path, std::string(name.substr(0, dash)), {}};
  if (dash != std::string_view::npos) {
    const std::string_view rest = name.substr(dash + 1);
    found.version = rest.substr(0, rest.find("-py"));
  }
  return found;
}

/// The names that a distribution puts beside its metadata, where they are not its own.
std::vector<std::string> modules_of(const Distribution& distribution) {
  std::vector<std::string> modules;
  std::string text = read(distribution.metadata / "top_level.txt");
  if (text.empty()) {
    // "numpy/__init__.py,sha256=…,123" for each file (PEP 376).
    text = read(distribution.metadata / "RECORD");
  }
  for (std::string_view line : split(text, '\n')) {
    line = trim(line.substr(0, line.find_first_of("/,")));
    if (line.ends_with(".py")) line.remove_suffix(3);
    if (line.empty() || (!modules.empty() && modules.back() == line)) continue;
    modules.emplace_back(line);
  }
  return modules;
}

/// "numpy" of "numpy", "six.py", "_cffi.cpython-311-x86_64-linux-gnu.so", "numpy.libs".
std::string module_name(std::string_view entry) {
  return std::string(entry.substr(0, entry.find('.')));
}

Distribution with_metadata(Distribution found) {
  std::error_code ignored;
  const bool plain = fs::is_regular_file(found.metadata, ignored);
  const std::string text =
      read(plain ? found.metadata
                 : found.metadata /
                       (found.metadata.extension() == ".dist-info" ? "METADATA" : "PKG-INFO"));
  if (std::string name = header_field(text, "Name"); !name.empty()) found.name = std::move(name);
  if (std::string version = header_field(text, "Version"); !version.empty()) {
    found.version = std::move(version);
  }
  return found;
}

void put(Packages& packages, const std::string& name, const std::string& version) {
  auto& known = packages[valid_utf8(name)];
  if (!version.empty()) known = valid_utf8(version);
}

void count_python(const fs::path& site, const std::set<std::string, std::less<>>& used,
                  Packages& packages) {
  std::set<std::string> open;
  for (const std::string& entry : used) {
    if (!distribution_of(entry) && entry != "__pycache__") open.insert(module_name(entry));
  }
  std::vector<Distribution> distributions;
  std::error_code failure;
  for (fs::directory_iterator entry(site, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (auto found = distribution_of(entry->path())) distributions.push_back(std::move(*found));
  }
  const auto take = [&](const Distribution& distribution) {
    const Distribution whole = with_metadata(distribution);
    put(packages, whole.name, whole.version);
  };
  // Most are called as what they hold; the lists of the others' files are long.
  for (const Distribution& distribution : distributions) {
    const auto named = std::find_if(open.begin(), open.end(), [&](const std::string& module) {
      return normal(module) == normal(distribution.name);
    });
    if (named == open.end()) continue;
    take(distribution);
    open.erase(named);
  }
  for (const Distribution& distribution : distributions) {
    if (open.empty()) return;
    bool is_used = false;
    for (const std::string& module : modules_of(distribution))
      is_used = open.erase(module) > 0 || is_used;
    if (is_used) take(distribution);
  }
  for (const std::string& module : open) {
    // What stands there without a distribution: a helper of one, or copied by hand.
    std::error_code ignored;
    if (fs::is_directory(site / module, ignored)) put(packages, module, {});
  }
}

void count_r(const fs::path& site, const std::set<std::string, std::less<>>& used,
             Packages& packages) {
  for (const std::string& name : used) {
    const std::string text = read(site / name / "DESCRIPTION");
    if (!text.empty()) put(packages, name, header_field(text, "Version"));
  }
}

void count_node(const fs::path& site, const std::set<std::string, std::less<>>& used,
                Packages& packages) {
  for (const std::string& name : used) {
    const std::string text = read(site / name / "package.json");
    if (text.empty()) continue;
    try {
      const Json description = parse_json(text);
      const Json* version = description.find("version");
      put(packages, name,
          version != nullptr && version->is_string() ? version->as_string() : std::string());
    } catch (const Error&) {
      put(packages, name, {});
    }
  }
}

bool is_library(std::string_view name) {
  const std::size_t place = name.find(".so");
  return name.starts_with("lib") && place != std::string_view::npos &&
         (place + 3 == name.size() || name[place + 3] == '.');
}

/// "6.0.30" of "libstdc++.so.6.0.30", "2.36" of "libc-2.36.so".
std::string library_version(std::string_view name) {
  const std::size_t place = name.find(".so");
  std::string_view version = name.substr(std::min(place + 4, name.size()));
  if (version.empty()) {
    const std::string_view stem = name.substr(0, place);
    const std::size_t dash = stem.rfind('-');
    if (dash != std::string_view::npos) version = stem.substr(dash + 1);
  }
  const bool plain = version.find_first_not_of("0123456789.") == std::string_view::npos;
  return plain ? std::string(version) : std::string();
}

Json versions_of(const Packages& packages) {
  Json out = Json::object();
  for (const auto& [name, version] : packages)
    out[name] = version ? Json(*version) : Json();
  return out;
}

/// The components of a path from the one after `place` on; the first, and the second of a scope of
/// node.js ("@types/node").
std::string entry_after(std::string_view path, std::size_t place) {
  const std::string_view rest = path.substr(place);
  std::size_t end = rest.find('/');
  if (rest.starts_with('@') && end != std::string_view::npos) end = rest.find('/', end + 1);
  return std::string(rest.substr(0, end));
}

}  // namespace

void PackageCensus::see(std::string_view path) {
  constexpr std::array<std::string_view, 5> kSites{"/site-packages/", "/dist-packages/",
                                                   "/node_modules/", "/site-library/", "-library/"};
  const std::scoped_lock lock(mutex_);
  for (const std::string_view site : kSites) {
    const std::size_t place = path.rfind(site);
    if (place == std::string_view::npos) continue;
    std::size_t end = place + site.size();
    if (site == "-library/") {  // "~/R/x86_64-pc-linux-gnu-library/4.2/dplyr/…"
      end = path.find('/', end) + 1;
      if (end == 0) continue;
    }
    if (end >= path.size() || sites_.size() >= kMaxNames) return;
    auto found = sites_.find(path.substr(0, end - 1));
    if (found == sites_.end())
      found = sites_.try_emplace(std::string(path.substr(0, end - 1))).first;
    std::string entry = entry_after(path, end);
    if (found->second.size() < kMaxNames) found->second.insert(std::move(entry));
    return;
  }
  for (const std::string_view library : {"/lib/python", "/lib64/python"}) {
    const std::size_t place = path.find(library);
    if (place == std::string_view::npos) continue;
    const std::string_view rest = path.substr(place + library.size());
    const std::string_view version = rest.substr(0, rest.find('/'));
    if (version.size() < rest.size() && version.find('.') != std::string_view::npos &&
        version.find_first_not_of("0123456789.t") == std::string_view::npos) {
      languages_.insert_or_assign("python", std::string(version));
      return;
    }
  }
  if (is_library(path.substr(path.rfind('/') + 1)) && libraries_.size() < kMaxNames) {
    libraries_.emplace(path);
  }
}

Json PackageCensus::summary() const {
  const std::scoped_lock lock(mutex_);
  Packages packages;
  for (const auto& [site, used] : sites_) {
    const std::string_view kind = std::string_view(site).substr(site.rfind('/') + 1);
    if (std::find(kPython.begin(), kPython.end(), kind) != kPython.end()) {
      count_python(site, used, packages);
    } else if (kind == "node_modules") {
      count_node(site, used, packages);
    } else {
      count_r(site, used, packages);
    }
  }
  Packages libraries;
  for (const std::string& path : libraries_) {
    std::error_code failure;
    const fs::path real = fs::canonical(path, failure);
    put(libraries, fs::path(path).filename().string(),
        library_version((failure ? fs::path(path) : real).filename().native()));
  }
  Json out = Json::object();
  if (!packages.empty()) out["packages"] = versions_of(packages);
  if (!libraries.empty()) out["libraries"] = versions_of(libraries);
  for (const auto& [name, version] : languages_)
    out["interpreter"][name] = version;
  return out;
}

}  // namespace clew::capture
