#include "file_names.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "capture/file_hash.h"
#include "record/file_collector.h"
#include "ui/progress.h"

namespace clew::cmd {

namespace {

/// Runs whose work trees are looked at. The trees of one store are few.
constexpr std::size_t kRunsForTrees = 200;

void add_name(std::vector<std::string>& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

/// The directories above a path that are tops of work trees, nearest first.
std::vector<fs::path> tops_above(const fs::path& path) {
  std::vector<fs::path> tops;
  for (fs::path directory = path.parent_path();; directory = directory.parent_path()) {
    std::error_code ignored;
    if (fs::exists(directory / ".git", ignored) || fs::exists(directory / ".clew", ignored))
      tops.push_back(directory);
    if (directory == directory.parent_path()) return tops;
  }
}

}  // namespace

std::vector<std::string> recorded_names(const Session& session, const query::Catalog& catalog,
                                        const std::string& path) {
  std::error_code ignored;
  const fs::path absolute = (session.directory / path).lexically_normal();
  // Programs may reach it by way of links, and are recorded with what they opened.
  const fs::path real = fs::weakly_canonical(absolute, ignored);
  const bool directory = fs::is_directory(absolute, ignored) || path.ends_with('/');
  std::vector<fs::path> roots;
  for (const model::Run& run : catalog.runs(kRunsForTrees)) {
    const fs::path root = run.code.root.empty() ? run.cwd : run.code.root;
    if (!root.empty() && std::find(roots.begin(), roots.end(), root) == roots.end())
      roots.push_back(root);
  }
  std::vector<std::string> names;
  for (const fs::path& each : {absolute, real}) {
    if (each.empty()) continue;
    std::vector<fs::path> tops = tops_above(each);
    tops.insert(tops.end(), roots.begin(), roots.end());
    std::string whole = each.string();
    while (whole.size() > 1 && whole.ends_with('/'))
      whole.pop_back();
    for (const fs::path& top : tops) {
      std::string prefix = top.string();
      if (!prefix.ends_with('/')) prefix += '/';
      if (whole.size() > prefix.size() && whole.starts_with(prefix))
        add_name(names, whole.substr(prefix.size()));
    }
    add_name(names, whole);
  }
  if (directory) {
    for (std::string& name : names)
      name += '/';
  }
  return names;
}

FileDigest digest_of_file(Session& session, const fs::path& path, HashExtent extent) {
  std::error_code unknown;
  const auto size = fs::file_size(path, unknown);
  ui::Progress progress(session.err, "hashing", unknown ? 0 : size);
  std::uint64_t done = 0;
  // What runs have learned of the file is known at once, unless it has changed since.
  capture::FileHasher hasher(record::digest_cache(session.layout()),
                             session.settings.size("files.hash-limit"));
  const auto hash = hasher.hash(
      path,
      [&] {
        progress.update(done += std::uint64_t{1} << 20);
        return false;
      },
      extent == HashExtent::whole ? capture::FileHasher::Extent::whole
                                  : capture::FileHasher::Extent::by_limit);
  const auto digest = hash ? digest_from_hex(hash->sha256) : std::nullopt;
  if (!digest) throw Error(ErrorKind::failed, concat("cannot read '", path.string(), '\''));
  return {*digest, hash->kind};
}

}  // namespace clew::cmd
