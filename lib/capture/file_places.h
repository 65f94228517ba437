#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

// What is known of places by their names, wherever the run is. Internal to the file policy.

namespace clew::capture {

enum class PlaceKind : std::uint8_t {
  unknown,
  system,    ///< of the system or of a program that is installed
  packages,  ///< of packages of a language
  noise,     ///< a cache, a device, files of a version control
};

/// The file system hierarchy. /opt holds programs, but data too: there the names within decide.
inline constexpr std::array<std::pair<std::string_view, PlaceKind>, 23> kSystemPlaces{{
    {"/bin", PlaceKind::system},
    {"/boot", PlaceKind::system},
    {"/etc", PlaceKind::system},
    {"/gnu/store", PlaceKind::system},
    {"/lib", PlaceKind::system},
    {"/lib32", PlaceKind::system},
    {"/lib64", PlaceKind::system},
    {"/libx32", PlaceKind::system},
    {"/nix", PlaceKind::system},
    {"/sbin", PlaceKind::system},
    {"/snap", PlaceKind::system},
    {"/usr", PlaceKind::system},
    {"/var/cache", PlaceKind::noise},
    {"/var/lib", PlaceKind::system},
    {"/var/log", PlaceKind::system},
    {"/var/spool", PlaceKind::system},
    {"/dev", PlaceKind::noise},
    {"/proc", PlaceKind::noise},
    {"/run", PlaceKind::noise},
    {"/sys", PlaceKind::noise},
    {"/usr/share/locale", PlaceKind::noise},
    {"/usr/lib/locale", PlaceKind::noise},
    {"/var/run", PlaceKind::noise},
}};

/// Caches that hold data: weights and data sets that libraries have fetched.
inline constexpr std::array<std::string_view, 12> kDataCaches{
    "clip",  "datasets",   "gdown",  "huggingface",         "kagglehub",
    "keras", "modelscope", "openml", "tensorflow_datasets", "tfhub_modules",
    "torch", "whisper",
};

/// Directories of tools and settings in a home.
inline constexpr std::array<std::string_view, 38> kToolDirectories{
    ".aws",     ".bundle",        ".cabal", ".cargo",   ".conda", ".config", ".cpan",
    ".docker",  ".dotnet",        ".fonts", ".gem",     ".ghcup", ".gnupg",  ".gradle",
    ".ipython", ".ivy2",          ".julia", ".jupyter", ".kube",  ".local",  ".m2",
    ".mozilla", ".npm",           ".nuget", ".nvm",     ".opam",  ".pki",    ".pyenv",
    ".rbenv",   ".rustup",        ".sbt",   ".sdkman",  ".ssh",   ".stack",  ".subversion",
    ".vscode",  ".vscode-server", "go/pkg",
};

/// Directories in which names say more than elsewhere.
enum class Corner : std::uint8_t { none, home, temporary };
/// What a path is surrounded by.
struct Around {
  bool below_root = false;       ///< it is in the work tree
  Corner corner = Corner::none;  ///< of the directory that it stands in
};

/// What the name of a directory says of all that is in it. Asks the file system only about the
/// directory around one such as "bin" and "lib".
[[nodiscard]] PlaceKind kind_of_directory(std::string_view path, const Around& around);
/// What the name of a file says of it.
[[nodiscard]] PlaceKind kind_of_file(std::string_view path, const Around& around);

}  // namespace clew::capture
