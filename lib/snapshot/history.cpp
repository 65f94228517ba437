#include <algorithm>

#include "snapshot/repository_state.h"

namespace clew::snapshot {

std::optional<std::vector<std::string>> Repository::commits_between(std::string_view older,
                                                                    std::string_view newer) const {
  constexpr std::size_t kMost = 10'000;
  const Git2& git = git2();
  std::vector<std::string> commits;
  std::string at(newer);
  while (at != older) {
    const CommitHandle commit = state_->find_commit(at);
    if (commit == nullptr || commits.size() == kMost) return std::nullopt;
    commits.push_back(at);
    if (git.commit_parentcount(commit.get()) == 0) return std::nullopt;
    char hex[GIT_OID_HEXSZ + 1];
    git.oid_tostr(hex, sizeof hex, git.commit_parent_id(commit.get(), 0));
    at = hex;
  }
  std::reverse(commits.begin(), commits.end());
  return commits;
}

}  // namespace clew::snapshot
