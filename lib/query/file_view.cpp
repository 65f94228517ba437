#include "query/file_view.h"

#include <algorithm>

#include "base/text.h"
#include "store/file_index.h"

namespace clew::query {

FileView::FileView(std::shared_ptr<store::Store> sealed, std::vector<model::RunParts> live)
    : store_(std::move(sealed)), sealed_(store_->reader()), live_(std::move(live)) {
  for (const auto& parts : live_) {
    for (const auto& file : parts.files) {
      store::each_mention(
          parts.run.id, parts.run.started, file,
          [&](const std::optional<Digest>& digest, const store::FileMention& mention) {
            if (digest) {
              by_digest_.emplace(*digest, mention);
            } else {
              by_path_.emplace(mention.path, mention);
            }
          });
    }
  }
}

std::vector<store::FileMention> FileView::with_digest(const Digest& digest) const {
  if (asked_ == digest) return answer_;
  asked_.reset();
  answer_ = sealed_.with_digest(digest);
  const auto [first, last] = by_digest_.equal_range(digest);
  for (auto entry = first; entry != last; ++entry)
    answer_.push_back(entry->second);
  asked_ = digest;
  return answer_;
}

std::vector<store::FileMention> FileView::makers_of(const Digest& digest) const {
  auto found = sealed_.makers_of(digest);
  const auto [first, last] = by_digest_.equal_range(digest);
  for (auto entry = first; entry != last; ++entry) {
    if (entry->second.made) found.push_back(entry->second);
  }
  return found;
}

std::vector<store::FileMention> FileView::with_path(std::string_view path) const {
  auto found = sealed_.with_path(path);
  const auto matches = [&](std::string_view name) {
    return path.ends_with('/') ? name.starts_with(path) : name == path;
  };
  for (auto entry = by_path_.lower_bound(path); entry != by_path_.end() && matches(entry->first);
       ++entry)
    found.push_back(entry->second);
  return found;
}

std::vector<Digest> FileView::digests_with_prefix(std::string_view hex, std::size_t limit) const {
  auto found = sealed_.digests_with_prefix(hex, limit);
  const std::string prefix = to_lower(hex);
  for (const auto& [digest, mention] : by_digest_) {
    if (found.size() >= limit) break;
    if (!to_hex(digest).starts_with(prefix)) continue;
    if (std::find(found.begin(), found.end(), digest) == found.end()) found.push_back(digest);
  }
  return found;
}

std::vector<model::File> FileView::files(RunId id) const {
  const model::RunParts* parts = live(id);
  return parts != nullptr ? parts->files : sealed_.files(id);
}

std::optional<model::Run> FileView::run(RunId id) const {
  const model::RunParts* parts = live(id);
  return parts != nullptr ? std::optional(parts->run) : sealed_.run(id);
}

std::vector<store::FileMention> FileView::live_readers(std::string_view path) const {
  std::vector<store::FileMention> found;
  for (const auto& parts : live_) {
    const auto file =
        std::lower_bound(parts.files.begin(), parts.files.end(), path,
                         [](const model::File& a, std::string_view b) { return a.state.path < b; });
    if (file == parts.files.end() || file->state.path != path || file->written()) continue;
    if (!file->state.sha256.empty()) continue;
    found.push_back({parts.run.id, file->state.path, file->state.role, false, file->modes(),
                     parts.run.started});
  }
  return found;
}

const model::RunParts* FileView::live(RunId id) const {
  const auto found = std::find_if(live_.begin(), live_.end(),
                                  [&](const model::RunParts& parts) { return parts.run.id == id; });
  return found == live_.end() ? nullptr : &*found;
}

}  // namespace clew::query
