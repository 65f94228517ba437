#include "file_names.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
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

Digest digest_of_file(Session& session, const fs::path& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) throw system_error(errno, "read", path.string());
  std::error_code unknown;
  const auto size = fs::file_size(path, unknown);
  ui::Progress progress(session.err, "hashing", unknown ? 0 : size);
  Sha256 hash;
  std::string buffer(std::size_t{1} << 20, '\0');
  for (std::uint64_t done = 0;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, "read", path.string());
    if (count == 0) return hash.finish();
    hash.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
    progress.update(done += static_cast<std::uint64_t>(count));
  }
}

}  // namespace clew::cmd
