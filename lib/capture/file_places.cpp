#include "capture/file_places.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "capture/file_policy.h"

namespace clew::capture {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 10> kNoise{
    ".git",        ".hg",           ".ipynb_checkpoints", ".jj",  ".locks",
    ".mypy_cache", ".pytest_cache", ".ruff_cache",        ".svn", "__pycache__",
};

constexpr std::array<std::string_view, 7> kPackages{
    ".eggs", ".nox", ".tox", "dist-packages", "node_modules", "site-library", "site-packages",
};

/// Directories that an installation consists of.
constexpr std::array<std::string_view, 11> kInstalled{
    "bin",   "compiler_compat", "conda-meta", "etc",   "include", "lib",
    "lib64", "libexec",         "sbin",       "share", "ssl",
};

/// How the names of what programs leave among temporary files begin: sockets and caches.
constexpr std::array<std::string_view, 12> kTemporaryNoise{
    ".ICE-unix",   ".Test-unix", ".X11-unix", ".XIM-unix",        ".font-unix", "dbus-",
    "hsperfdata_", "pymp-",      "ssh-",      "systemd-private-", "tmux-",      "torchinductor_",
};

std::string_view name_of_path(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}
std::string_view holder_of(std::string_view path) {
  return path.substr(0, std::min(path.rfind('/'), path.size()));
}

bool exists(std::string_view directory, std::string_view name) {
  return access(concat(directory, '/', name).c_str(), F_OK) == 0;
}

/// "python3.11", where an interpreter's own modules are.
bool is_python_library(std::string_view name) {
  if (!name.starts_with("python")) return false;
  name.remove_prefix(6);
  return !name.empty() && name.find_first_not_of("0123456789.t") == std::string_view::npos;
}

/// Is it the top of a virtual environment (PEP 405) or of a conda environment?
bool is_environment(std::string_view prefix) {
  return exists(prefix, "pyvenv.cfg") || exists(prefix, "conda-meta");
}

/// The directory that clew itself makes for its sockets, and those of others, among the temporary
/// files.
bool is_temporary_noise(std::string_view name) {
  constexpr std::size_t kOwnName = 11;  // "clew-XXXXXX"
  if (name.starts_with("clew-") && name.size() == kOwnName) return true;
  return std::any_of(kTemporaryNoise.begin(), kTemporaryNoise.end(),
                     [name](std::string_view begin) { return name.starts_with(begin); });
}

/// "libm.so", "libm.so.6", "libm-2.36.so.1.2".
bool is_shared_library(std::string_view name) {
  const std::size_t place = name.rfind(".so");
  if (place == std::string_view::npos || place == 0) return false;
  const std::string_view rest = name.substr(place + 3);
  return rest.empty() ||
         (rest[0] == '.' && rest.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_opt_program(std::string_view path) {
  if (!path.starts_with("/opt/")) return false;
  const auto parts = split(path.substr(5), '/');
  return parts.size() >= 2 && is_one_of(parts[1], kInstalled);
}

}  // namespace

PlaceKind kind_of_directory(std::string_view path, const Around& around) {
  const std::string_view name = name_of_path(path);
  const std::string_view parent = holder_of(path);
  if (is_one_of(name, kNoise)) return PlaceKind::noise;
  if (is_one_of(name, kPackages) || name.ends_with(".egg-info") || name.ends_with(".dist-info")) {
    return PlaceKind::packages;
  }
  // R's, in a home: "~/R/x86_64-pc-linux-gnu-library".
  if (name.ends_with("-library") && name_of_path(parent) == "R") return PlaceKind::packages;
  if (is_one_of(name, kInstalled) && is_environment(parent)) return PlaceKind::packages;
  if (is_python_library(name) && name_of_path(parent).starts_with("lib")) {
    return PlaceKind::system;
  }
  if (around.below_root) return PlaceKind::unknown;
  if (around.corner == Corner::temporary) {
    return is_temporary_noise(name) ? PlaceKind::noise : PlaceKind::unknown;
  }
  return is_opt_program(path) ? PlaceKind::system : PlaceKind::unknown;
}

PlaceKind kind_of_file(std::string_view path, const Around& around) {
  const std::string_view name = name_of_path(path);
  if (name.starts_with(".nfs0") || name.ends_with(".pyc")) return PlaceKind::noise;
  if (name == ".git") return PlaceKind::noise;  // of a linked work tree or a submodule
  if (name == "pyvenv.cfg") return PlaceKind::packages;
  if (around.below_root) return PlaceKind::unknown;
  if (is_shared_library(name)) return PlaceKind::system;
  if (around.corner == Corner::temporary && is_temporary_noise(name)) return PlaceKind::noise;
  if (around.corner == Corner::home && name.starts_with('.')) return PlaceKind::system;
  // A lock beside data that a library fetched says nothing.
  return name.ends_with(".lock") ? PlaceKind::noise : PlaceKind::unknown;
}

bool is_source_name(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames{
      "BUILD",    "CMakeLists.txt", "Dockerfile", "GNUmakefile", "Gemfile",   "Justfile",
      "Makefile", "Rakefile",       "SConstruct", "Snakefile",   "WORKSPACE", "makefile",
  };
  constexpr std::array<std::string_view, 62> kExtensions{
      "R",     "Rmd", "S",   "ada",   "asm",   "awk",  "bash",  "c",    "cc",  "cl",  "clj",
      "cmake", "cpp", "cs",  "cu",    "cuh",   "cxx",  "d",     "dart", "el",  "ex",  "f",
      "f03",   "f08", "f90", "f95",   "fish",  "for",  "fs",    "go",   "gp",  "h",   "hh",
      "hpp",   "hs",  "hxx", "inl",   "ipynb", "java", "jl",    "js",   "kt",  "lua", "m",
      "mjs",   "ml",  "nim", "php",   "pl",    "pm",   "proto", "py",   "pyi", "pyx", "r",
      "rb",    "rs",  "s",   "scala", "sh",    "smk",  "sql",
  };
  constexpr std::array<std::string_view, 7> kMore{"swift", "tcl", "ts", "tsx", "v", "zig", "zsh"};
  if (is_one_of(name, kNames)) return true;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string_view extension = name.substr(dot + 1);
  return is_one_of(extension, kExtensions) || is_one_of(extension, kMore);
}

}  // namespace clew::capture
