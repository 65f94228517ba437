#pragma once

#include <optional>
#include <string>

#include "base/fs.h"
#include "base/id.h"

namespace clew::store {

/// The version of the layout that this program writes, kept in the file `format`.
inline constexpr int kFormat = 1;

/// The places inside a store. A plain value; nothing need exist.
struct Layout {
  fs::path root;

  [[nodiscard]] fs::path format() const { return root / "format"; }
  [[nodiscard]] fs::path config() const { return root / "config.yaml"; }
  [[nodiscard]] fs::path database() const { return root / "db"; }
  [[nodiscard]] fs::path live() const { return root / "live"; }
  [[nodiscard]] fs::path live(RunId id) const { return live() / id.hex(); }
  [[nodiscard]] fs::path spool(RunId id) const { return live(id) / "spool"; }
  [[nodiscard]] fs::path head(RunId id) const { return live(id) / "head"; }
  /// Holds the path of the socket of a live run's recorder.
  [[nodiscard]] fs::path socket(RunId id) const { return live(id) / "socket"; }
  [[nodiscard]] fs::path annotations(RunId id) const { return live(id) / "annotations"; }
  [[nodiscard]] fs::path output(RunId id) const { return root / "output" / (id.hex() + ".zst"); }
  [[nodiscard]] fs::path objects() const { return root / "objects"; }
  [[nodiscard]] fs::path hooks() const { return root / "hooks"; }
  [[nodiscard]] fs::path lock() const { return root / "lock"; }
  /// The private bare repository for snapshots of trees outside git.
  [[nodiscard]] fs::path code() const { return root / "code.git"; }
};

/// Where the store of a directory belongs, whether or not it exists.
struct Location {
  Layout layout;
  bool exists = false;
  bool in_git = false;  ///< it lies in a git common directory
};

/// Finds the store for `directory` (absolute): $CLEW_DIR of `env` if set; else inside a git
/// repository `<git common dir>/clew` (GIT_DIR is honoured; found without git's help, upward from
/// `directory`); else the nearest `.clew` upward; else `directory/.clew`, which does not exist.
/// Throws Error(failed) when a .git file cannot be understood.
[[nodiscard]] Location locate(const fs::path& directory, const EnvironmentMap& env);

/// Creates the store, or completes a part of one. Safe to call by several processes at once.
/// Throws Error(failed).
void create(const Layout& layout);

/// Throws Error(no_store) when there is no store, Error(failed) when its format is newer than this
/// program writes and `writing` is wanted, Error(damaged) when the format file is unreadable.
void check_format(const Layout& layout, bool writing);

}  // namespace clew::store
