#include "model/files.h"

#include <algorithm>
#include <array>

namespace clew::model {
namespace {

constexpr std::array<std::string_view, 4> kRoles{"input", "output", "code", "temporary"};
constexpr std::array<std::string_view, 4> kDigestKinds{"none", "whole", "partial", "changing"};
constexpr FileModes kChanging = kWritten | kCreated | kDeleted | kRenamed;

void merge(FileUse& into, const FileUse& use) {
  into.modes |= use.modes;
  into.first = std::min(into.first, use.first);
  into.last = std::max(into.last, use.last);
  if (!use.from.empty()) into.from = use.from;
}

}  // namespace

std::string_view name_of(Role role) {
  return kRoles[static_cast<std::size_t>(role)];
}

std::optional<Role> role_from_name(std::string_view name) {
  const auto found = std::find(kRoles.begin(), kRoles.end(), name);
  if (found == kRoles.end()) return std::nullopt;
  return static_cast<Role>(found - kRoles.begin());
}

std::string_view name_of(DigestKind kind) {
  return kDigestKinds[static_cast<std::size_t>(kind)];
}

FileModes File::modes() const {
  FileModes modes = 0;
  for (const FileUse& use : uses)
    modes |= use.modes;
  return modes;
}

bool File::written() const {
  return (modes() & kChanging) != 0;
}

Role role_by_use(const File& file, bool gone) {
  if (!file.written()) return Role::input;
  return gone ? Role::temporary : Role::output;
}

FileTable::Entry& FileTable::entry(const std::string& path) {
  const auto [found, is_new] = places_.try_emplace(path, entries_.size());
  if (is_new) {
    entries_.emplace_back();
    entries_.back().file.state.path = path;
  }
  return entries_[found->second];
}

void FileTable::add(const FileUse& use) {
  auto& uses = entry(use.path).file.uses;
  const auto place =
      std::lower_bound(uses.begin(), uses.end(), use.process,
                       [](const FileUse& a, std::uint32_t process) { return a.process < process; });
  if (place != uses.end() && place->process == use.process) {
    merge(*place, use);
  } else {
    uses.insert(place, use);
  }
}

void FileTable::set(const FileState& state) {
  Entry& known = entry(state.path);
  known.file.state = state;
  known.has_state = true;
}

std::vector<File> FileTable::files() const {
  std::vector<File> files;
  files.reserve(entries_.size());
  for (const Entry& known : entries_) {
    files.push_back(known.file);
    if (!known.has_state) files.back().state.role = role_by_use(known.file, false);
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.state.path < b.state.path; });
  return files;
}

}  // namespace clew::model
