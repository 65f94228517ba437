#pragma once

#include <optional>
#include <string_view>

#include "snapshot/git2.h"
#include "snapshot/snapshot.h"

// Internal to the snapshot layer: what a Repository is made of.

namespace clew::snapshot {

/// The id that 40 hex digits name; nullopt for another text.
[[nodiscard]] std::optional<git_oid> parse_id(std::string_view hex);

struct Repository::State {
  RepositoryHandle repository;

  /// An empty handle when the commit is not here.
  [[nodiscard]] CommitHandle find_commit(std::string_view hex) const;
  /// Throws Error(usage) when the commit is not here.
  [[nodiscard]] TreeHandle tree_of(std::string_view hex) const;
};

}  // namespace clew::snapshot
